"""On the screen and in the page's source nothing tells gold from other items."""

from __future__ import annotations

import json
import random
import re

import pytest
from playwright.sync_api import Page

from annotate.models import Assignment, Pool
from annotate.services import slots
from tests.annotate.gold_world import FORBIDDEN, shape
from tests.annotate.steps import hand_out
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.processes import LiveWeb
from tests.world import make_tasks, make_world

pytestmark = pytest.mark.browser


def test_gold_looks_like_any_item(
    page: Page, live_web: LiveWeb, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotate.services.hidden.dice", random.Random(7))
    world = make_world(gold_share=0.5, hold_size=10)
    tasks = make_tasks(world.project, [f"Item {number:03}" for number in range(40)])
    slots.set_pool(project_id=world.project.pk, task_ids=[task.pk for task in tasks[20:]], pool=Pool.GOLD)
    hand_out(world.project, world.ann, 10)
    drawn = dict(Assignment.objects.filter(user=world.ann).values_list("task__data__text", "drawn"))
    assert {"gold", "random"} <= set(drawn.values())

    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project)
    desk.open()
    page.wait_for_selector("body > svg[display=none]", state="attached")  # icons are fetched when it is idle
    boot = json.loads(page.locator("#label-boot").text_content() or "")
    source = page.request.get(desk.address).text()
    assert "Item 0" not in source, "looking at the page from a script brings a task"
    pictures: dict[str, set[str]] = {"gold": set(), "random": set()}
    for number in range(11):
        item = desk.item
        if number:  # around the first item, whichever it is, stand icons that the server drew
            pictures[drawn[item]].add(normalized(page.content()))
        desk.keys("p", "Enter")
        desk.left(item)
        desk.state("saved")
        drawn = dict(Assignment.objects.filter(user=world.ann).values_list("task__data__text", "drawn"))
    assert pictures["gold"]
    assert pictures["gold"] == pictures["random"]
    assert len(boot["drawing"]["assignments"]) == 10
    shapes = {json.dumps(shape(row), sort_keys=True) for row in boot["drawing"]["assignments"]}
    assert len(shapes) == 1
    keys = shapes.pop()
    assert not [word for word in FORBIDDEN if word in keys]
    assert desk.errors == []


def normalized(html: str) -> str:
    """The page without what differs between any two items: text, counts, clock, nonces, tokens."""
    html = re.sub(r"Item \d{3}", "Item", html)
    html = re.sub(r'(nonce|content|value|id|for|name)="[^"]*"', r"\1", html)
    html = re.sub(r"<span[^>]*id[^>]*>\d\d:\d\d</span>", "", html)
    html = re.sub(r"<script[^>]*application/json.*?</script>", "", html, flags=re.S)
    html = re.sub(r"\d\d:\d\d|<strong data-today[^<]*<[^>]*>|<span data-all[^<]*<[^>]*>", "", html)
    return re.sub(r'class="toasts.*?</div>', "", html, flags=re.S)
