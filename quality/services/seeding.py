"""Seeding errors ahead: which pre-label of a gold task is wrong for whom. By a worker, every minute.

What people are shown is read by ``annotate`` from rows that are written here, with the statement that reads
the models' answers, so that nothing tells a seeded one from another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import floor
from random import SystemRandom

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Now
from django.utils import timezone

from annotate.items import resolve_all
from annotate.models import Assignment, OutboxEvent, PersonTotal, Pool, Prediction, SeededPrelabel
from labeltypes.base import JsonObject
from projects.models import Membership, Project, ProjectState, Task
from quality.models import GoldItem, SeedPlan
from quality.services.fields import asked_fields, ontology_for
from quality.services.locks import one_at_a_time
from quality.services.seed_errors import Known, is_right_so_far, make_error
from quality.services.seed_plans import SOON
from quality.services.seeding_reviews import forget_right_reviews, seed_reviews

MOST_PEOPLE = 300
MOST_ITEMS = 500
ACTIVE = timedelta(days=7)
DAY = timedelta(days=1)

dice = SystemRandom()


def seed_due_projects() -> int:
    """Seed wherever a plan asks for it; return how many errors were made."""
    plans = SeedPlan.objects.filter(project__state=ProjectState.LIVE, project__ontology__isnull=False)
    found = list(plans.select_related("project").order_by("pk"))
    return sum(seed_prelabels(plan) + seed_reviews(plan) for plan in found)


@transaction.atomic
def seed_prelabels(plan: SeedPlan) -> int:
    """Bring each active person's seeded pre-labels up to the share and to no more than the limit per day.

    Only of gold that they never had, where the model is right; return how many were made.
    """
    project = plan.project
    if not plan.prelabel_share or not project.show_predictions or not project.gold_share:
        return 0
    one_at_a_time("seeds", project.pk)
    people = _people(project)
    items = prelabeled_gold(project)
    if not people or not items:
        return 0
    had = _had(project, people, items)
    mine = _seeded(project, people)
    rows: list[SeededPrelabel] = []
    for user_id in people:
        seeded = mine[user_id]
        new = sorted(items.keys() - had[user_id] - seeded.tasks)
        shown = len(items.keys() & (had[user_id] | seeded.counted)) + len(new)
        wanted = floor(plan.prelabel_share * shown) - len(seeded.counted & items.keys())
        count = max(0, min(wanted, plan.most_a_day - seeded.today, len(new)))
        rows += _made(project, user_id, dice.sample(new, count), items)
    SeededPrelabel.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def prelabeled_gold(project: Project) -> dict[int, tuple[JsonObject, Known]]:
    """Gold in use whose pre-label, the surest model's, is right: by task; a sample if they are very many."""
    gold = GoldItem.objects.filter(
        project=project, retired_at__isnull=True, task__queue_entry__pool=Pool.GOLD
    ).order_by("-pk")[:MOST_ITEMS]
    by_task = {item.task_id: item for item in gold}
    shown: dict[int, JsonObject] = {}
    rows = Prediction.objects.filter(task__in=by_task).order_by(F("score").desc(nulls_last=True), "-id")
    for task_id, value in rows.values_list("task_id", "value"):
        shown.setdefault(task_id, value)
    tasks = list(Task.objects.filter(project=project, pk__in=shown).order_by("pk"))
    resolved = resolve_all((task, project.ontology_id or 0) for task in tasks)
    fields = asked_fields(project)
    found = {}
    for task, item in zip(tasks, resolved, strict=True):
        known = Known(by_task[task.pk], item.media)
        if is_right_so_far(shown[task.pk], known, fields):
            found[task.pk] = (shown[task.pk], known)
    return found


def what_can_be_seeded(project: Project) -> list[str]:
    """What stands in the way of seeding pre-labels, in sentences; nothing where all is there."""
    problems = []
    if not project.show_predictions:
        problems.append("The project shows no pre-labels: turn on “Show predictions” in the settings.")
    if not project.gold_share:
        problems.append("No gold is served: set a gold share in the settings.")
    if not problems and not prelabeled_gold(project):
        problems.append("No gold task in use has a pre-label that is right: nothing can be made wrong there.")
    return problems


