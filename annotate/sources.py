"""What this app tells the floor below through its sockets: stored answers, and answers a day."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import QuerySet, Sum
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
    """Plug them in, once at start-up."""
    register_answers(counting_answers, count_counting)
    register_daily_answers(answers_per_day)


def counting_answers(project: Project) -> Iterator[StoredAnswer]:
    """Every answer that counts, with the media it is about; flat memory, two queries per 500 answers."""
    rows = _counting(project).select_related("task").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        items = resolve_all([(row.task, int(project.ontology_id or 0)) for row in batch])
        for row, item in zip(batch, items, strict=True):
            yield StoredAnswer(row.task_id, row.pk, row.value, dict(item.media))


def count_counting(project: Project, *, at_most: int | None = None) -> int:
    """How many answers count; the index is read no further than ``at_most``."""
    return _counting(project)[:at_most].count()


def _counting(project: Project) -> QuerySet[Annotation]:
    return Annotation.objects.filter(project=project, discarded_at__isnull=True)


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
