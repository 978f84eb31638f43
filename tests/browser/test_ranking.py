"""A ranking on the whole labeling page, by keys and by mouse, and in the ontology editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation, Draft
from projects.gallery import TEMPLATES
from projects.models import OntologyVersion, Task
from projects.services.ontologies import add_ontology
from tests.browser.label_desk import Desk
from tests.browser.signed_in import collect_errors, sign_in
from tests.browser.watching import axe_violations
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COMPARE = next(template for template in TEMPLATES if template.key == "compare-answers")


@pytest.fixture
def world(transactional_db: None) -> World:
    world = make_world()
    definition: Any = {"media": COMPARE.media, "fields": COMPARE.fields}
    add_ontology(project=world.project, definition=definition, by=world.max)
    world.project.refresh_from_db()
    for task in make_tasks(world.project, 3):
        number = task.external_id
        task.data = {
            "prompt": f"Prompt {number}",
            **{f"answer_{n}": f"Answer {n} to {number}" for n in (1, 2, 3)},
        }
        task.save()
    return world


@pytest.fixture
def desk(page: Page, live_web: LiveWeb, world: World) -> Iterator[Desk]:
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project)
    yield desk
    assert desk.errors == []


def test_it_works(desk: Desk, world: World) -> None:
    """Two keys and Enter; each text says its name."""
    desk.open()
    desk.shows("Answer 3 to x0")
    captions = "all => all.map(one => getComputedStyle(one, '::before').content)"
    names = desk.page.locator(".lb-stage > .tx").evaluate_all(captions)
    assert names == ['"prompt"', '"answer_1"', '"answer_2"', '"answer_3"']
    places = desk.page.locator(".lb-rank.is-ranked")
    desk.keys("2", "3")
    expect(places.locator(".lb-option-title")).to_have_text(["Answer 2", "Answer 3", "Answer 1"])
    expect(places.locator(".lb-rank-place")).to_have_text(["1", "2", "3"])
    desk.keys("Enter")
    desk.shows("Prompt x1")
    expect(places).to_have_count(0)
    desk.state("saved")
    assert Annotation.objects.get().value == {"ranking": ["answer_2", "answer_3", "answer_1"]}
    assert axe_violations(desk.page) == []


def test_by_mouse_with_a_draft_between(desk: Desk, world: World) -> None:
    desk.open()
    desk.shows("Prompt x0")
    desk.page.locator("[data-name='answer_3']").click()
    desk.state("saved")
    desk.wait_for(lambda: Draft.objects.filter(value={"ranking": ["answer_3"]}).exists())
    desk.page.reload()
    desk.settled()
    expect(desk.page.locator(".lb-rank.is-ranked")).to_have_count(1)
    start = desk.page.locator("[data-name='answer_1']").bounding_box()
    end = desk.page.locator("[data-name='answer_3']").bounding_box()
    assert start is not None
    assert end is not None
    desk.page.mouse.move(start["x"] + 80, start["y"] + start["height"] / 2)
    desk.page.mouse.down()
    desk.page.mouse.move(end["x"] + 80, end["y"] + 3, steps=8)
    desk.page.mouse.up()
    expect(desk.page.locator(".lb-rank .lb-option-title")).to_have_text(["Answer 1", "Answer 3", "Answer 2"])
    desk.page.locator("[data-do=submit]").click()
    desk.shows("Prompt x1")
    desk.state("saved")
    assert Annotation.objects.get().value == {"ranking": ["answer_1", "answer_3", "answer_2"]}


def test_a_field_becomes_a_ranking_in_the_editor(page: Page, live_web: LiveWeb) -> None:
    """Options stay, the preview ranks them, and no condition can depend on it."""
    world = make_world()
    make_tasks(world.project, 1)
    errors = collect_errors(page)
    sign_in(page, live_web.url, world.max)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_web.url}/projects/{world.project.pk}/ontology/")
    expect(page.locator(".preview-frame")).to_have_attribute("data-ready", "true", timeout=15_000)
    page.get_by_label("Type").select_option(label="Ranking")
    row = page.locator(".lb-rank[data-name='negative']")
    row.click()
    expect(row.locator(".lb-rank-place")).to_have_text("1")
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Save a new version")
    expect(dialog).to_contain_text("No answers have been given yet")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#ontology-version")).to_have_text("version 2")
    [field] = OntologyVersion.objects.get(project=world.project, version=2).definition["fields"]
    assert (field["type"], [one["name"] for one in field["options"]]) == (
        "ranking",
        ["positive", "negative", "neutral"],
    )
    assert Task.objects.count() == 1
    page.get_by_role("button", name="Field").click()
    expect(page.locator("[data-key='show_if']")).to_contain_text("Always. A condition needs a choice")
    assert errors == []
