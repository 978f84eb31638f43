"""One table of all transitions: every pair of states and every cause is tried."""

from itertools import product

import pytest

from accounts.errors import Conflict
from annotate.models import Pool, QueueEntry
from annotate.services.summaries import TaskConsensus, apply_consensus
from annotate.states import BY_CAUSE, CLOSED, RULES, Cause, allowed, lock_entries, move, move_many
from projects.models import TaskState, TaskSummary
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Cause, TaskState, TaskState]]:
    return list(product(Cause, TaskState, TaskState))


@pytest.fixture
def world() -> World:
    return make_world()


def test_it_works(world: World) -> None:
    (task,) = make_tasks(world.project, 1)
    summary = TaskSummary.objects.get(pk=task.pk)
    move(summary, Cause.FILLED)
    assert summary.state == TaskState.ANSWERED
    assert summary.answered_at is not None


def test_every_cause_has_one_rule_and_says_who_and_what() -> None:
    assert {rule.cause for rule in RULES} == set(Cause)
    assert len(RULES) == len(BY_CAUSE)
    assert all(rule.who and rule.effect for rule in RULES)


def test_every_state_can_be_reached_and_left() -> None:
    assert {target for rule in RULES for target in rule.targets} == set(TaskState)
    assert {source for rule in RULES for source in rule.sources} == set(TaskState)


def test_all_pairs(world: World, pairs: list[tuple[Cause, TaskState, TaskState]]) -> None:
    """What the table has is done, with the queue's row opened or closed; all else is refused."""
    (task,) = make_tasks(world.project, 1)
    for cause, source, target in pairs:
        place(task.pk, source)
        summary = TaskSummary.objects.get(pk=task.pk)
        lock_entries([task.pk])
        if allowed(cause, source, target):
            move(summary, cause, target=target)
            stored = TaskSummary.objects.get(pk=task.pk)
            assert stored.state == summary.state == target
            assert QueueEntry.objects.get(pk=task.pk).is_open == (target not in CLOSED), (
                cause,
                source,
                target,
            )
            assert (stored.done_at is not None) == (target == TaskState.DONE or keeps_done(source, target))
        else:
            with pytest.raises(Conflict):
                move(summary, cause, target=target)
            assert TaskSummary.objects.get(pk=task.pk).state == source
    assert sum(allowed(*pair) for pair in pairs) == sum(
        len(rule.sources) * len(rule.targets) for rule in RULES
    )


def test_agreeing_in_the_statement_of_consensus_is_the_same_move(world: World) -> None:
    """From every state and pool, twins: one by the table, the other with what quality writes."""
    cases = list(product(TaskState, (Pool.WORK, Pool.GOLD), (True, False)))
    ids = [task.pk for task in make_tasks(world.project, 2 * len(cases))]
    moved, agreed = ids[: len(cases)], ids[len(cases) :]
    for (state, pool, is_open), *twins in zip(cases, moved, agreed, strict=True):
        for pk in twins:
            place(pk, state)
            QueueEntry.objects.filter(pk=pk).update(pool=pool, is_open=is_open)
    assert move_many(world.project.pk, moved, Cause.AGREED) == 4
    value = {"sentiment": "positive"}
    results = [TaskConsensus(pk, value, agreement=1.0, probability=0.9, final=True) for pk in agreed]
    for _ in range(2):
        apply_consensus(project_id=world.project.pk, results=results)
        assert where(agreed) == where(moved)


def where(ids: list[int]) -> list[tuple[str, bool, bool]]:
    """State, whether it is known when that became done, and whether the queue hands them out."""
    entries = QueueEntry.objects.in_bulk(ids)
    summaries = TaskSummary.objects.filter(pk__in=ids).order_by("pk")
    return [(row.state, row.done_at is not None, entries[row.pk].is_open) for row in summaries]


def keeps_done(source: str, target: str) -> bool:
    """Archiving a task does not make it forget when it was done."""
    return source == TaskState.DONE and target == TaskState.ARCHIVED


def place(task_id: int, state: str) -> None:
    """Put a task into a state behind the table's back."""
    done_at = "2026-01-01T00:00:00Z" if state == TaskState.DONE else None
    TaskSummary.objects.filter(pk=task_id).update(state=state, done_at=done_at)
    QueueEntry.objects.filter(pk=task_id).update(is_open=state not in CLOSED)


def test_a_cause_that_leaves_a_choice_needs_a_target(world: World) -> None:
    (task,) = make_tasks(world.project, 1)
    place(task.pk, TaskState.DONE)
    with pytest.raises(ValueError, match="choice"):
        move(TaskSummary.objects.get(pk=task.pk), Cause.UNDONE)


def test_restoring_goes_back_to_where_it_was(world: World) -> None:
    tasks = make_tasks(world.project, 3)
    ids = [task.pk for task in tasks]
    place(ids[0], TaskState.DONE)
    place(ids[1], TaskState.REVIEW)
    assert move_many(world.project.pk, ids, Cause.ARCHIVED) == 3
    assert move_many(world.project.pk, ids, Cause.RESTORED) == 3
    states = TaskSummary.objects.filter(pk__in=ids).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["done", "review", "open"]


def test_moving_many_leaves_out_what_may_not_move(world: World) -> None:
    ids = [task.pk for task in make_tasks(world.project, 3)]
    place(ids[1], TaskState.DONE)
    assert move_many(world.project.pk, ids, Cause.FILLED) == 2
    assert TaskSummary.objects.get(pk=ids[1]).state == TaskState.DONE


def test_moving_many_stays_in_its_project(world: World) -> None:
    from tests.world import make_project

    other = make_project(world.organization, world.max)
    (task,) = make_tasks(other, 1)
    assert move_many(world.project.pk, [task.pk], Cause.FILLED) == 0
