"""Seeding errors for reviewers: made-up answers to gold, each for one reviewer, in the shape of a real one.

Only where authors are hidden: an error is shown under nobody's name.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import floor
from random import SystemRandom

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from annotate.items import resolve_all
from annotate.models import Assignment, Review, ReviewEntry, ReviewReason, SeededAnswer
from annotate.services.seeded_answers import numbers, withdraw_seeded
from labeltypes.ontology import Ontology
from projects.models import Membership, Project, Role, Task, TaskSummary
from quality.models import GoldItem, SeedPlan
from quality.services.fields import Asked, asked_fields, ontology_for
from quality.services.locks import one_at_a_time
from quality.services.seed_errors import Known, is_right_so_far, make_error

MOST_REVIEWERS = 200
MOST_ITEMS = 200
MOST_FRAMES = 50
MOST_WAITING = 3  # of a reviewer's at a time: they come in among the others, not in a row
COUNTED = 1_000
DAY = timedelta(days=1)
# Reasons for which an answer waits alone, before others are there to compare with.
ALONE = (ReviewReason.RANDOM, ReviewReason.LOW_TRUST)

dice = SystemRandom()


@dataclass(frozen=True)
class Frame:
    """How a real answer that waits, or waited, for a reviewer looks around its value."""

    reason: str
    detail: float | None
    seconds: float
    state: str
    probability: float | None


def in_the_way(project: Project) -> list[str]:
    """What stands in the way of seeding errors for reviewers, in sentences; nothing where all is there."""
    problems = []
    if not project.blind_review:
        problems.append(
            "Reviewers see authors. Turn on “Blind review” in the settings: "
            "nobody's name may stand under an error."
        )
    if not GoldItem.objects.filter(project=project, retired_at__isnull=True).exists():
        problems.append("There is no gold in use: only there is it known what is right.")
    if not problems and not _frames(project):
        problems.append("No answer has been in the review queue yet: the errors are made to look like those.")
    return problems


@transaction.atomic
def seed_reviews(plan: SeedPlan) -> int:
    """Bring each reviewer's queue up to the share, a few at a time; return how many were made."""
    project, ontology = plan.project, ontology_for(plan.project)
    if not project.blind_review:
        withdraw_seeded(project.pk)
    if not plan.review_share or not project.blind_review or ontology is None:
        return 0
    one_at_a_time("seeds", project.pk)
    frames = _frames(project)
    missing = _missing(plan) if frames else {}
    items = _gold(project) if any(missing.values()) else {}
    made = 0
    for reviewer_id, count in missing.items():
        free = [task_id for task_id in items if task_id not in _known_to(project, reviewer_id, items)]
        chosen = dice.sample(sorted(free), min(count, len(free)))
        made += _plant(
            project, reviewer_id, {task_id: items[task_id] for task_id in chosen}, ontology, frames
        )
    return made


def forget_right_reviews(project: Project, gold: Mapping[int, GoldItem]) -> None:
    """Forget seeded answers in which a corrected gold finds no error any more."""
    fields = asked_fields(project)
    right = [
        seed.pk
        for seed in SeededAnswer.objects.filter(project=project, task__in=gold)
        if is_right_so_far(seed.value, Known(gold[seed.task_id], {}), fields)
    ]
    SeededAnswer.objects.filter(pk__in=right).delete()


def _missing(plan: SeedPlan) -> dict[int, int]:
    """Per reviewer how many errors are to be made now: by the share, the limit of a day, and what waits."""
    project = plan.project
    members = Membership.objects.filter(project=project, role=Role.REVIEWER, paused_at__isnull=True)
    reviewers = list(members.order_by("pk").values_list("user_id", flat=True)[:MOST_REVIEWERS])
    since = plan.changed_at
    given = Review.objects.filter(project=project, reviewer__in=reviewers, created_at__gte=since)
    real = dict(given.values_list("reviewer").annotate(n=Count("pk")).order_by())
    queue = ReviewEntry.objects.filter(project=project, closed_at__isnull=True)[:COUNTED].count()
    today = timezone.now() - DAY
    mine = SeededAnswer.objects.filter(project=project, reviewer__in=reviewers, ended_at__isnull=True)
    counted = mine.values("reviewer").annotate(
        ever=Count("pk", filter=Q(created_at__gte=since)),
        waiting=Count("pk", filter=Q(judged_at__isnull=True)),
        day=Count("pk", filter=Q(judged_at__isnull=True) | Q(judged_at__gte=today)),
    )
    known = {row["reviewer"]: row for row in counted.order_by()}
    found = {}
    for reviewer_id in reviewers:
        row = known.get(reviewer_id, {"ever": 0, "waiting": 0, "day": 0})
        wanted = floor(plan.review_share * (real.get(reviewer_id, 0) + queue + row["ever"])) - row["ever"]
        room = min(MOST_WAITING - row["waiting"], plan.most_a_day - row["day"])
        found[reviewer_id] = max(0, min(wanted, room))
    return found


