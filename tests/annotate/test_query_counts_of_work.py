"""What annotators send costs the same number of queries whether they hold one task or many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from annotate.models import Prediction
from projects.models import Membership, Role, Task
from tests.annotate.steps import api, hand_out
from tests.query_counts import check_count
from tests.world import World, make_tasks, make_user, make_world

pytestmark = pytest.mark.django_db

FEW, MANY = 1, 20
KEY = {"Idempotency-Key": "k"}
ANSWER: dict[str, Any] = {"value": {"sentiment": "positive"}, "next": FEW}

Rows = list[dict[str, Any]]
Send = Callable[[World, User, Rows], Any]

# By name: what is sent by somebody who holds these.
VERBS: dict[str, Send] = {
    "next-held": lambda world, user, rows: _next(world, user, len(rows)),
    "next-topped-up": lambda world, user, rows: _next(world, user, 2 * len(rows)),
    "draft": lambda world, user, rows: api(user).put(_url(rows, "draft"), {"value": {}}, format="json"),
    "submit": lambda world, user, rows: _post(user, rows, "submit", ANSWER | {"next": 0}),
    "submit-and-next": lambda world, user, rows: _post(user, rows, "submit", ANSWER | {"next": len(rows)}),
    "skip-and-next": lambda world, user, rows: _post(
        user, rows, "skip", {"reason": "other", "next": len(rows)}
    ),
    "release": lambda world, user, rows: _post(user, rows, "release", {}),
}


def _url(rows: Rows, verb: str) -> str:
    return f"/api/v1/assignments/{rows[0]['id']}/{verb}/"


def _post(user: User, rows: Rows, verb: str, body: dict[str, Any]) -> Any:
    return api(user).post(_url(rows, verb), body, format="json", headers=KEY)


def _next(world: World, user: User, count: int) -> Any:
    return api(user).post(f"/api/v1/projects/{world.project.pk}/next/", {"count": count}, format="json")


@pytest.fixture
def world() -> World:
    """Plenty of tasks, each with what the page may show beside it."""
    world = make_world(hold_size=2 * MANY, overlap=5, show_predictions=True)
    make_tasks(world.project, 5 * MANY)
    Prediction.objects.bulk_create(
        Prediction(project=world.project, task=task, model="m", version="1", value={"sentiment": "positive"})
        for task in Task.objects.all()
    )
    return world


def _count(world: World, name: str, held: int) -> int:
    """Queries of doing it once more, by somebody who has been at work and holds so many."""
    user = make_user(f"Annotator{held}", world.organization)
    Membership.objects.create(project=world.project, user=user, role=Role.ANNOTATOR)
    (first,) = hand_out(world.project, user, 1)
    _post(user, [first], "submit", ANSWER | {"next": 0})  # their rows are there, the versions known
    rows = hand_out(world.project, user, held)
    assert len(rows) == held
    with CaptureQueriesContext(connection) as queries:
        response = VERBS[name](world, user, rows)
    assert response.status_code in {200, 201, 204}, response.content
    return len(queries)


@pytest.mark.parametrize("name", VERBS)
def test_as_many_queries_for_many_held_as_for_one(world: World, name: str) -> None:
    check_count(name, _count(world, name, FEW), _count(world, name, MANY))
