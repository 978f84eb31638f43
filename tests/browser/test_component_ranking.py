"""Ranking in the component: by keys, by mouse, by finger, in review."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.component_server import Component, serve

BEST = {
    "name": "best",
    "type": "ranking",
    "title": "Best first",
    "required": True,
    "options": [
        {"name": "a", "title": "Answer A", "hotkey": "1"},
        {"name": "b", "title": "Answer B", "hotkey": "2", "description": "Of the older model."},
        {"name": "c", "title": "Answer C", "hotkey": "3"},
        {"name": "d", "title": "תשובה ד", "hotkey": "4"},
    ],
}
PAIR = {**BEST, "options": [{"name": "left", "title": "Left"}, {"name": "right", "title": "Right"}]}
NOTE = {"name": "note", "type": "text", "title": "Why?", "multiline": True}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve() as url:
        yield url


@pytest.fixture
def component(page: Page, address: str) -> Iterator[Component]:
    component = Component(page, address)
    yield component
    assert component.errors == []


def shown(component: Component) -> list[str]:
    """The rows from top to bottom: place and name."""
    rows: list[str] = component.page.locator(".lb-rank").evaluate_all(
        "rows => rows.map(row => row.querySelector('.lb-rank-place').textContent + row.dataset.name)"
    )
    return rows


def row(component: Component, name: str) -> Locator:
    return component.page.locator(f"[data-name='{name}']")


def heard(component: Component) -> str:
    return component.page.locator(".lb-field[data-type='ranking'] p[role='status']").inner_text()


def drag(component: Component, name: str, other: str, *, share: float) -> None:
    """Take a row by the mouse to a height of another: 0 its upper edge, 1 its lower."""
    start, end = row(component, name).bounding_box(), row(component, other).bounding_box()
    assert start is not None
    assert end is not None
    mouse = component.page.mouse
    mouse.move(start["x"] + 60, start["y"] + start["height"] / 2)
    mouse.down()
    mouse.move(end["x"] + 60, end["y"] + end["height"] * share, steps=8)
    mouse.up()


def test_it_works(component: Component) -> None:
    """A key each, first place first; the last one left needs none."""
    component.mount([BEST, NOTE], text="Which is best?")
    assert shown(component) == ["a", "b", "c", "d"]
    component.keys("3", "1")
    assert shown(component) == ["1c", "2a", "b", "d"]
    assert component.value == {"best": ["c", "a"]}
    assert heard(component) == "Answer A: place 2 of 4"
    component.keys("4")
    assert shown(component) == ["1c", "2a", "3d", "4b"]
    component.keys("2", "Enter")
    assert component.submitted == [{"best": ["c", "a", "d", "b"]}]


def test_a_preference_takes_one_key(component: Component) -> None:
    component.mount([PAIR])
    component.keys("2", "Enter")
    component.set_item(None)
    assert shown(component) == ["left", "right"]
    component.keys("1", "Enter")
    assert component.submitted == [{"best": ["right", "left"]}, {"best": ["left", "right"]}]


def test_what_is_not_ranked_is_missing(component: Component) -> None:
    component.mount([BEST])
    component.keys("2", "Enter")
    problem = component.page.locator(".lb-problem")
    assert problem.inner_text() == "rank all options; missing: a, c, d"
    component.keys("Backspace", "Enter")
    assert problem.inner_text() == "is required"
    assert (component.value, component.submitted) == ({}, [])


def test_backspace_takes_the_last_back_and_undo_returns_it(component: Component) -> None:
    component.mount([BEST])
    component.keys("1", "2", "3")
    assert shown(component) == ["1a", "2b", "3c", "4d"]
    component.keys("Backspace", "Backspace")
    assert shown(component) == ["1a", "2b", "c", "d"]
    assert heard(component) == "Answer C: not ranked"
    component.keys("Control+z", "Control+z", "Control+z")
    assert shown(component) == ["1a", "2b", "c", "d"]
    component.keys("Control+Shift+z")
    assert component.value == {"best": ["a", "b", "c", "d"]}


def test_arrows_go_and_move(component: Component) -> None:
    component.mount([BEST, NOTE])
    component.page.get_by_role("listbox").focus()
    current = component.page.locator("[role='option'][aria-selected='true']")
    component.keys("ArrowDown", "ArrowDown")
    assert current.get_attribute("data-name") == "c"
    component.keys("Alt+ArrowUp")
    assert shown(component) == ["1c", "a", "b", "d"]
    component.keys("End", "Space", "Shift+ArrowUp")
    assert shown(component) == ["1d", "2c", "a", "b"]
    component.keys("Shift+ArrowDown", "Shift+ArrowDown")
    assert shown(component) == ["1c", "a", "b", "d"]
    component.keys("Home", "Space")
    assert component.value == {}
    listbox = component.page.get_by_role("listbox")
    assert listbox.get_attribute("aria-activedescendant") == current.get_attribute("id")


def test_while_somebody_writes_no_key_ranks(component: Component) -> None:
    component.mount([BEST, NOTE])
    component.page.get_by_role("textbox").focus()
    component.keys("1", "Backspace", "2")
    assert component.value == {"note": "2"}


def test_drag_and_nothing_jumps(component: Component) -> None:
    component.mount([BEST])
    panel = component.page.locator(".lb-field")
    before = panel.bounding_box()
    drag(component, "c", "a", share=-0.7)
    assert shown(component) == ["1c", "a", "b", "d"]
    drag(component, "b", "c", share=0.1)
    assert shown(component) == ["1b", "2c", "a", "d"]
    drag(component, "d", "c", share=0.9)
    assert shown(component) == ["1b", "2c", "3d", "4a"]
    assert panel.bounding_box() == before
    drag(component, "b", "a", share=0.9)
    assert component.value == {"best": ["c", "d", "a", "b"]}
    component.keys("Control+z")
    assert component.value == {"best": ["b", "c", "d", "a"]}


def test_dragged_below_the_line_it_is_not_ranked_any_more(component: Component) -> None:
    component.mount([BEST])
    component.keys("1", "2")
    drag(component, "a", "d", share=0.5)
    assert shown(component) == ["1b", "a", "c", "d"]
    assert component.value == {"best": ["b"]}


def test_escape_leaves_all_as_it_was(component: Component) -> None:
    component.mount([BEST])
    component.keys("1", "2")
    box = row(component, "d").bounding_box()
    assert box is not None
    component.page.mouse.move(box["x"] + 60, box["y"] + 5)
    component.page.mouse.down()
    component.page.mouse.move(box["x"] + 60, box["y"] - 200, steps=5)
    assert shown(component) == ["1d", "2a", "3b", "c"]
    assert component.value == {"best": ["a", "b"]}
    component.keys("Escape")
    component.page.mouse.up()
    assert shown(component) == ["1a", "2b", "c", "d"]
    component.keys("Control+z")
    assert component.value == {"best": ["a"]}


def test_a_click_ranks_and_buttons_move(component: Component) -> None:
    component.mount([BEST])
    row(component, "b").click()
    row(component, "d").click()
    assert shown(component) == ["1b", "2d", "a", "c"]
    component.page.get_by_role("button", name="↑ Up").click()
    assert shown(component) == ["1d", "2b", "a", "c"]
    row(component, "b").click()
    component.page.get_by_role("button", name="Take back").click()
    assert shown(component) == ["1d", "a", "b", "c"]
    component.keys("Enter")
    assert component.page.locator(".lb-problem").is_visible()


def test_review_shows_where_others_put_it(component: Component) -> None:
    others = [
        {"name": "Ana", "value": {"best": ["a", "b", "c", "d"]}},
        {"name": "Ben", "value": {"best": ["b", "a", "c", "d"]}},
    ]
    component.mount([BEST], mode="review", others=others, value={"best": ["a", "b", "c", "d"]})
    places = {name: row(component, name).locator(".lb-rank-others").inner_text() for name in "abcd"}
    assert places == {"a": "2", "b": "1", "c": "", "d": ""}
    ana, ben = component.page.locator(".lb-other").all()
    assert "the same" in (ana.text_content() or "")
    assert "differs" in (ben.text_content() or "")
    ben.click()
    assert component.value == {"best": ["b", "a", "c", "d"]}


def test_read_only_changes_nothing(component: Component) -> None:
    component.mount([BEST], readOnly=True, value={"best": ["b", "a", "d", "c"]})
    assert shown(component) == ["1b", "2a", "3d", "4c"]
    row(component, "a").click()
    component.keys("1", "Alt+ArrowUp", "Backspace")
    assert component.page.get_by_role("toolbar").count() == 0
    assert component.value == {"best": ["b", "a", "d", "c"]}


def test_a_finger_drags_by_the_dots_only(component: Component) -> None:
    component.mount([BEST])
    grip, title = ".lb-rank-grip", ".lb-option-title"
    touch(component, row(component, "c").locator(title), row(component, "a"))
    assert shown(component) == ["a", "b", "c", "d"]
    touch(component, row(component, "c").locator(grip), component.page.locator(".lb-title"))
    assert shown(component) == ["1c", "a", "b", "d"]
    assert component.value == {"best": ["c"]}


def touch(component: Component, start: Locator, end: Locator) -> None:
    """A finger that goes from one to the other, as the browser tells it."""
    here, there = start.bounding_box(), end.bounding_box()
    assert here is not None
    assert there is not None
    x, y = here["x"] + here["width"] / 2, here["y"] + here["height"] / 2
    client = component.page.context.new_cdp_session(component.page)
    send = client.send
    send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 7):
        at = y + (there["y"] + 4 - y) * step / 6
        send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": at}]})
    send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
