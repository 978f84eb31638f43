"""Dynamic overlap: after each answer, is the task sure enough, or is one more person asked?

The rule itself is ``stats.consensus.overlap.StoppingRule``; here it meets the queue's rows. Judging happens
before any lock; slots change on the locked row, and only if the answers are still those that were judged.
So two updates that race open one slot, and nobody waits for the arithmetic.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from annotate.models import Pool, QueueEntry
from annotate.services.slots import settle_slots
from projects.models import AnswerSource, Project, TaskState, TaskSummary
from quality.models import OneMore
from quality.services.fields import Asked, asked_fields
from quality.services.merging import Answer, FieldResult, TaskResult
from quality.services.methods import MODELED
from quality.services.worth import Worth
from stats.consensus.overlap import StoppingRule, vote_certainty

BY_MODEL = "model"
BY_VOTES = "votes"
BY_PEOPLE = {AnswerSource.REVIEW, AnswerSource.ADJUDICATION}
ASKABLE = {TaskState.OPEN, TaskState.ANSWERED, TaskState.DONE}


@dataclass(frozen=True)
class Judged:
    """How sure a task is of the least certain field that counts; None where no such field was asked.

    ``distribution``: of that field, where the crowd's model knows one.
    """

    certainty: float | None
    field: str = ""
    basis: str = ""
    distribution: Mapping[str, Mapping[str, float]] = dataclass_field(default_factory=dict)


NOTHING_TO_LEARN = Judged(None)


@dataclass(frozen=True)
class Slot:
    """A task's row in the queue, locked, with what else decides about its slots."""

    entry: QueueEntry
    state: str
    own: int
    counted: int


def rule_of(project: Project) -> StoppingRule | None:
    """The project's rule; None where every task gets the same number of answers."""
    if not project.dynamic_overlap:
        return None
    most = max(project.overlap_max, project.overlap)
    return StoppingRule(project.overlap, most, project.overlap_until, project.overlap_worth)


def fields_that_count(project: Project) -> list[Asked]:
    """The chosen field; else all that must be answered; else, if none must be, all."""
    fields = asked_fields(project)
    chosen = [asked for asked in fields if asked.name == project.overlap_field]
    return chosen or [asked for asked in fields if asked.field.required] or fields


def judge(fields: Sequence[Asked], result: TaskResult, answers: Sequence[Answer]) -> Judged:
    """The certainty of the least certain of these fields, as far as they are part of the task's answer."""
    by_name = {asked.name: asked for asked in fields}
    found = [
        _judge_field(by_name[each.field], each, answers) for each in result.asked if each.field in by_name
    ]
    return min(found, key=lambda judged: judged.certainty or 0.0, default=NOTHING_TO_LEARN)


def _judge_field(asked: Asked, result: FieldResult, answers: Sequence[Answer]) -> Judged:
    """By the crowd's model where there is one; else by how many say the same, or nearly, with a Beta prior.

    A share of the votes alone would call one answer, or two that agree, certain.
    """
    if result.method in MODELED:
        return Judged(result.probability, asked.name, BY_MODEL, result.distribution)
    values = [each.value[asked.name] for each in answers if each.value.get(asked.name) is not None]
    near = sum(1.0 - asked.distance(result.value, value) for value in values)
    return Judged(float(vote_certainty(near, len(values) - near)), asked.name, BY_VOTES)


