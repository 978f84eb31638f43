"""Walk W3: a reviewer spot-checks. Screen and database, in one go."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation, Review, ReviewEntry, ReviewReason
from annotate.outbox import drain
from annotate.services.reviews import request_review
from projects.models import Project, TaskSummary
from tests.annotate.steps import answer, hand_out
from tests.browser.review_desk import BOX_FIELDS, ReviewDesk, answered, boxes, photograph, staffed
from tests.processes import LiveWeb
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LEFT, MIDDLE, RIGHT = (
    [60.0, 120.0, 110.0, 220.0],
    [260.0, 120.0, 110.0, 220.0],
    [460.0, 120.0, 110.0, 220.0],
)


@pytest.fixture
def world(live_web: LiveWeb) -> World:
    return make_world()


@pytest.fixture
def project(world: World) -> Project:
    """Three photographs; every answer is drawn for review."""
    project = staffed(world, BOX_FIELDS, review_share=1.0)
    for number in range(3):
        photograph(project, world.max, name=str(number))
    return project


@pytest.fixture
def heads(world: World, project: Project) -> list[Annotation]:
    """Ann's answers: one right, one that misses an object, one with a wrong class."""
    values = [
        boxes(("cyclist", LEFT), ("pedestrian", MIDDLE), ("pedestrian", RIGHT)),
        boxes(("cyclist", LEFT), ("pedestrian", MIDDLE)),
        boxes(("pedestrian", LEFT), ("pedestrian", MIDDLE), ("pedestrian", RIGHT)),
    ]
    heads = [answered(project, world.ann, value) for value in values]
    request_review(annotation=heads[0], reason=ReviewReason.LOW_AGREEMENT, detail=0.42)
    drain()
    return heads


def until(page: Page, condition: Any) -> None:
    """Verdicts are sent behind what is on the screen."""
    for _ in range(400):
        if condition():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it did not happen")


def draw_box(page: Page) -> None:
    """Draw with the mouse, over the lower right of the picture."""
    stage = page.locator(".lb-stage").bounding_box()
    assert stage is not None
    across, down = stage["x"] + stage["width"] * 0.72, stage["y"] + stage["height"] * 0.4
    page.keyboard.press("b")
    page.mouse.move(across, down)
    page.mouse.down()
    page.mouse.move(across + 60, down + 90, steps=5)
    page.mouse.up()


def _answer_again(project: Project, world: World) -> None:
    """3. It is in the author's rework, with pin and code; they answer again."""
    (row,) = hand_out(project, world.ann)
    (review,) = row["rework"]["reviews"]
    assert (review["code"], review["comment"]) == ("wrong class", "There is a wheel")
    assert review["pin"] == {"field": "objects", "region": "b0", "text": "pedestrian"}
    answer(world.ann, row, boxes(("cyclist", LEFT), ("pedestrian", MIDDLE), ("pedestrian", RIGHT)))


def test_w3(page: Page, live_web: LiveWeb, world: World, project: Project, heads: list[Annotation]) -> None:
    right, misses, wrong = heads
    desk = ReviewDesk(page, live_web.url, project, world.rita).open()

    # 1. The sample, with the reason for each.
    expect(page.locator("#review-list li")).to_have_count(3)
    expect(desk.row(right)).to_contain_text("low agreement 0.42")
    expect(desk.row(misses)).to_contain_text("random")

    # 2. Accept with one key.
    desk.shows(right)
    desk.press("a")
    desk.shows(misses)
    until(page, lambda: Review.objects.filter(annotation=right, verdict="accept").exists())
    assert TaskSummary.objects.get(pk=right.task_id).state == "done"

    # Fix: a box is drawn in the one component.
    desk.press("e")
    expect(page.locator("[data-do=save]")).to_be_visible()
    draw_box(page)
    desk.press("Enter")
    desk.shows(wrong)
    until(page, lambda: Annotation.objects.filter(task=misses.task_id, is_fix=True).exists())
    fix = Annotation.objects.get(task=misses.task_id, is_fix=True)
    assert (fix.user, len(fix.value["objects"])) == (world.rita, 3)
    misses.refresh_from_db()
    assert len(misses.value["objects"]) == 2

    # Reject with a code, a comment and a pin.
    desk.press("n", "r", "1", "Tab", "Tab")
    page.keyboard.type("There is a wheel")
    desk.press("Control+Enter")
    until(page, lambda: Review.objects.filter(annotation=wrong, verdict="reject").exists())
    expect(page.locator("#review-empty")).to_be_visible()
    expect(page.locator("#review-today")).to_have_text("3")
    assert not ReviewEntry.objects.filter(closed_at__isnull=True).exists()

    _answer_again(project, world)

    # The reviewer sees the difference only.
    desk.open()
    desk.shows(wrong)
    expect(desk.row(wrong)).to_contain_text("resubmitted")
    changes = page.locator(".review-changes")
    expect(changes).to_contain_text("Sent back by Rita: Wrong class")
    expect(changes).to_contain_text("There is a wheel")
    expect(changes.locator("del")).to_have_text("3 × pedestrian")
    expect(changes.locator("ins")).to_have_text("1 × cyclist, 2 × pedestrian")
    expect(page.locator(".review-columns")).to_have_count(0)
    desk.press("b")
    expect(page.locator(".review-columns")).to_have_count(1)
    desk.press("a")
    until(page, lambda: TaskSummary.objects.get(pk=wrong.task_id).state == "done")
    final: Any = TaskSummary.objects.get(pk=wrong.task_id).value
    assert final["objects"][0]["class"] == "cyclist"
    assert desk.errors == []
