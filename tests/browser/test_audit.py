"""An audit from the draw to the proof: Max draws, Rita judges blind by keys, both see the result."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from projects.jobs import run_job
from projects.models import TaskSummary
from quality.models import AuditSample
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_web: LiveWeb) -> World:
    """30 done tasks, all labeled positive; every third is about something bad."""
    world = make_world()
    texts = [f"{'Dreadful' if number % 3 == 0 else 'Lovely'} thing {number}" for number in range(30)]
    tasks = make_tasks(world.project, texts, queue=False)
    TaskSummary.objects.filter(task__in=tasks).update(state="done", value={"sentiment": "positive"})
    return world


def test_it_works(page: Page, live_web: LiveWeb, world: World) -> None:
    errors = collect_errors(page)
    sign_in(page, live_web.url, world.max)
    page.goto(f"{live_web.url}/projects/{world.project.pk}/quality/")
    page.get_by_role("link", name="Audits").click()
    page.get_by_label("Tasks", exact=True).fill("10")
    page.get_by_label("Target, % right").fill("90")
    page.get_by_role("button", name="Draw").click()
    expect(page.get_by_text("The draw waits for a worker")).to_be_visible()
    sample = AuditSample.objects.get()
    assert sample.job_id is not None
    run_job(sample.job_id)
    expect(page.get_by_text("0 of 10")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, live_web.url, world.rita)
    page.goto(f"{live_web.url}/projects/{world.project.pk}/audits/{sample.pk}/")
    page.keyboard.press("j")
    wrong = 0
    for left in range(10, 0, -1):
        expect(page.locator("#audit-left")).to_have_text(str(left))
        expect(page.locator("#audit-labeling [aria-checked=true], #audit-labeling :checked")).to_have_count(0)
        text = page.locator(".tx-text").inner_text()
        wrong += "Dreadful" in text
        if left == 10:
            _picture(page, "judge")
        page.keyboard.press("n" if "Dreadful" in text else "p")
        page.keyboard.press("Enter")
    expect(page.get_by_text("All judged")).to_be_visible()
    assert sample.items.filter(is_right=False).count() == wrong > 0

    page.get_by_role("link", name="To the report").click()
    expect(page.get_by_role("heading", name="How right are the labels?")).to_be_visible()
    expect(page.locator("#audit-wrong tbody tr")).to_have_count(wrong)
    _picture(page, "report")
    page.goto(f"{live_web.url}/projects/{world.project.pk}/audits/")
    _picture(page, "list")
    assert errors == []


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("AUDIT_PICTURES")
    if folder:
        for theme, width in (("light", 1440), ("dark", 390)):
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{theme}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1440, "height": 900})
