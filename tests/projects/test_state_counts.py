"""Tasks are counted as they move: by whatever statement, exactly, and without a lock that two would share."""

from collections import Counter

import pytest
from django.db import connection, transaction

from annotate.states import Cause, move_many
from projects.models import Project, StateChange, TaskState, TaskSummary
from projects.queries import count_all_states, count_states
from projects.services.counts import fold_state_counts
from tests.world import World, make_project, make_tasks, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def real(project: Project) -> dict[str, int]:
    """Counted one by one."""
    return dict(Counter(TaskSummary.objects.filter(project=project).values_list("state", flat=True)))


def check(project: Project) -> None:
    """Right before and after the changes are folded in, and when there is nothing to fold."""
    for _ in range(3):
        assert count_all_states([project]).get(project.pk, {}) == real(project)
        fold_state_counts()
    assert not StateChange.objects.exists()


def test_it_works(world: World) -> None:
    other = make_project(world.organization, world.max)
    tasks = make_tasks(world.project, 9)
    make_tasks(other, 2)
    assert StateChange.objects.count() == 2, "one note for a statement that makes many"
    check(world.project)
    move_many(world.project.pk, [task.pk for task in tasks[:3]], Cause.BLOCKED)
    check(world.project)
    move_many(world.project.pk, [task.pk for task in tasks[:5]], Cause.ARCHIVED)
    assert count_states([world.project, other]) == {world.project.pk: {"open": 4}, other.pk: {"open": 2}}
    check(world.project)
    check(other)


def test_statements_by_hand_and_deletions_are_counted(world: World) -> None:
    tasks = make_tasks(world.project, 6)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_tasksummary SET state = 'review' WHERE task_id = %s", [tasks[0].pk])
    TaskSummary.objects.filter(pk=tasks[1].pk).update(state=TaskState.DONE)
    check(world.project)
    for task in tasks[:4]:
        task.delete()
    check(world.project)


def test_what_is_rolled_back_was_never_counted(world: World) -> None:
    make_tasks(world.project, 2)
    with transaction.atomic():
        TaskSummary.objects.filter(project=world.project).update(state=TaskState.DONE)
        transaction.set_rollback(True)
    check(world.project)


def test_an_answer_that_moves_nothing_notes_nothing(world: World) -> None:
    make_tasks(world.project, 1)
    fold_state_counts()
    TaskSummary.objects.filter(project=world.project).update(answers=1, state=TaskState.OPEN)
    assert not StateChange.objects.exists()


def test_changes_of_a_deleted_project_are_dropped(world: World) -> None:
    make_tasks(world.project, 3)
    gone = world.project.pk
    world.project.delete()
    fold_state_counts()
    assert not StateChange.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM projects_statecount WHERE project_id = %s", [gone])
        assert cursor.fetchone() == (0,)
