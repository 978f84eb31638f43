"""The task list by probability: sorted by thousandths, paged over ties, filtered exactly."""

import base64
import json
from typing import Any

import pytest
from django.test import Client

from projects.models import TaskSummary
from projects.sureness import shown, step_of
from tests.world import World, make_tasks, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def address(world: World) -> str:
    return f"/api/v1/projects/{world.project.pk}/tasks/"


@pytest.mark.parametrize("order", ["probability", "-probability"])
@pytest.mark.parametrize("asked", ["", "&class=positive", "&probability_from=0.1235&probability_to=0.98475"])
def test_by_probability_rows_come_as_it_is_shown(world: World, order: str, asked: str) -> None:
    """Sorted by the thousandth, in import order where that is the same; filters are exact within one."""
    tasks = make_tasks(world.project, 16)
    kinds = [0.984999, 0.9847, 0.9848, 0.123999, 0.1231, 0.1239, 1.0, 0.99951]
    for index, task in enumerate(tasks[:14]):  # two have none
        probability = kinds[index % len(kinds)]
        TaskSummary.objects.filter(pk=task.pk).update(probability=probability, classes=["positive"])
    client = Client()
    client.force_login(world.max)
    start = [page := client.get(f"{address(world)}?limit=3&order={order}{asked}").json()]
    while page["next"]:
        start.append(page := client.get(page["next"]).json())
    forward = [(row["probability"], int(row["task"])) for page in start for row in page["results"]]
    known = [(kinds[index % len(kinds)], task.pk) for index, task in enumerate(tasks[:14])]
    matching = [one for one in known if "from" not in asked or 0.1235 <= one[0] <= 0.98475]
    by_steps = sorted(matching, key=lambda one: (step_of(one[0]), one[1]), reverse=order.startswith("-"))
    assert forward == by_steps
    seen = [shown(step_of(probability)) for probability, _ in forward]
    assert seen == sorted(seen, reverse=order.startswith("-"))
    assert not asked or start[0]["count"] == {"number": len(matching), "exact": True}
    back = [start[-1]]
    while back[-1]["previous"]:
        back.append(client.get(back[-1]["previous"]).json())
    assert [page["results"] for page in back] == [page["results"] for page in reversed(start)]


@pytest.mark.parametrize("key", [0.93, 2**40, True, None, "1"])
def test_a_cursor_by_probability_holds_a_step(world: World, key: Any) -> None:
    """As cursors did that held the probability: these are refused, and the list begins anew."""
    make_tasks(world.project, 3)
    cursor = base64.urlsafe_b64encode(json.dumps(["n", key, 1]).encode()).decode()
    client = Client()
    client.force_login(world.max)
    answer = client.get(address(world), {"order": "probability", "cursor": cursor}).json()
    assert answer["error"]["fields"][0]["path"] == "cursor"
