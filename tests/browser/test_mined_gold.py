"""Gold mined from what trusted people agree on: approved with the keyboard, then met unmarked."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from annotate.models import Assignment
from projects.models import TaskSummary
from quality.models import GoldItem, Trust
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.processes import LiveWeb
from tests.quality.crowd import Crowd, write_all
from tests.world import make_tasks, make_world

pytestmark = pytest.mark.browser


def test_it_works(page: Page, live_web: LiveWeb, transactional_db: None) -> None:
    world = make_world(overlap=3, gold_share=0.5, hold_size=10)
    tasks = make_tasks(world.project, [f"Item {number:03}" for number in range(24)])
    people = [world.abe, world.rita, world.eve]
    for person in people:
        figures = {"n": 90, "correct": 85, "accuracy": 0.94, "low": 0.87, "high": 0.98}
        Trust.objects.create(
            project=world.project, user=person, basis="gold", computed_at=timezone.now(), **figures
        )
    said = [{"sentiment": "positive"}, {"sentiment": "negative"}]
    write_all(
        Crowd(world.project, people, tasks),
        [(task, person, said[task % 2]) for task in range(6) for person in range(3)],
    )
    for number, task in enumerate(tasks[:6]):
        value = said[number % 2]
        TaskSummary.objects.filter(task=task).update(
            state="done", answers=3, probability=0.995, value=value, classes=list(value.values())
        )

    sign_in(page, live_web.url, world.rita)
    page.goto(f"{live_web.url}/projects/{world.project.pk}/gold/")
    page.get_by_role("link", name="Approve many at once").press("Enter")
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(6)
    for place in range(5):
        boxes.nth(place).focus()
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 tasks are gold now")).to_be_visible()
    expect(boxes).to_have_count(1)
    assert set(GoldItem.objects.values_list("origin", flat=True)) == {"mined"}

    # Ann meets some of it among her work; the page gives nothing away (test_label_secrecy.py looks closely).
    page.context.clear_cookies()
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project).open()
    drawn = Assignment.objects.filter(user=world.ann)
    desk.wait_for(lambda: drawn.count() == 10)
    assert drawn.filter(drawn="gold", task__in=tasks[:6]).exists()
    assert "mined" not in page.content()
    assert desk.errors == []