def _frames(project: Project) -> list[Frame]:
    """The newest answers that came up for review with nobody else's beside them."""
    rows = ReviewEntry.objects.filter(project=project, reason__in=ALONE).select_related("annotation")
    entries = list(rows.order_by("-pk")[:MOST_FRAMES])
    summaries = TaskSummary.objects.in_bulk([entry.task_id for entry in entries])
    state = "review" if project.overlap == 1 else "open"
    return [
        Frame(
            entry.reason,
            entry.detail,
            entry.annotation.seconds,
            state,
            summaries[entry.task_id].probability if entry.task_id in summaries else None,
        )
        for entry in entries
        if entry.annotation is not None
    ]


def _gold(project: Project) -> dict[int, Known]:
    rows = GoldItem.objects.filter(project=project, retired_at__isnull=True).order_by("-pk")[:MOST_ITEMS]
    gold = {item.task_id: item for item in rows}
    # Where people have asked about an item, threads of several stand below one answer.
    tasks = list(Task.objects.filter(project=project, pk__in=gold, comments__isnull=True).order_by("pk"))
    resolved = resolve_all((task, project.ontology_id or 0) for task in tasks)
    return {task.pk: Known(gold[task.pk], item.media) for task, item in zip(tasks, resolved, strict=True)}


def _known_to(project: Project, reviewer_id: int, items: Mapping[int, Known]) -> set[int]:
    """Gold that this reviewer made, was given to label, or met as a seeded error."""
    made = {task_id for task_id, known in items.items() if known.gold.created_by_id == reviewer_id}
    given = Assignment.objects.filter(project=project, task__in=items, user=reviewer_id)
    met = SeededAnswer.objects.filter(project=project, task__in=items, reviewer=reviewer_id)
    return made | {*given.values_list("task_id", flat=True), *met.values_list("task_id", flat=True)}


def _plant(
    project: Project,
    reviewer_id: int,
    chosen: Mapping[int, Known],
    ontology: Ontology,
    frames: Sequence[Frame],
) -> int:
    fields: Sequence[Asked] = asked_fields(project)
    made: list[tuple[SeededAnswer, Frame]] = []
    for task_id, known in chosen.items():
        value = known.gold.answers[0]
        error = make_error(value, known, ontology=ontology, fields=fields, rng=dice, partial=False)
        if error is None:
            continue
        frame = dice.choice(frames)
        seed = SeededAnswer(
            project=project,
            task_id=task_id,
            reviewer_id=reviewer_id,
            field=error.field,
            value=error.value,
            ontology_id=project.ontology_id or 0,
            seconds=frame.seconds,
            state=frame.state,
            probability=frame.probability,
            created_at=timezone.now(),
        )
        made.append((seed, frame))
    _number([seed for seed, _ in made])
    SeededAnswer.objects.bulk_create([seed for seed, _ in made])
    ReviewEntry.shown.bulk_create(
        ReviewEntry(
            project=project,
            task_id=seed.task_id,
            seeded=seed,
            reviewer_id=reviewer_id,
            reason=frame.reason,
            detail=frame.detail,
        )
        for seed, frame in made
    )
    return len(made)


def _number(seeds: Collection[SeededAnswer]) -> None:
    ids, leases = numbers("annotation", len(seeds)), numbers("assignment", len(seeds))
    for seed, number, lease in zip(seeds, ids, leases, strict=True):
        seed.pk, seed.assignment_number = number, lease
