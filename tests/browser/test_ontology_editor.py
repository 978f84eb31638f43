"""The ontology editor: what a manager does there, seen on the screen and in the database."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from annotate.models import Annotation
from projects.models import OntologyVersion, Project, Task
from projects.ontology_checks import AT_ONCE
from tests.annotate.steps import answer, hand_out
from tests.browser.signed_in import collect_errors, sign_in
from tests.browser.watching import axe_violations, settle
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def world(live_web: LiveWeb) -> World:
    return make_world()


@pytest.fixture
def errors(page: Page) -> list[str]:
    return collect_errors(page)


def open_editor(page: Page, live_web: LiveWeb, world: World) -> None:
    sign_in(page, live_web.url, world.max)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_web.url}/projects/{world.project.pk}/ontology/")
    expect(page.locator(".preview-frame")).to_have_attribute("data-ready", "true", timeout=15_000)


def newest(project: Project) -> Any:
    return OntologyVersion.objects.filter(project=project).order_by("-version")[0].definition


def test_it_works(page: Page, live_web: LiveWeb, world: World, errors: list[str]) -> None:
    make_tasks(world.project, ["Maria lebt in Bad Ems.", "東京は大きい"])
    open_editor(page, live_web, world)
    expect(page.locator(".lb-stage")).to_contain_text("Maria lebt in Bad Ems.")
    save = page.locator("#ontology-save")
    expect(save).to_be_disabled()

    page.get_by_label("Title", exact=True).fill("Stimmungslagebeurteilung")
    expect(page.locator(".lb-title-text").first).to_have_text("Stimmungslagebeurteilung")
    expect(page.get_by_label("Name", exact=True)).to_have_attribute("readonly", "")
    page.get_by_role("button", name="Next item").click()
    expect(page.locator(".lb-stage")).to_contain_text("東京は大きい")
    expect(save).to_be_enabled()
    assert axe_violations(page) == []

    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Save a new version")
    expect(dialog).to_contain_text("No answers have been given yet")
    expect(dialog).to_contain_text("sentiment → Stimmungslagebeurteilung")
    assert axe_violations(page) == []
    page.get_by_label("Note").fill("in German")
    page.keyboard.press("Enter")
    expect(page.locator("#ontology-version")).to_have_text("version 2")
    expect(save).to_be_disabled()
    assert newest(world.project)["fields"][0]["title"] == "Stimmungslagebeurteilung"
    assert newest(world.project)["fields"][0]["name"] == "sentiment"
    assert OntologyVersion.objects.get(project=world.project, version=2).note == "in German"
    assert errors == []


def test_keyboard_alone(page: Page, live_web: LiveWeb, world: World, errors: list[str]) -> None:
    open_editor(page, live_web, world)
    tree = page.get_by_role("tree")
    tree.focus()
    page.keyboard.press("i")
    page.keyboard.type("Ärgerlich, sehr")
    expect(page.get_by_label("Name", exact=True)).to_have_value("ärgerlich,_sehr")
    expect(page.locator(".lb-side")).to_contain_text("Ärgerlich, sehr")
    tree.focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    titles = tree.locator(".is-item .tree-title")
    expect(titles).to_have_text(["positive", "Ärgerlich, sehr", "negative", "neutral"])
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    expect(titles).to_have_text(["Ärgerlich, sehr", "negative", "neutral"])
    page.keyboard.press("Control+z")
    expect(titles).to_have_text(["positive", "Ärgerlich, sehr", "negative", "neutral"])
    page.keyboard.press("Control+Shift+z")
    expect(titles).to_have_count(3)
    page.keyboard.press("Home")
    expect(tree.locator('[aria-selected="true"]')).to_contain_text("What is shown")
    expect(page.locator("#ontology-save")).to_be_enabled()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog", name="Save a new version")).to_contain_text("positive was removed")
    page.keyboard.press("Enter")
    expect(page.locator("#ontology-version")).to_have_text("version 2")
    assert [one["name"] for one in newest(world.project)["fields"][0]["options"]] == [
        "ärgerlich,_sehr",
        "negative",
        "neutral",
    ]
    assert errors == []


def test_a_hotkey_given_twice_is_refused_where_it_stands(
    page: Page, live_web: LiveWeb, world: World, errors: list[str]
) -> None:
    open_editor(page, live_web, world)
    page.get_by_role("treeitem", name="negative").click()
    page.get_by_label("Hotkey").fill("p")
    problem = page.locator(".problem-list")
    expect(problem).to_contain_text("fields[0].options[1].hotkey")
    expect(page.locator(".ontology-form .error:visible")).to_have_text('already used by "positive"')
    expect(page.locator(".tree-wrong")).to_have_count(3)  # at the option, and at what is around it
    expect(page.locator("#ontology-save")).to_be_disabled()

    page.get_by_role("button", name="JSON").click()
    written = page.get_by_label("Ontology as JSON")
    definition = json.loads(written.input_value())
    definition["fields"][0]["options"][1]["hotkey"] = "n"
    definition["fields"].append({"name": "why", "type": "essay"})
    written.fill(json.dumps(definition))
    expect(problem).to_contain_text("fields[1].type")
    written.fill('{"media": [')
    expect(problem).to_contain_text("Not JSON yet")
    definition["fields"][1] = {"name": "why", "type": "text", "show_if": {"sentiment": ["negative"]}}
    written.fill(json.dumps(definition))
    expect(problem).to_contain_text("No problems")
    page.get_by_role("button", name="Form").click()
    page.locator(".lb-option", has_text="negative").click()
    expect(page.locator(".lb-title-text", has_text="why")).to_be_visible()
    assert [text for text in errors if "400" not in text] == [], "the browser itself reports refused checks"


def answer_many(world: World, count: int) -> None:
    """As many answers to tasks of their own, put where they belong without walking all of them through."""
    tasks = Task.objects.bulk_create(
        Task(project=world.project, external_id=f"many{index}", data={"text": "x"}) for index in range(count)
    )
    Annotation.objects.bulk_create(
        Annotation(
            project=world.project,
            task=task,
            user=world.ann,
            value={"sentiment": "positive"},
            created_at=timezone.now(),
            updated_at=timezone.now(),
        )
        for task in tasks
    )


def test_a_slow_press_on_a_line_selects_it(page: Page, live_web: LiveWeb, world: World) -> None:
    """While the button is down the window changes, and the tree is drawn again."""
    open_editor(page, live_web, world)
    line = page.get_by_role("treeitem", name="positive")
    box = line.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.set_viewport_size({"width": 1440, "height": 880})
    page.evaluate(TWO_FRAMES)
    page.mouse.up()
    expect(line).to_have_attribute("aria-selected", "true")


def test_what_would_become_invalid_is_said_before_saving(
    page: Page, live_web: LiveWeb, world: World, errors: list[str]
) -> None:
    make_tasks(world.project, 2)
    for row in hand_out(world.project, world.ann, 2):
        answer(world.ann, row, {"sentiment": "positive"})
    open_editor(page, live_web, world)
    page.get_by_role("treeitem", name="positive").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#ontology-save")).to_be_enabled()
    page.locator("#ontology-save").click()
    dialog = page.get_by_role("dialog", name="Save a new version")
    expect(dialog).to_contain_text("2 of 2 answers would become invalid")
    expect(dialog).to_contain_text('sentiment: "positive" is not an option')
    expect(dialog.get_by_role("button", name="Save all the same")).to_be_enabled()
    dialog.get_by_role("button", name="Cancel").click()
    assert OntologyVersion.objects.filter(project=world.project).count() == 1
    assert errors == []


def test_many_answers_are_checked_by_a_job_before_saving(
    page: Page, live_web: LiveWeb, world: World, errors: list[str], celery_worker_process: int
) -> None:
    answer_many(world, AT_ONCE + 1)
    open_editor(page, live_web, world)
    page.get_by_role("treeitem", name="positive").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#ontology-save")).to_be_enabled()
    page.locator("#ontology-save").click()
    dialog = page.get_by_role("dialog", name="Save a new version")
    save = dialog.locator("button[type=submit]")
    expect(dialog.get_by_role("progressbar", name="Answers checked")).to_be_visible(timeout=20_000)
    expect(save).to_be_disabled()
    expect(dialog).to_contain_text("20,001 of 20,001 answers would become invalid", timeout=90_000)
    expect(dialog).to_contain_text("and 19,981 more")
    expect(save).to_have_text("Save all the same")
    expect(save).to_be_enabled()
    assert errors == []


def test_ten_thousand_options_stay_usable(
    page: Page, live_web: LiveWeb, world: World, errors: list[str]
) -> None:
    open_editor(page, live_web, world)
    page.get_by_role("button", name="Paste a list").click()
    page.get_by_label("List", exact=True).evaluate(
        """(field, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const options = { clipboardData, bubbles: true, cancelable: true };
            field.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        "\n".join(f"Kategorie {number}" for number in range(9_997)),
    )
    dialog = page.get_by_role("dialog", name="Paste a list")
    expect(dialog).to_contain_text("9,997 new.")
    dialog.get_by_role("button", name="Add").click()
    expect(page.locator(".problem-list")).to_contain_text("No problems", timeout=20_000)
    tree = page.get_by_role("tree")
    tree.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(tree.locator('[aria-selected="true"]')).to_contain_text("Kategorie 9996")
    assert tree.get_by_role("treeitem").count() < 80
    page.keyboard.press("Enter")
    page.keyboard.type("Letzte")
    expect(page.get_by_label("Name", exact=True)).to_have_value("letzte", timeout=20_000)
    assert errors == []


def test_dragging_reorders(page: Page, live_web: LiveWeb, world: World, errors: list[str]) -> None:
    open_editor(page, live_web, world)
    source = page.get_by_role("treeitem", name="neutral")
    source.hover()
    settle(page)  # the tree draws its rows anew where hovering scrolled it
    grip = source.locator("[data-grip]").bounding_box()
    target = page.get_by_role("treeitem", name="positive").bounding_box()
    assert grip
    assert target
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, target["y"] + 4, steps=5)
    page.mouse.up()
    expect(page.locator(".is-item .tree-title")).to_have_text(["neutral", "positive", "negative"])
    assert errors == []
