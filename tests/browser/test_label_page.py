"""The labeling page: items come, are answered and go; nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation, Draft, Skip
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
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
    sign_in(page, live_web.url, world.ann)
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
    skip = desk.wait_for(Skip.objects.first)
    assert skip.reason == "unclear"


def test_back_corrects_what_the_server_has_already(desk: Desk, world: World) -> None:
    desk.open()
    desk.shows("Text number 0")
    desk.keys("p", "Enter")
    desk.shows("Text number 1")
    desk.state("saved")
    desk.keys("n")  # begun, and left for a moment
    desk.keys("Alt+ArrowLeft")
    desk.shows("Text number 0")
    assert desk.chosen() == "positive"
    desk.keys("u", "Enter")
    desk.shows("Text number 1")
    assert desk.chosen() == "negative"
    head = desk.wait_for(lambda: Annotation.objects.filter(version=2).first())
    assert head.value == {"sentiment": "neutral"}
    assert list(head.versions.order_by("version").values_list("value__sentiment", flat=True)) == [
        "positive",
        "neutral",
    ]


def test_older_answers_come_from_the_server_after_a_reload(desk: Desk, world: World) -> None:
    desk.open()
    desk.shows("Text number 0")
    desk.keys("p", "Enter")
    desk.shows("Text number 1")
    desk.keys("n", "Enter")
    desk.shows("Text number 2")
    desk.state("saved")
    desk.page.reload()
    desk.settled()
    desk.shows("Text number 2")
    desk.keys("ArrowLeft")
    desk.shows("Text number 1")
    desk.keys("ArrowLeft")
    desk.shows("Text number 0")
    desk.keys("Escape")
    desk.shows("Text number 2")


def test_an_unanswered_field_is_named_and_nothing_is_sent(desk: Desk, world: World) -> None:
    desk.open()
    desk.shows("Text number 0")
    desk.keys("Enter")
    expect(desk.page.locator(".lb-problem")).to_contain_text("required")
    assert Annotation.objects.count() == 0


def test_two_tabs_show_the_same_and_only_one_answers(desk: Desk, world: World, live_web: LiveWeb) -> None:
    desk.open()
    desk.shows("Text number 0")
    other = Desk(desk.page.context.new_page(), live_web.url, world.project).open()
    other.shows("Text number 0")
    expect(desk.page.locator(".lb-notice")).to_contain_text("another tab")
    other.keys("n")
    expect(desk.page.locator(".lb-option.is-chosen")).to_contain_text("negative")
    desk.page.bring_to_front()
    desk.keys("Enter")
    desk.shows("Text number 1")
    other.shows("Text number 1")
    desk.state("saved")
    assert answers(world) == [("Text number 0", "negative")]
    assert other.errors == []


def test_keys_can_be_bound_anew(desk: Desk, world: World) -> None:
    world.ann.preferences = {"keys": {"label.skip": "x"}}
    world.ann.save()
    desk.open()
    desk.shows("Text number 0")
    desk.keys("s")
    assert desk.page.locator("dialog[open]").count() == 0
    desk.keys("x")
    expect(desk.page.locator("dialog[open]")).to_contain_text("Skip this item")


def test_a_key_is_changed_in_its_dialog(desk: Desk, world: World) -> None:
    desk.open()
    desk.shows("Text number 0")
    desk.keys("Control+k")
    desk.page.keyboard.type("Change keys")
    desk.keys("Enter")
    key = desk.page.get_by_role("button", name="Key for Skip this item", exact=True)
    expect(key).to_have_text("S")
    key.press("x")
    expect(key).to_have_text("X")
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Save", exact=True).click()
    desk.shows("Text number 0")
    desk.keys("x")
    expect(desk.page.locator("dialog[open]")).to_contain_text("Skip this item")
    world.ann.refresh_from_db()
    assert world.ann.preferences["keys"] == {"label.skip": "x"}
