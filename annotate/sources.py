"""What this app tells the floor below through its sockets: stored answers, and answers per day."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from django.db.models import Sum
from django.utils import timezone

from annotate.items import resolve_all
from annotate.models import ActivityDay, Annotation
from projects.answers import register_answers
from projects.models import Project
from projects.queries import register_daily_answers
from projects.services.ontologies import StoredAnswer

DAYS = 14
BATCH = 500


def register() -> None:
    """Plug both in, once at start-up."""
    register_answers(counting_answers)
    register_daily_answers(answers_per_day)


def counting_answers(project: Project) -> Iterator[StoredAnswer]:
    """Every answer that counts, with the media it is about; flat memory, two queries per 500 answers."""
    rows = (
        Annotation.objects.filter(project=project, discarded_at__isnull=True)
        .select_related("task")
        .order_by("pk")
        .iterator(chunk_size=BATCH)
    )
    while batch := list(islice(rows, BATCH)):
        items = resolve_all([(row.task, int(project.ontology_id or 0)) for row in batch])
        for row, item in zip(batch, items, strict=True):
            yield StoredAnswer(row.task_id, row.pk, row.value, dict(item.media))


def answers_per_day(projects: Iterable[Project]) -> dict[int, list[int]]:
    """Answers of the last 14 days, oldest first, per project that had any; one query."""
    today = timezone.now().date()
    first = today - timedelta(days=DAYS - 1)
    rows = (
        ActivityDay.objects.filter(project__in=[project.pk for project in projects], day__gte=first)
        .values_list("project_id", "day")
        .annotate(n=Sum("answers"))
    )
    found: dict[int, list[int]] = {}
    for project_id, day, number in rows:
        found.setdefault(project_id, [0] * DAYS)[(day - first).days] = number
    return found
