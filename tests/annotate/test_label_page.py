"""The labeling page as the server makes it: the first items are in it, for whoever opens it."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotate.models import Assignment
from projects.models import Project, Role
from tests.annotate.steps import api
from tests.world import World, make_project, make_tasks, make_world

pytestmark = pytest.mark.django_db
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
OPENED = {"accept": HTML, "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


def world_with(tasks: int) -> World:
    world = make_world(hold_size=5)
    make_tasks(world.project, tasks)
    return world


def drawing(world: World, headers: dict[str, str], project: Project | None = None) -> Any:
    """What the page brings along when it is asked for with these headers."""
    client = Client()
    client.force_login(world.ann)
    answer = client.get(f"/projects/{(project or world.project).pk}/label/", headers=headers)
    assert answer.status_code == 200
    found = re.search(
        r'<script id="label-boot" type="application/json">(.*?)</script>', answer.getvalue().decode()
    )
    assert found is not None
    return json.loads(found[1])["drawing"]


def test_it_works() -> None:
    world = world_with(tasks=8)
    found = drawing(world, OPENED)
    assert len(found["assignments"]) == 5
    assert found == api(world.ann).post(f"/api/v1/projects/{world.project.pk}/next/", {"count": 5}).json()
    assert drawing(world, {"accept": HTML}) == found, "browsers say nothing more over plain HTTP"


def test_with_nothing_to_do_it_says_why() -> None:
    found = drawing(world_with(tasks=0), OPENED)
    assert found["assignments"] == []
    assert found["reason"]["code"] == "empty"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept": "*/*"},
        OPENED | {"accept": "application/json"},
        OPENED | {"sec-purpose": "prefetch;prerender"},
        OPENED | {"purpose": "prefetch"},
        OPENED | {"sec-fetch-dest": "iframe"},
        OPENED | {"sec-fetch-dest": "empty"},
    ],
)
def test_looking_at_it_otherwise_reserves_nothing(headers: dict[str, str]) -> None:
    assert drawing(world_with(tasks=8), headers) is None
    assert not Assignment.objects.exists()


def test_many_items_cost_no_more_queries_than_one() -> None:
    world, counts = make_world(), []
    for size in (1, 5):
        members: dict[Any, Any] = {world.ann: Role.ANNOTATOR}
        project = make_project(world.organization, world.max, members=members, hold_size=size)
        make_tasks(project, 8)
        assert len(drawing(world, OPENED, project)["assignments"]) == size
        with CaptureQueriesContext(connection) as queries:
            drawing(world, OPENED, project)
        counts.append(len(queries))
    assert counts[0] == counts[1]
