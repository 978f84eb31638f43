"""The fields of the labeling component that need no surface, and what all fields share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.component_server import Component, serve

SENTIMENT = {
    "name": "sentiment",
    "type": "choice",
    "title": "Sentiment",
    "required": True,
    "options": [
        {"name": "pos", "title": "positive", "hotkey": "p"},
        {"name": "neg", "title": "negative", "hotkey": "n", "description": "Sarcasm too."},
    ],
}
SURE = {"name": "sure", "type": "rating", "title": "How sure?", "max": 5, "show_if": {"sentiment": ["neg"]}}
TAGS = {
    "name": "tags",
    "type": "choice",
    "title": "Tags",
    "multiple": True,
    "options": ["red", "green", "blue"],
}
AGE = {"name": "age", "type": "number", "title": "Age", "min": 0, "max": 120, "unit": "years"}
NOTE = {"name": "note", "type": "text", "title": "Note", "multiline": True, "max_length": 10}
LINE = {"name": "line", "type": "text", "title": "Line", "multiline": False}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve() as url:
        yield url


@pytest.fixture
def component(page: Page, address: str) -> Iterator[Component]:
    component = Component(page, address)
    yield component
    assert component.errors == []


def many(count: int) -> dict[str, Any]:
    options = [{"name": f"c{n}", "title": f"Class {n}"} for n in range(count)]
    return {"name": "species", "type": "choice", "title": "Species", "options": options}


def test_it_works(component: Component) -> None:
    component.mount([SENTIMENT, TAGS], text="Fine.")
    component.keys("p", "Enter")
    assert component.submitted == [{"sentiment": "pos"}]


def test_a_single_choice_needs_one_key(component: Component) -> None:
    component.mount([TAGS | {"multiple": False}], text="Fine.")
    component.keys("2", "Enter")
    component.set_item("Next.")
    component.keys("3", "Enter")
    assert component.submitted == [{"tags": "green"}, {"tags": "blue"}]


def test_what_is_missing_is_shown_at_its_field(component: Component) -> None:
    component.mount([TAGS, SENTIMENT], text="Fine.")
    component.keys("Enter")
    assert component.submitted == []
    assert component.page.locator("[data-field='sentiment'] .lb-problem").inner_text() == "is required"
    assert component.page.locator("[data-field='tags'] .lb-problem").is_hidden()
    component.keys("n")
    assert component.page.locator("[data-field='sentiment'] .lb-problem").is_hidden()


def test_show_if_shows_hides_and_leaves_out(component: Component) -> None:
    component.mount([SENTIMENT, SURE], text="Fine.")
    sure = component.page.locator("[data-field='sure']")
    assert sure.is_hidden()
    component.keys("n")
    assert sure.is_visible()
    component.keys("2", "4")
    assert component.value == {"sentiment": "neg", "sure": 4}
    component.keys("p")
    assert sure.is_hidden()
    assert component.value == {"sentiment": "pos"}
    component.keys("Control+z")
    assert component.value == {"sentiment": "neg", "sure": 4}


def test_several_in_the_order_of_the_ontology_and_none_of_these(component: Component) -> None:
    component.mount([TAGS])
    page = component.page
    page.get_by_label("blue").check()
    page.get_by_label("red").check()
    assert component.value == {"tags": ["red", "blue"]}
    page.get_by_label("red").uncheck()
    page.get_by_label("blue").uncheck()
    assert component.value == {}
    page.get_by_label("none of these").check()
    assert component.value == {"tags": []}


def test_a_chosen_option_pressed_again_is_taken_back(component: Component) -> None:
    component.mount([SENTIMENT])
    component.page.get_by_label("positive").click()
    assert component.value == {"sentiment": "pos"}
    component.page.get_by_label("positive").click()
    assert component.value == {}
    component.keys("n", "n")
    assert component.value == {}


def test_arrows_move_in_a_group_of_options(component: Component) -> None:
    component.mount([SENTIMENT, TAGS])
    component.keys("1", "ArrowDown")
    assert component.value == {"sentiment": "neg"}


def test_ten_thousand_options_are_searched_by_keyboard(component: Component) -> None:
    component.mount([many(10_000)])
    component.keys("1")
    component.page.keyboard.type("9876")
    component.keys("Enter")
    assert component.value == {"species": "c9876"}
    assert component.page.locator(".lb-list-row").count() < 60
    component.page.keyboard.type("class 12")
    component.keys("ArrowDown", "Enter")
    assert component.value["species"].startswith("c12")
    assert component.submitted == []
    component.keys("Escape", "Enter")
    assert len(component.submitted) == 1


def test_a_query_that_nothing_fits_says_so(component: Component) -> None:
    component.mount([many(40)])
    component.keys("/")
    component.page.keyboard.type("xyzzy")
    assert component.page.locator(".lb-list-none").inner_text() == "Nothing fits “xyzzy”"
    component.keys("Enter")
    assert component.value == {}


def test_rating_by_digits_arrows_and_pointer(component: Component) -> None:
    component.mount([SURE | {"show_if": None}, TAGS])
    component.keys("3")
    assert component.value == {"sure": 3}
    component.keys("Tab", "ArrowRight")
    assert component.value == {"sure": 4}
    component.keys("4")
    assert component.value == {}
    component.page.locator("[data-point='5']").click()
    assert component.value == {"sure": 5}
    assert component.page.get_by_role("slider").get_attribute("aria-valuenow") == "5"


def test_number_within_limits(component: Component) -> None:
    component.mount([AGE, TAGS])
    component.keys("1")
    component.page.keyboard.type("130")
    assert component.value == {"age": 130}
    component.keys("Enter")
    assert component.submitted == []
    assert component.page.locator("[data-field='age'] .lb-problem").inner_text() == "must be <= 120"
    component.page.keyboard.type("13")  # what is wrong is selected, to be written over
    component.keys("Enter")
    assert component.submitted == [{"age": 13}]


def test_keys_are_letters_while_somebody_types(component: Component) -> None:
    component.mount([NOTE, SENTIMENT])
    component.keys("1")
    component.page.keyboard.type("pn1?")
    component.keys("Enter")
    assert component.value == {"note": "pn1?\n"}
    assert component.submitted == []
    component.keys("Control+Enter")
    assert component.page.locator("[data-field='sentiment'] .lb-problem").is_visible()


def test_text_is_counted_in_code_points(component: Component) -> None:
    component.mount([NOTE])
    component.page.get_by_role("textbox").fill("👩🏽‍🔬é")
    assert component.page.locator(".lb-count").inner_text() == "5 / 10"
    component.page.get_by_role("textbox").fill("😀" * 11)
    assert component.page.evaluate("handle.problems()") == [
        {"path": "note", "message": "has 11 characters, at most 10 are allowed"}
    ]
    component.page.get_by_role("textbox").fill("   ")
    assert component.value == {}


def test_composing_is_left_alone(component: Component) -> None:
    component.mount([NOTE, SENTIMENT])
    component.keys("1")
    session = component.page.context.new_cdp_session(component.page)
    session.send("Input.imeSetComposition", {"text": "とう", "selectionStart": 2, "selectionEnd": 2})
    assert component.value == {}
    session.send("Input.insertText", {"text": "東"})
    assert component.value == {"note": "東"}


def test_enter_in_a_line_submits(component: Component) -> None:
    component.mount([LINE])
    component.page.get_by_role("textbox").fill("so")
    component.keys("Enter")
    assert component.submitted == [{"line": "so"}]


def test_undo_goes_over_all_fields(component: Component) -> None:
    component.mount([SENTIMENT, TAGS, NOTE])
    component.keys("p", "3")
    component.page.keyboard.type("hey")
    component.keys("Control+z")
    assert component.value == {"sentiment": "pos"}
    assert component.page.get_by_role("textbox").input_value() == ""
    component.keys("Control+z")
    assert component.value == {}
    component.keys("Control+y", "Control+y")
    assert component.value == {"sentiment": "pos", "note": "hey"}


def test_read_only_changes_nothing(component: Component) -> None:
    value = {"sentiment": "neg", "sure": 2, "tags": ["red"], "age": 3, "note": "x"}
    component.mount([SENTIMENT, SURE, TAGS, AGE, NOTE], value=value, readOnly=True)
    component.keys("p", "Control+z", "Enter")
    component.page.locator("[data-point='5']").click(force=True)
    assert component.value == value
    assert component.submitted == []


def test_the_list_of_keys_names_what_can_be_done(component: Component) -> None:
    component.mount([SENTIMENT, TAGS])
    commands = component.page.evaluate("handle.commands.list().map(({title, keys}) => [title, keys[0]])")
    assert ["positive", "p"] in commands
    assert ["Submit", "Enter"] in commands
    assert ["Undo", "Mod+z"] in commands


def test_keys_of_a_preview_are_heard_only_inside(component: Component) -> None:
    component.mount([SENTIMENT, TAGS], mode="preview")
    component.page.evaluate("document.activeElement.blur()")
    component.keys("p")
    assert component.value == {}
    component.page.get_by_role("checkbox", name="red").focus()
    component.keys("p")
    assert component.value == {"sentiment": "pos"}


def test_another_ontology(component: Component) -> None:
    component.mount([SENTIMENT])
    component.page.evaluate(
        "next => handle.setItem(next)",
        {"ontology": {"media": [], "fields": [AGE]}, "item": {"data": {}, "media": {}}, "value": {"age": 7}},
    )
    assert component.value == {"age": 7}
    assert component.page.locator(".lb-field").count() == 1
    component.keys("p")
    assert component.value == {"age": 7}


def test_others_are_compared_field_by_field(component: Component) -> None:
    others = [{"name": "Ann", "value": {"sentiment": "neg"}}, {"name": "Bob", "value": {"sentiment": "pos"}}]
    component.mount([SENTIMENT, TAGS], mode="review", others=others, value={"sentiment": "pos"})
    rows = component.page.locator("[data-field='sentiment'] .lb-other")
    assert [row.get_attribute("class") for row in rows.all()] == ["lb-other is-different", "lb-other"]
    rows.first.click()
    assert component.value == {"sentiment": "neg"}


def test_a_thumb_is_enough(page: Page, address: str) -> None:
    context = page.context.browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)  # type: ignore[union-attr]
    component = Component(context.new_page(), address)
    component.mount([SENTIMENT, SURE, NOTE], text="It was not bad, was it?")
    component.page.get_by_label("negative").tap()
    component.page.locator("[data-point='4']").tap()
    assert component.value == {"sentiment": "neg", "sure": 4}
    assert component.page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
