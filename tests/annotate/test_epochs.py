"""Epochs come and go: few of them stay, nothing in them is missed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotate.models import QueueCursor, QueueEntry, RankingEpoch
from annotate.services.found import STRETCH
from annotate.services.keys import LAST_EPOCH
from annotate.services.queue import add_to_queue, draw
from annotate.services.ranking import prioritize, rerank
from projects.access.doors import find_project
from projects.models import Project, Task, TaskSummary
from tests.annotate.steps import answer, hand_out, texts
from tests.queue_seed import Past, fill, live_through
from tests.world import make_tasks, make_world

pytestmark = pytest.mark.django_db


def epochs(project: Project) -> int:
    return RankingEpoch.objects.filter(project=project).count()


def late_tasks(project: Project, *names: str) -> list[int]:
    """More tasks at the end of the queue."""
    tasks = [Task.objects.create(project=project, data={"text": name}) for name in names]
    TaskSummary.objects.bulk_create(TaskSummary(task=task, project=project) for task in tasks)
    add_to_queue(project=project, task_ids=[task.pk for task in tasks])
    return [task.pk for task in tasks]


def test_one_epoch_for_all_batches_of_one_priority() -> None:
    world = make_world(hold_size=10)
    ids = [task.pk for task in make_tasks(world.project, 6)]
    before = epochs(world.project)
    for batch in (ids[4:5], ids[5:6], ids[3:4]):
        prioritize(project_id=world.project.pk, task_ids=batch, priority=5)
    assert epochs(world.project) == before + 2  # with one for reopened tasks
    assert [int(text[-1]) for text in texts(hand_out(world.project, world.ann, 4))] == [4, 5, 3, 0]


def test_another_priority_comes_before_all_that_were_given() -> None:
    world = make_world(hold_size=10)
    ids = [task.pk for task in make_tasks(world.project, 6)]
    prioritize(project_id=world.project.pk, task_ids=ids[4:5], priority=5)
    prioritize(project_id=world.project.pk, task_ids=ids[5:6], priority=9)
    prioritize(project_id=world.project.pk, task_ids=ids[3:4], priority=5)
    assert [int(text[-1]) for text in texts(hand_out(world.project, world.ann, 4))] == [3, 5, 4, 0]


@pytest.mark.parametrize("priority", [-5, 5])
def test_a_later_batch_is_not_behind_the_cursor_of_who_is_through(priority: int) -> None:
    world = make_world()
    ids = [task.pk for task in make_tasks(world.project, 4)]
    prioritize(project_id=world.project.pk, task_ids=ids[2:], priority=priority)
    for row in hand_out(world.project, world.ann, 4):
        answer(world.ann, row)
    assert draw(find_project(world.ann, world.project.pk), 1).assignments == []  # all cursors are at the end
    more = late_tasks(world.project, "Late 0", "Late 1")
    prioritize(project_id=world.project.pk, task_ids=more, priority=priority)
    QueueCursor.objects.update(rescanned_at=timezone.now(), rescan_epoch=None)  # no help from there
    assert texts(hand_out(world.project, world.ann, 2)) == ["Late 0", "Late 1"]
    assert (priority < 0) == QueueEntry.objects.filter(pk__in=more, epoch=LAST_EPOCH).exists()


def test_epochs_that_are_used_up_are_dropped_at_the_next_ranking() -> None:
    world = make_world(overlap=1)
    ids = [task.pk for task in make_tasks(world.project, 8)]
    for task_id in ids[:4]:
        rerank(project_id=world.project.pk, task_ids=[task_id])
    full = epochs(world.project)
    for _ in range(4):
        (row,) = hand_out(world.project, world.ann)
        answer(world.ann, row)
    rerank(project_id=world.project.pk, task_ids=ids[4:5])
    assert epochs(world.project) == full + 2  # not before an hour has passed
    RankingEpoch.objects.update(created_at=timezone.now() - timedelta(hours=2))
    rerank(project_id=world.project.pk, task_ids=ids[5:6])
    left = RankingEpoch.objects.filter(project=world.project)
    assert left.count() == 6  # the newest pair, the one before it, and this ranking's
    known = set(left.values_list("epoch", flat=True)) | {-1, 0}
    assert set(QueueCursor.objects.values_list("epoch", flat=True)) <= known
    assert [int(text[-1]) for text in texts(hand_out(world.project, world.ann, 3))] == [5, 4, 6]


def test_an_epoch_with_work_left_in_it_stays() -> None:
    world = make_world()
    ids = [task.pk for task in make_tasks(world.project, 8)]
    for task_id in ids[:4]:
        rerank(project_id=world.project.pk, task_ids=[task_id])
    RankingEpoch.objects.update(created_at=timezone.now() - timedelta(hours=2))
    rerank(project_id=world.project.pk, task_ids=ids[4:5])
    assert [int(text[-1]) for text in texts(hand_out(world.project, world.ann, 5))] == [4, 3, 2, 1, 0]


def test_what_lies_behind_all_cursors_is_found_in_stretches() -> None:
    """Somebody has all but the first behind them; its place is at the very end of the walk back."""
    world = make_world(overlap=2)
    tasks = 2 * STRETCH + 1
    fill(world.project, tasks)
    live_through(world.project, world.ann, Past("skipped", tasks - 1, after=1))
    first = QueueEntry.objects.get(project=world.project, epoch=0)
    access = find_project(world.ann, world.project.pk)
    QueueCursor.objects.bulk_create(
        QueueCursor(project=world.project, user=world.ann, epoch=epoch, order_key=2**62) for epoch in (0, 1)
    )
    found = [draw(access, 1).assignments for _ in range(3)]
    assert found[:2] == [[], []]
    assert [row.task_id for row in found[2]] == [first.pk]
    own = QueueCursor.objects.get(project=world.project, user=world.ann, epoch=-1)
    assert own.rescan_epoch == 0  # it goes on from there


def test_a_rescan_that_has_ended_rests_a_minute() -> None:
    world = make_world()
    access = find_project(world.ann, world.project.pk)
    make_tasks(world.project, 1)
    for row in draw(access, 1).assignments:
        answer(world.ann, {"id": row.pk})
    assert draw(access, 1).assignments == []
    QueueCursor.objects.filter(user=world.ann, epoch=0).update(order_key=2**62)
    late_tasks(world.project, "Behind")
    assert draw(access, 1).assignments == []
    QueueCursor.objects.filter(user=world.ann, epoch=-1).update(
        rescanned_at=timezone.now() - timedelta(minutes=2)
    )
    assert [row.task.data["text"] for row in draw(access, 1).assignments] == ["Behind"]
