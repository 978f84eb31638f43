"""Putting tasks into the queue costs the same however much is in it, and in other projects' queues."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotate.models import QueueEntry, RankingEpoch
from annotate.services.queue import add_to_queue
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_it_works(world: World) -> None:
    tasks = make_tasks(world.project, 3, queue=False)
    add_to_queue(project=world.project, task_ids=[task.pk for task in tasks])
    assert QueueEntry.objects.filter(project=world.project).count() == 3
    assert RankingEpoch.objects.filter(project=world.project).count() == 1


def test_whether_the_queue_is_new_is_asked_without_a_row_or_an_order(world: World) -> None:
    """In order of task ids the database could read all older projects' rows before the first of this one."""
    first, second = make_tasks(world.project, 2, queue=False)
    add_to_queue(project=world.project, task_ids=[first.pk])
    with CaptureQueriesContext(connection) as queries:
        add_to_queue(project=world.project, task_ids=[second.pk])
    asked = [one["sql"] for one in queries if one["sql"].startswith("SELECT")]
    assert len(asked) == 1
    assert "ORDER BY" not in asked[0]
    assert asked[0].startswith("SELECT 1 ")
