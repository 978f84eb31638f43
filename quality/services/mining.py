"""Gold mined from consensus: settled tasks on which several trusted people agree, for a human to approve."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.errors import DomainError, FieldError
from accounts.models import User
from annotate.models import Annotation
from labeltypes.base import JsonObject
from projects.models import Project, TaskState, TaskSummary
from projects.sureness import at_least
from quality.models import GoldItem, GoldOrigin, Trust
from quality.services.fields import asked_fields
from quality.services.gold import GoldInput, make_many
from quality.services.grading import grade_value
from quality.services.trust import CONSENSUS, GOLD

THRESHOLD = 0.98
LEAST_PEOPLE = 3
MOST = 50
LOOKED_AT = 500
# How far an answer may be from the merged one and still agree, where nobody draws the same twice.
NEAR = 0.2


@dataclass(frozen=True)
class Candidate:
    """A task that may become gold: its final answer, how sure that is, how many trusted people gave it."""

    summary: TaskSummary
    people: int
    label: str

    @property
    def task_id(self) -> int:
        return self.summary.task_id


def candidates(
    project: Project, *, threshold: float = THRESHOLD, people: int = LEAST_PEOPLE, most: int = MOST
) -> list[Candidate]:
    """Tasks whose answer is at least so sure, and that so many trusted people gave, none of them another.

    Trusted is whose accuracy (by gold, else by consensus) lies, with its whole interval, above the share that
    the project finds not good enough. Classes take turns, the one with the least gold first. Among the
    surest ``LOOKED_AT`` they come in an order that has nothing to do with how sure they are: the surest are
    the easiest.
    """
    sure = TaskSummary.objects.filter(at_least(threshold), project=project, state=TaskState.DONE)
    ids = list(sure.order_by("-probability_step", "-task_id").values_list("task_id", flat=True)[:LOOKED_AT])
    known = set(GoldItem.objects.filter(task__in=ids).values_list("task_id", flat=True))
    rows = {
        row.task_id: row
        for row in TaskSummary.objects.filter(task__in=ids, answers__gte=people, value__isnull=False)
        if row.task_id not in known
    }
    agreeing = _agreeing(project, rows)
    found = [
        Candidate(row, agreeing[task_id], row.classes[0] if row.classes else "")
        for task_id, row in sorted(rows.items())
        if agreeing.get(task_id, 0) >= people
    ]
    return _balanced(project, found)[:most]


def trusted(project: Project) -> set[int]:
    """People of whom we are sure that they are better than what the project finds not good enough."""
    rows = Trust.objects.filter(project=project, field="", label="")
    low = {(user, basis): low for user, basis, low in rows.values_list("user_id", "basis", "low")}
    users = {user for user, _ in low}
    return {
        user for user in users if low.get((user, GOLD), low.get((user, CONSENSUS), 0)) > project.gold_test_bad
    }


def approve(*, project: Project, task_ids: Sequence[int], by: User) -> int:
    """Make these candidates gold, marked as mined; return how many. Others of the list are refused.

    Raises DomainError if one is no candidate (any more); nothing is made then.
    """
    found = {each.task_id: each for each in candidates(project, most=LOOKED_AT)}
    strange = sorted(set(task_ids) - set(found))
    if strange or not task_ids:
        words = "settled tasks on which several trusted people agree, and that are no gold"
        raise DomainError("These cannot be made gold.", fields=[FieldError("tasks", f"must be {words}")])
    items = [
        GoldInput(task, [found[task].summary.value], _tolerance(project), origin=GoldOrigin.MINED)
        for task in sorted(set(task_ids))
    ]
    if problems := make_many(project=project, items=items, by=by):
        raise problems[0][1]
    return len(items)


def _tolerance(project: Project) -> dict[str, float]:
    return {asked.name: NEAR for asked in asked_fields(project) if not asked.is_judged_by_votes}


def _agreeing(project: Project, rows: dict[int, TaskSummary]) -> dict[int, int]:
    """How many trusted people gave the final answer; none where one of them gave another."""
    fields = asked_fields(project)
    near: JsonObject = {**_tolerance(project)}
    answers = Annotation.objects.filter(
        task__in=list(rows),
        user__in=trusted(project),
        is_fix=False,
        is_extra=False,
        discarded_at__isnull=True,
        rejected_at__isnull=True,
    ).values_list("task_id", "value")
    found: dict[int, int] = defaultdict(int)
    doubted: set[int] = set()
    for task_id, value in answers:
        final = rows[task_id].value
        if isinstance(final, dict) and grade_value(value, [final], near, fields).correct:
            found[task_id] += 1
        else:
            doubted.add(task_id)
    return {task_id: count for task_id, count in found.items() if task_id not in doubted}


def _balanced(project: Project, found: Sequence[Candidate]) -> list[Candidate]:
    """One of each class in turn; the class with the least gold begins."""
    gold = TaskSummary.objects.filter(
        project=project,
        task__in=GoldItem.objects.filter(project=project, retired_at__isnull=True).values("task")[:1_000],
    )
    have: dict[str, int] = defaultdict(int)
    for classes in gold.values_list("classes", flat=True):
        have[classes[0] if classes else ""] += 1
    by_label: dict[str, list[Candidate]] = defaultdict(list)
    shuffled = list(found)
    random.Random(project.pk).shuffle(shuffled)
    for each in shuffled:
        by_label[each.label].append(each)
    turns = [
        (have[label] + place, label, each)
        for label, each_of in by_label.items()
        for place, each in enumerate(each_of)
    ]
    return [each for _, _, each in sorted(turns, key=lambda turn: turn[:2])]
