"""The cost of ``next`` is flat: with what a person has behind them, and with the size of the project."""

import json
import re

import pytest
from django.db import connection

from annotate.models import QueueCursor
from annotate.services import scan
from annotate.services.queue import draw
from projects.access.doors import find_project
from tests.world import World, make_world

pytestmark = pytest.mark.django_db

TASKS = 100_000
DONE = 50_000

FILL = """
WITH added AS (
    INSERT INTO projects_task (project_id, data, meta, origin, created_at)
    SELECT %(project)s, '{"text": "x"}', '{}', 'human', now() FROM generate_series(1, %(tasks)s) RETURNING id
)
INSERT INTO annotate_queueentry
    (task_id, project_id, pool, epoch, order_key, wanted, taken, answered, is_open, drawn)
SELECT id, %(project)s, 'work', 0, id, 3, 0, 0, true, 'random' FROM added
"""

ANSWER = """
WITH head AS (
    SELECT task_id FROM annotate_queueentry WHERE project_id = %(project)s ORDER BY order_key LIMIT %(done)s
), given AS (
    INSERT INTO annotate_assignment
        (project_id, task_id, user_id, state, drawn, holds_slot, ontology_id, created_at, expires_at)
    SELECT %(project)s, task_id, %(user)s, 'submitted', 'random', true, %(ontology)s, now(), now() FROM head
)
UPDATE annotate_queueentry q SET taken = 1, answered = 1 FROM head WHERE q.task_id = head.task_id
"""


@pytest.fixture
def world() -> World:
    """Ann has half of a big project behind her, all of it still open for others."""
    world = make_world(overlap=3)
    values = {"project": world.project.pk, "tasks": TASKS, "done": DONE, "user": world.ann.pk}
    with connection.cursor() as cursor:
        cursor.execute(FILL, values)
        cursor.execute(ANSWER, values | {"ontology": world.project.ontology_id})
        cursor.execute("ANALYZE annotate_queueentry")
        cursor.execute("ANALYZE annotate_assignment")
    return world


def plan(world: World, user_id: int) -> dict[str, object]:
    """The plan of taking five tasks from where this person's cursor stands, carried out."""
    cursor_row = QueueCursor.objects.get(project=world.project, user=user_id, epoch=0)
    values = {"project": world.project.pk, "user": user_id, "epoch": 0, "look": 5, "take": 5}
    place = {"key": cursor_row.order_key, "after": cursor_row.task_id}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {scan.TAKE}", values | place)
        return dict(cursor.fetchone()[0][0]["Plan"])


def buffers(found: dict[str, object]) -> int:
    return int(str(found["Shared Hit Blocks"])) + int(str(found["Shared Read Blocks"]))


def test_it_works(world: World) -> None:
    for person in (world.ann, world.abe):
        assert len(draw(find_project(person, world.project.pk), 1).assignments) == 1
    hers, his = plan(world, world.ann.pk), plan(world, world.abe.pk)
    assert "queue_open_work" in json.dumps(hers)
    assert not re.search(r'"Node Type": "(Seq Scan|Sort|Hash)', json.dumps(hers))
    assert buffers(hers) <= 1.5 * buffers(his) < 500


def test_the_list_of_epochs_is_a_skip_scan(world: World) -> None:
    values = {"project": world.project.pk, "user": world.ann.pk, "start": -1, "reopened": "reopened"}
    values["hides_gold"] = True
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {scan.LEVELS}", values)
        found = cursor.fetchone()[0][0]["Plan"]
    assert buffers(found) < 50
