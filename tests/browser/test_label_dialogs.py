"""Dialogs over the labeling page have the keys for themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(page: Page, live_web: LiveWeb, transactional_db: None) -> Iterator[Desk]:
    world: World = make_world()
    make_tasks(world.project, 2)
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project).open()
    yield desk
    desk.state(re.compile(r"^\s*saved\s*$"))  # nothing of it may run into the emptying of the database
    assert desk.errors == []


@pytest.mark.parametrize("combo", ["q", "Control+k"])
def test_escape_closes_a_dialog_in_which_somebody_types(desk: Desk, combo: str) -> None:
    desk.keys(combo)
    dialog = desk.page.locator("dialog:modal")
    expect(dialog).to_be_visible()
    desk.keys("Escape")
    expect(dialog).to_have_count(0)


def test_keys_of_the_page_sleep_below_a_dialog(desk: Desk) -> None:
    item = desk.item
    desk.keys("s")
    expect(desk.page.locator("dialog:modal")).to_be_visible()
    desk.keys("p")
    assert desk.chosen() == ""
    desk.keys("Escape", "p")
    assert desk.chosen() != ""
    desk.keys("Enter")
    desk.left(item)


# Both in one task of the browser, so that it draws nothing in between.
CLOSE_AND_PRESS = """() => {
  const typed = document.activeElement;
  document.querySelector("dialog:modal").close();
  const press = {key: "p", code: "KeyP", bubbles: true, cancelable: true};
  typed.dispatchEvent(new KeyboardEvent("keydown", press));
}"""


def test_no_key_is_lost_that_follows_a_dialog_at_once(desk: Desk) -> None:
    desk.keys("q")
    expect(desk.page.get_by_label("Your question")).to_be_focused()
    desk.page.evaluate(CLOSE_AND_PRESS)
    assert desk.chosen() == "positive"


HIDE_AND_PRESS = """() => {
  const button = document.querySelector("main").appendChild(document.createElement("button"));
  button.focus();
  button.hidden = true;
  const press = {key: "Enter", code: "Enter", bubbles: true, cancelable: true};
  button.dispatchEvent(new KeyboardEvent("keydown", press));
}"""


def test_no_key_is_lost_that_follows_a_hidden_button_at_once(desk: Desk) -> None:
    item = desk.item
    desk.keys("p")
    desk.page.evaluate(HIDE_AND_PRESS)
    desk.left(item)
