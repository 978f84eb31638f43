"""Hidden gold in a large pool: a draw looks at a bounded part of it, whoever had how much of it."""

import pytest
from django.db import connection

from annotate.services import hidden
from tests.plans import explained
from tests.queue_seed import analyze, fill
from tests.world import World, make_project, make_world

pytestmark = pytest.mark.django_db

HAD = """
INSERT INTO annotate_assignment
    (project_id, task_id, user_id, state, drawn, holds_slot, ontology_id, created_at, expires_at, closed_at)
SELECT q.project_id, q.task_id, %s, 'submitted', 'gold', false, %s, now(), now(), now()
FROM annotate_queueentry q WHERE q.project_id = %s
"""


def _pages(world: World, tasks: int) -> int:
    """What a draw of one gold task looks at when this person had all of so many."""
    project = make_project(world.organization, world.max, gold_share=0.5)
    fill(project, tasks, gold_every=1)
    with connection.cursor() as cursor:
        cursor.execute(HAD, [world.ann.pk, project.ontology_id, project.pk])
    analyze()
    found: list[int | None] = []
    (statement,) = explained(lambda: found.extend(hidden.pick_gold(project.pk, world.ann.pk, [True])))
    assert found == [None]
    return statement.buffers


def test_who_had_all_of_it_costs_no_walk_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden, "random_key", lambda: hidden.KEY_RANGE // 2)
    world = make_world()
    few, many = (_pages(world, tasks) for tasks in (2 * hidden.MOST_LOOKED_AT, 8 * hidden.MOST_LOOKED_AT))
    assert many < 1.5 * few