def follow_corrections(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Consumer of the outbox: gold was made or corrected, so what was an error may be right now."""
    tasks = sorted({int(task) for event in events for task in event.payload.get("tasks", [])})
    drop_what_is_right_now(Project.objects.get(pk=project_id), tasks)


def drop_what_is_right_now(project: Project, task_ids: Sequence[int]) -> int:
    """Forget seeded pre-labels in which a corrected gold finds no error any more; return how many."""
    fields = asked_fields(project)
    gold = {item.task_id: item for item in GoldItem.objects.filter(project=project, task__in=task_ids)}
    wrong = []
    for seed in SeededPrelabel.objects.filter(project=project, task__in=gold):
        known = Known(gold[seed.task_id], {})
        if is_right_so_far(seed.value, known, fields):
            wrong.append(seed.pk)
    forget_right_reviews(project, gold)
    return SeededPrelabel.objects.filter(pk__in=wrong).delete()[0]


def _people(project: Project) -> list[int]:
    """Members who worked lately or just came, and who look at pre-labels."""
    since = timezone.now() - ACTIVE
    members = Membership.objects.filter(project=project, paused_at__isnull=True)
    busy = PersonTotal.objects.filter(project=project, last_active__gte=since)
    recent = set(busy.values_list("user_id", flat=True))
    rows = members.order_by("pk").values_list("user_id", "joined_at", "user__preferences")
    return [
        user_id
        for user_id, joined, preferences in rows
        if (user_id in recent or joined >= since) and not preferences.get("hidePredictions")
    ][:MOST_PEOPLE]


def _had(project: Project, people: Sequence[int], items: Mapping[int, object]) -> dict[int, set[int]]:
    rows = Assignment.objects.filter(project=project, user__in=people, task__in=items)
    found: dict[int, set[int]] = defaultdict(set)
    for user_id, task_id in rows.values_list("user_id", "task_id"):
        found[user_id].add(task_id)
    return found


@dataclass
class Seeded:
    """What was seeded for one person: ``tasks`` ever, ``counted`` of them met or still to come.

    ``today``: what counts for the limit, still to come or met within a day.
    """

    tasks: set[int] = field(default_factory=set)
    counted: set[int] = field(default_factory=set)
    today: int = 0


def _seeded(project: Project, people: Sequence[int]) -> dict[int, Seeded]:
    met = Assignment.objects.filter(task=OuterRef("task"), user=OuterRef("user")).values("created_at")[:1]
    rows = SeededPrelabel.objects.filter(project=project, user__in=people).annotate(met_at=Subquery(met))
    found: dict[int, Seeded] = defaultdict(Seeded)
    since = timezone.now() - DAY
    for user_id, task_id, ended_at, met_at in rows.values_list("user_id", "task_id", "ended_at", "met_at"):
        mine = found[user_id]
        mine.tasks.add(task_id)
        if met_at is not None or ended_at is None:
            mine.counted.add(task_id)
            mine.today += met_at is None or met_at >= since
    return found


def _made(
    project: Project, user_id: int, task_ids: Sequence[int], items: Mapping[int, tuple[JsonObject, Known]]
) -> list[SeededPrelabel]:
    ontology, fields = ontology_for(project), asked_fields(project)
    rows: list[SeededPrelabel] = []
    if ontology is None:
        return rows
    for task_id in task_ids:
        value, known = items[task_id]
        error = make_error(value, known, ontology=ontology, fields=fields, rng=dice, partial=True)
        if error is not None:
            rows.append(
                SeededPrelabel(
                    project=project,
                    task_id=task_id,
                    user_id=user_id,
                    field=error.field,
                    value=error.value,
                    valid_from=Now() + SOON,
                )
            )
    return rows
