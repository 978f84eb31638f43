"""Data in, looked at, changed and taken out again, in the browser with a real worker."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from projects.models import Job, Task, TaskSummary
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.world import make_tasks, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS = "id,message,lang,sentiment\n" + "".join(f"{n},Text number {n},en,positive\n" for n in range(30))


def test_it_works(page: Page, live_web: LiveWeb, celery_worker_process: int, tmp_path: Path) -> None:
    """A file is previewed and imported, tasks are deleted and restored, the results are exported."""
    world = make_world()
    file = tmp_path / "reviews.csv"
    file.write_text(ROWS + "98,,en,positive\n")
    base = f"{live_web.url}/projects/{world.project.pk}"
    errors = collect_errors(page)
    sign_in(page, live_web.url, world.max)
    page.goto(f"{base}/import/")
    page.set_input_files("#file", str(file))
    expect(page.get_by_label("Where message goes")).to_have_value('{"to":"data","name":"text"}')
    page.get_by_label("Where sentiment goes").select_option(label="Prediction: sentiment")
    expect(page.locator("#look .callout")).to_have_count(0)
    page.get_by_role("button", name="Import", exact=False).last.click()
    expect(page.locator("#job[data-state=done]")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("region", name="Refused rows")).to_contain_text("no data")
    assert (
        Task.objects.filter(project=world.project, predictions__value={"sentiment": "positive"}).count() == 30
    )
    page.get_by_role("link", name="See the tasks").click()
    expect(page.locator("#count")).to_have_text("30 tasks")
    boxes = page.locator("tbody input[data-select]")
    boxes.nth(0).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-selection-count]")).to_have_text("4")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#count")).to_have_text("26 tasks")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#count")).to_have_text("30 tasks")
    assert not TaskSummary.objects.filter(project=world.project, state="archived").exists()
    page.goto(f"{base}/export/")
    page.get_by_label(re.compile("^CSV")).first.check()
    expect(page.locator("#plan pre")).to_contain_text("format=csv")
    assert "csrf" not in page.url
    page.get_by_role("button", name=re.compile("^Export")).click()
    expect(page.locator("#job[data-state=done]")).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Download")).click()
    content = download.value.path().read_text()
    assert content.count("\n") == 31
    assert Job.objects.filter(kind="export", state="done").exists()
    assert not errors


def test_rows_are_not_laid_out_before_their_style_sheet_is_there(page: Page, live_web: LiveWeb) -> None:
    """A window that gets the focus would lay out all that has been read, and once more with the sheet."""
    world = make_world()
    make_tasks(world.project, 3)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/*.css", hold)
    errors = collect_errors(page)
    sign_in(page, live_web.url, world.max)
    page.goto(f"{live_web.url}/projects/{world.project.pk}/data/", wait_until="commit")
    all_here = "() => performance.getEntriesByType('navigation')[0].responseEnd > 0"
    page.wait_for_function(all_here, polling=50)  # there are no frames to wait for
    assert page.evaluate("() => document.body === null")
    for route in held:
        route.continue_()
    expect(page.locator(".task-link")).to_have_count(3)
    expect(page.locator("[data-palette] kbd").first).to_have_text("Ctrl")
    assert not errors


def test_an_action_that_changes_nothing_says_so(
    page: Page, live_web: LiveWeb, transactional_db: None
) -> None:
    world = make_world()
    make_tasks(world.project, ["a", "b"])
    sign_in(page, live_web.url, world.max)
    page.goto(f"{live_web.url}/projects/{world.project.pk}/data/")
    page.locator("[data-select]").first.check()
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_text("Nothing was changed")).to_be_visible()