def settle_overlap(
    project: Project, results: Sequence[TaskResult], answers: Mapping[int, Sequence[Answer]]
) -> set[int]:
    """Open or take back slots by the project's rule; return the tasks that are not finished therefore.

    The caller holds a transaction and the lock of all these queue rows, under which it has seen that their
    answers are these. Twice changes nothing.
    """
    rule = rule_of(project)
    if rule is None:
        return set()
    ids = [result.task_id for result in results]
    slots = _slots(project, ids, answers)
    fields = fields_that_count(project)
    worth = Worth(project, rule)
    opened: list[OneMore] = []
    unfinished, moved, closed = set[int](), set[int](), dict[int, int]()
    for result in results:
        slot = slots.get(result.task_id)
        if slot is None:
            continue
        judged = judge(fields, result, answers[result.task_id])
        more = _asks(rule, slot, judged, worth)
        if more and slot.state in ASKABLE:
            unfinished.add(result.task_id)
        wanted = _wanted(rule, slot, more)
        if wanted > slot.entry.wanted:
            opened.append(_log(project, slot, judged))
        elif wanted < slot.entry.wanted:
            closed[slot.entry.pk] = slot.entry.wanted - wanted
        if wanted != slot.entry.wanted:
            slot.entry.wanted = wanted
            moved.add(slot.entry.pk)
    _write(project, [slots[pk].entry for pk in sorted(moved)], opened, closed)
    return unfinished


def _asks(rule: StoppingRule, slot: Slot, judged: Judged, worth: Worth) -> bool:
    """NaN compares as sure: where no field that counts was asked, nobody more can help."""
    certainty = float("nan") if judged.certainty is None else judged.certainty
    answers = max(slot.entry.answered, slot.counted)
    return bool(rule.asks(answers, certainty, worth.of(judged.field, judged.distribution, answers)))


def _wanted(rule: StoppingRule, slot: Slot, more: bool) -> int:
    """Blocked and archived tasks, and those a reviewer has or is looking at, keep their slots."""
    entry = slot.entry
    is_full = entry.answered >= entry.wanted
    if slot.state not in ({TaskState.ANSWERED, TaskState.DONE} if is_full else {TaskState.OPEN}):
        return entry.wanted
    return rule.slots(
        wanted=entry.wanted, taken=entry.taken, answered=entry.answered, own=slot.own, more=more
    )


def _slots(project: Project, ids: Sequence[int], answers: Mapping[int, Sequence[Answer]]) -> dict[int, Slot]:
    """Of the tasks in the pool of work that no person has settled, and that wait for no expert."""
    summaries = TaskSummary.objects.filter(project=project, task_id__in=ids).exclude(source__in=BY_PEOPLE)
    states = dict(summaries.values_list("task_id", "state"))
    entries = QueueEntry.objects.filter(project=project, pk__in=states, pool=Pool.WORK, for_experts=False)
    standing: dict[int, list[int]] = defaultdict(list)
    rows = OneMore.objects.filter(project=project, task_id__in=ids, standing=True)
    for task_id, count in rows.values_list("task_id", "answers"):
        standing[task_id].append(count)
    return {
        entry.pk: Slot(
            entry,
            states[entry.pk],
            own=sum(count >= entry.answered for count in standing[entry.pk]),
            counted=len(answers[entry.pk]),
        )
        for entry in entries
    }


def _log(project: Project, slot: Slot, judged: Judged) -> OneMore:
    return OneMore(
        project=project,
        task_id=slot.entry.pk,
        answers=slot.entry.answered,
        field=judged.field,
        certainty=judged.certainty or 0.0,
        until=project.overlap_until,
        basis=judged.basis,
    )


def _write(
    project: Project, entries: Sequence[QueueEntry], opened: Sequence[OneMore], closed: Mapping[int, int]
) -> None:
    if not entries:
        return
    OneMore.objects.bulk_create(opened)
    if closed:
        _take_back(project, closed)
    QueueEntry.objects.bulk_update(entries, ["wanted"])
    settle_slots(project.pk, [entry.pk for entry in entries])


def _take_back(project: Project, closed: Mapping[int, int]) -> None:
    """So many of each task's slots, the last ones first, are no longer wanted."""
    left = dict(closed)
    gone = []
    rows = OneMore.objects.filter(project=project, task_id__in=closed, standing=True)
    for row in rows.order_by("-answers", "-pk"):
        if left[row.task_id]:
            left[row.task_id] -= 1
            gone.append(row.pk)
    OneMore.objects.filter(pk__in=gone).update(standing=False)
