"""Who gets which task: lists of those of which a person's answer is expected to tell most.

In the background, from what the last full run knows of people and the quick updates of tasks; the queue keeps
its rules (docs/adr/0022-assignment.md). For tasks that somebody answered already: of others there is only the
prior, and everybody would be wanted for all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from annotate.models import Assignment, Pool, QueueEntry
from annotate.services.preferred import MOST, prefer
from projects.models import AssignmentPolicy, Membership, Project, ProjectState, TaskState, TaskSummary
from quality.models import Consensus, FittedModel, Trust
from quality.services.methods import MODELED
from quality.services.stopping import fields_that_count
from quality.services.trust import CONSENSUS
from stats.arrays import Floats
from stats.planning.assignment import certainty_gain, share_out

CANDIDATES = 3_000  # the least certain open tasks
LEAST_PAUSE = 15  # seconds between two refreshes of one project
AT_WORK = timedelta(minutes=30)


@dataclass(frozen=True, eq=False)
class Open:
    """Tasks that somebody answered and that still want somebody, the least certain first."""

    ids: list[int]
    free: list[int]


def refresh_all() -> int:
    """Refresh the lists of all projects that assign by gain; return how many. Every minute, by the beat."""
    wanting = Project.objects.filter(
        assignment_policy=AssignmentPolicy.BY_GAIN, state=ProjectState.LIVE, ontology__isnull=False
    )
    return sum(refresh_if_due(project) for project in wanting)


def refresh_if_due(project: Project) -> bool:
    """Refresh the lists of a project that assigns by gain, unless that was done a moment ago."""
    if project.assignment_policy != AssignmentPolicy.BY_GAIN:
        return False
    if not cache.add(f"quality:assignment:{project.pk}", 1, timeout=LEAST_PAUSE):
        return False
    refresh_preferred(project)
    return True


def refresh_preferred(project: Project) -> None:
    """Write the lists of everybody who is at work; the same rows give the same lists."""
    prefer(project_id=project.pk, lists=preferred_lists(project))


def preferred_lists(project: Project) -> dict[int, list[int]]:
    """Person → tasks, best first; nobody, if the project assigns by order or no full run knows the people."""
    people = _at_work(project)
    open_ = _open_tasks(project)
    if project.assignment_policy != AssignmentPolicy.BY_GAIN or not people or not open_.ids:
        return {}
    gain = _gain(project, people, open_.ids)
    had = Assignment.objects.filter(project=project, user__in=people, task__in=open_.ids)
    row, column = ({key: place for place, key in enumerate(keys)} for keys in (people, open_.ids))
    for user_id, task_id in had.values_list("user_id", "task_id"):
        gain[row[user_id], column[task_id]] = 0.0
    lists = share_out(gain, open_.free, MOST)
    return {
        user_id: [open_.ids[place] for place in found]
        for user_id, found in zip(people, lists, strict=True)
        if len(found)
    }


def _at_work(project: Project) -> list[int]:
    """People who were given a task lately and may get more."""
    lately = Assignment.objects.filter(project=project, created_at__gt=timezone.now() - AT_WORK)
    may = Membership.objects.filter(project=project, paused_at=None, user__in=lately.values("user_id"))
    return sorted(may.values_list("user_id", flat=True))


def _open_tasks(project: Project) -> Open:
    known = TaskSummary.objects.filter(project=project, state=TaskState.OPEN, probability_step__isnull=False)
    ids = list(known.order_by("probability_step", "task").values_list("pk", flat=True)[:CANDIDATES])
    entries = QueueEntry.objects.filter(pk__in=ids, pool=Pool.WORK, is_open=True, taken__lt=F("wanted"))
    free = {pk: wanted - taken for pk, wanted, taken in entries.values_list("pk", "wanted", "taken")}
    left = [pk for pk in ids if pk in free]
    return Open(left, [free[pk] for pk in left])


def _gain(project: Project, people: Sequence[int], ids: Sequence[int]) -> Floats:
    """(people, tasks): expected rise of certainty, summed over the fields that count and their units."""
    total = np.zeros((len(people), len(ids)))
    names = [asked.name for asked in fields_that_count(project) if asked.is_judged_by_votes]
    for name in names:
        models = FittedModel.objects.filter(project=project, field=name)
        rows = Trust.objects.filter(project=project, basis=CONSENSUS, field=name, label="", user__in=people)
        matrices = {row.user_id: row.confusion for row in rows}
        known = Consensus.objects.filter(task__in=ids, field=name, method__in=MODELED)
        shares = dict(known.values_list("task_id", "distribution"))
        for model in models:
            posterior, rows_known = _posterior(model, ids, shares)
            for place, user_id in enumerate(people):
                matrix = np.array(matrices.get(user_id, {}).get(model.unit, model.pooled))
                total[place, rows_known] += certainty_gain(posterior, matrix)
    return total


def _posterior(
    model: FittedModel, ids: Sequence[int], shares: Mapping[int, Mapping[str, Mapping[str, float]]]
) -> tuple[Floats, Sequence[int]]:
    """What is known of this unit, a row for each task that has it, and the places of these tasks."""
    known = [
        (place, shares[pk][model.unit]) for place, pk in enumerate(ids) if model.unit in shares.get(pk, {})
    ]
    table = np.array([[found.get(code, 0.0) for code in model.codes] for _, found in known])
    table = table.reshape(len(known), len(model.codes))
    sums = table.sum(axis=1, keepdims=True)
    return np.divide(table, sums, out=table, where=sums > 0), [place for place, _ in known]
