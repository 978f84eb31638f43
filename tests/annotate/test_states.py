"""One table of all transitions: every pair of states and every cause is tried."""

from itertools import product

import pytest

from accounts.errors import Conflict
from annotate.models import QueueEntry
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
