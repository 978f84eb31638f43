"""Label errors by keys: Rita searches, confirms one and sets it right, clears one, skips one."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from projects.jobs import run_job
from projects.models import Job, TaskSummary
from quality.models import LabelFlag
from tests.browser.signed_in import collect_errors, sign_in
from tests.browser.walks import until
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_web: LiveWeb) -> World:
    """40 labeled texts about two things; three of them say the opposite."""
    world = make_world()
    texts = [f"{('rain mud tax', 'sun beach sea')[number % 2]} {number}" for number in range(40)]
    tasks = make_tasks(world.project, texts)
    for number, task in enumerate(tasks):
        label = ("negative", "positive")[(number % 2) ^ (number in {3, 8, 21})]
        TaskSummary.objects.filter(task=task).update(state="done", value={"sentiment": label})
    return world


def test_it_works(page: Page, live_web: LiveWeb, world: World) -> None:
    errors = collect_errors(page)
    sign_in(page, live_web.url, world.rita)
    page.goto(f"{live_web.url}/projects/{world.project.pk}/label-errors/")
    expect(page.get_by_text("Nothing to judge")).to_be_visible()
    page.locator("form").get_by_role("button", name="Search").click()
    expect(page.get_by_text("A search waits for a worker")).to_be_visible()
    run_job(Job.objects.get().pk)
    page.reload()
    count = LabelFlag.objects.count()
    expect(page.locator("#flags tbody tr")).to_have_count(count)

    page.keyboard.press("j")
    expect(page.locator("#flags-left")).to_have_text(str(count))
    expect(page.locator("#flags-why")).to_contain_text("A model that never saw this item")
    _picture(page, "flag")
    first = LabelFlag.objects.order_by("score", "pk")[0]
    page.keyboard.press("Shift+E")
    expect(page.locator("#flags-correcting")).to_be_visible()
    _picture(page, "correcting")
    page.keyboard.press("Enter")
    expect(page.locator("#flags-left")).to_have_text(str(count - 1))
    until(page, lambda: TaskSummary.objects.get(task=first.task_id).source == "adjudication")
    assert TaskSummary.objects.get(task=first.task_id).value == {"sentiment": first.suggested}

    page.keyboard.press("Shift+N")
    expect(page.locator("#flags-left")).to_have_text(str(count - 2))
    page.keyboard.press("Shift+S")
    left = LabelFlag.objects.filter(state="open")
    until(page, lambda: left.count() == count - 3)
    for rest in range(count - 3, 0, -1):
        expect(page.locator("#flags-left")).to_have_text(str(rest))
        page.keyboard.press("Shift+N")
    expect(page.get_by_text("Nothing left to judge")).to_be_visible()

    page.get_by_role("link", name="To the list").click()
    expect(page.locator("#precision tbody tr")).to_contain_text("a model")
    page.get_by_role("link", name="errors", exact=True).click()
    expect(page.locator("#flags tbody tr")).to_have_count(1)
    _picture(page, "flags")
    assert errors == []


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("AUDIT_PICTURES")
    if folder:
        for theme, width in (("light", 1440), ("dark", 390)):
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{theme}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1440, "height": 900})
