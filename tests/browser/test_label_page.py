"""The labeling page: items come, are answered and go; nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation, Draft, Skip
from tests.browser.label_desk import Desk, sign_in
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.browser


@pytest.fixture
def world(transactional_db: None) -> World:
    world = make_world()
    make_tasks(world.project, 12)
    return world


@pytest.fixture
def desk(page: Page, live_web: LiveWeb, world: World) -> Iterator[Desk]:
    sign_in(page.context, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project)
    yield desk
    assert desk.errors == []


def answers(world: World) -> list[tuple[str, str]]:
    """What Ann has answered, in the order of her answers."""
    rows = Annotation.objects.filter(user=world.ann).select_related("task").order_by("id")
    return [(row.task.data["text"], row.value["sentiment"]) for row in rows]


def test_it_works(desk: Desk, world: World) -> None:
    desk.open()
    desk.shows("Text number 0")
    desk.keys("p", "Enter")
    desk.shows("Text number 1")
    desk.keys("n", "Enter")
    desk.shows("Text number 2")
    desk.state("saved")
    assert answers(world) == [("Text number 0", "positive"), ("Text number 1", "negative")]
    expect(desk.page.locator("[data-today]")).to_have_text("2")


def test_what_was_chosen_survives_a_reload(desk: Desk, world: World) -> None:
    desk.open()
    desk.shows("Text number 0")
    desk.keys("n")
    desk.page.reload()
    desk.settled()
    desk.shows("Text number 0")
    assert desk.chosen() == "negative"
    desk.state("saved")
    assert Draft.objects.get().value == {"sentiment": "negative"}


def test_a_skip_asks_for_a_reason_and_can_be_undone(desk: Desk, world: World) -> None:
    desk.open()
    desk.shows("Text number 0")
    desk.keys("s", "2")
    desk.shows("Text number 1")
    desk.page.locator(".toast").get_by_role("button", name="Undo").click()
    desk.shows("Text number 0")
    desk.keys("s", "2")
    desk.shows("Text number 1")
    skip = desk.wait_for(lambda: Skip.objects.first())
    assert skip.reason == "unclear"
