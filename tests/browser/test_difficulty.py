"""What disagreement comes from: from the page of quality to the proposal, and on to the tasks."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from projects.models import Membership, Role
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.quality.test_difficulty import worked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_works(page: Page, live_web: LiveWeb) -> None:
    project = worked().project
    errors = collect_errors(page)
    sign_in(page, live_web.url, Membership.objects.get(project=project, role=Role.MANAGER).user)
    page.goto(f"{live_web.url}/projects/{project.pk}/quality/")
    page.get_by_role("link", name="What to do").click()
    expect(page.get_by_role("heading", name="Decide or drop")).to_be_visible()
    expect(page.locator("#table-hard-1 tbody tr")).to_contain_text("3 of 6")
    train = page.locator("#table-people-1 tbody tr")
    expect(train).to_contain_text("Worker 5")
    folder = os.environ.get("AUDIT_PICTURES")
    for theme, width in (("light", 1440), ("dark", 390)) if folder else ():
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=Path(str(folder)) / f"difficulty-{theme}-{width}.png", full_page=True)
    train.get_by_role("link", name="Look").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Answered “no” where consensus says “yes”")
    assert errors == []
