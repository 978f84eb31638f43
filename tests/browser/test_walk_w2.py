"""Walk W2: an annotator labels twenty items with the keyboard alone; gold, skips and prefetch are on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation, Comment, Notice, Skip
from quality.services.gold import GoldInput, make_many
from tests.browser.label_desk import Desk
from tests.processes import LiveWeb
from tests.world import PASSWORD, World, make_tasks, make_world

pytestmark = pytest.mark.browser
NO_MOUSE = """
for (const type of ["pointerdown", "mousedown", "click", "touchstart"])
  addEventListener(type, (event) => {
    if (event.detail > 0 || event.type !== "click") throw new Error("the mouse was used");
  }, true);
"""


@pytest.fixture
def world(transactional_db: None) -> World:
    world = make_world(gold_share=0.3, feedback="at_once", overlap=2)
    tasks = make_tasks(world.project, 26)
    items = [
        GoldInput(task=task.pk, answers=[{"sentiment": "neutral"}], explanation="It says nothing.")
        for task in tasks[22:]
    ]
    assert make_many(project=world.project, items=items, by=world.max) == []
    return world


def palette(desk: Desk, name: str) -> None:
    """Go somewhere by its name."""
    desk.keys("Control+k")
    desk.page.keyboard.type(name)
    desk.keys("Enter")


def test_it_works(page: Page, live_web: LiveWeb, celery_worker_process: int, world: World) -> None:
    page.add_init_script(NO_MOUSE)
    desk = Desk(page, live_web.url, world.project)
    page.goto(desk.address)
    page.get_by_label("Email", exact=False).first.focus()
    page.keyboard.type(world.ann.email)
    desk.keys("Tab")
    page.get_by_label("Password", exact=False).first.focus()
    page.keyboard.type(PASSWORD)
    desk.keys("Enter")
    desk.settled()

    # Twenty items: one or two keys each. Number 3 is skipped, of number 5 she asks a question.
    seen: list[str] = []
    for number in range(20):
        seen.append(desk.item)
        if number == 3:
            desk.keys("s", "2")
        else:
            if number == 5:
                desk.keys("q")
                page.keyboard.type("Is this praise?")
                desk.keys("Control+Enter")
                expect(page.locator("dialog[open]")).to_have_count(0)
            desk.keys("pn"[number % 2], "Enter")
        desk.left(seen[-1])
    assert len(set(seen)) == 20, "an item came twice"
    desk.wait_for(lambda: Annotation.objects.filter(user=world.ann).count() == 19)
    skip = desk.wait_for(Skip.objects.filter(user=world.ann).first)  # it may be undone for a moment
    assert skip.reason == "unclear"
    assert Comment.objects.get(author=world.ann).body == "Is this praise?"
    expect(page.locator("[data-today]")).to_have_text("19")

    # A miss on gold is explained, as this project says so.
    desk.wait_for(lambda: Notice.objects.filter(user=world.ann, kind="feedback").exists())
    expect(page.locator(".label-feedback").first).to_contain_text("It says nothing.", timeout=40_000)

    # My work: nothing but her own.
    palette(desk, "My answers")
    expect(page.get_by_role("heading", name="My answers")).to_be_visible()
    expect(page.locator(".own-answer")).to_have_count(19)
    assert world.abe.name not in page.inner_text("body").split()
    page.locator(".own-answer").first.focus()
    desk.keys("Enter")
    desk.settled()
    before = desk.chosen()
    desk.keys("u", "Enter")
    desk.wait_for(lambda: Annotation.objects.filter(user=world.ann, version=2).exists())
    changed = Annotation.objects.get(user=world.ann, version=2)
    assert before in {"positive", "negative"}
    assert changed.value == {"sentiment": "neutral"}
    assert desk.errors == []
