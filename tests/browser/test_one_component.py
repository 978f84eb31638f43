"""Preview, gold editor, labeling page and review page are one component: a span and a box in each.

Drawn with the mouse as people do; what counts is what the page then shows and what the answer holds.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotate.models import Annotation
from projects.models import Project, Task
from quality.models import GoldItem
from tests.browser.label_desk import Desk
from tests.browser.review_desk import ReviewDesk, answered, photograph, staffed, waits
from tests.browser.signed_in import collect_errors, sign_in
from tests.browser.walks import drag_text, draw_box, until
from tests.processes import LiveWeb
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIELDS: dict[str, Any] = {
    "media": [
        {"name": "text", "kind": "text", "source": "text"},
        {"name": "photo", "kind": "image", "source": "image"},
    ],
    "fields": [
        {"name": "people", "type": "span", "on": "text", "classes": ["person", "place"]},
        {"name": "objects", "type": "box", "on": "photo", "classes": ["cyclist", "pedestrian"]},
    ],
}


@pytest.fixture
def world(live_web: LiveWeb) -> World:
    return make_world()


@pytest.fixture
def project(world: World) -> Project:
    return staffed(world, FIELDS)


@pytest.fixture
def task(world: World, project: Project) -> Task:
    """A text and a picture."""
    task = photograph(project, world.max)
    task.data["text"] = "Maria met Tom in Bonn."
    task.save()
    return task


def draw_both(page: Page) -> None:
    """A span over a name and a box around something; both are there to be seen."""
    expect(page.locator(".tx-text")).to_contain_text("Maria met Tom")
    page.locator(".lb-class", has_text="place").first.click()
    drag_text(page, "Bonn")
    expect(page.locator(".tx-mark")).to_have_count(1)
    draw_box(page, page.locator(".image-port"))
    expect(page.locator(".image-object")).to_have_count(1)
    expect(page.locator(".image-object")).to_contain_text("cyclist")


def check(value: Any) -> None:
    """The answer that was drawn: the word to the letter, the box about where the mouse was."""
    [span] = value["people"]
    assert (span["class"], span["start"], span["end"]) == ("place", 17, 21)
    [one] = value["objects"]
    left, top, width, height = one["box"]
    assert one["class"] == "cyclist"
    assert left < 320 < left + width
    assert top < 240 < top + height


def test_labeling_page(page: Page, live_web: LiveWeb, world: World, project: Project, task: Task) -> None:
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, project).open()
    draw_both(page)
    desk.keys("Enter")
    desk.reason("all_done")
    desk.state("saved")
    check(Annotation.objects.get(task=task).value)
    assert desk.errors == []


def test_review_page(page: Page, live_web: LiveWeb, world: World, project: Project, task: Task) -> None:
    head = waits(answered(project, world.ann, {"people": [], "objects": []}))
    desk = ReviewDesk(page, live_web.url, project, world.rita).open()
    desk.shows(head)
    desk.press("e")
    expect(page.locator("[data-do=save]")).to_be_visible()
    draw_both(page)
    desk.press("Enter")
    until(page, lambda: Annotation.objects.filter(task=task, is_fix=True).exists())
    check(Annotation.objects.get(task=task, is_fix=True).value)
    head.refresh_from_db()
    assert head.value == {"people": [], "objects": []}
    assert desk.errors == []


def test_gold_editor(page: Page, live_web: LiveWeb, world: World, project: Project, task: Task) -> None:
    sign_in(page, live_web.url, world.max)
    errors = collect_errors(page)
    kwargs = {"project_id": project.pk, "task_id": task.pk}
    page.goto(live_web.url + reverse("gold-editor", kwargs=kwargs))
    draw_both(page)
    page.locator("#gold-save").click()
    page.wait_for_url("**/gold/")
    [answer] = GoldItem.objects.get(task=task).answers
    check(answer)
    assert errors == []


def test_preview(page: Page, live_web: LiveWeb, world: World, project: Project, task: Task) -> None:
    """And what was drawn outlives a new title."""
    sign_in(page, live_web.url, world.max)
    errors = collect_errors(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_web.url}/projects/{project.pk}/ontology/")
    expect(page.locator(".preview-frame")).to_have_attribute("data-ready", "true")
    draw_both(page)
    answer = page.locator(".preview-answer pre")
    check(json.loads(answer.text_content() or "null"))
    page.get_by_role("treeitem", name="cyclist").first.click()
    page.get_by_label("Title", exact=True).fill("Radfahrer")
    expect(page.locator(".image-object")).to_contain_text("Radfahrer")
    check(json.loads(answer.text_content() or "null"))
    assert errors == []
