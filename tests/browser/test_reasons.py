"""A manager finds a reason to look, opens the very tasks, and says what came of it; nothing else follows."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AuditEvent
from projects.models import Membership, Role
from quality.models import Reason
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.quality.watch_crowd import cheating_crowd

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_works(page: Page, live_web: LiveWeb) -> None:
    project = cheating_crowd().project
    manager = Membership.objects.get(project=project, role=Role.MANAGER).user
    errors = collect_errors(page)
    sign_in(page, live_web.url, manager)
    page.goto(live_web.url)
    page.get_by_role("link", name="4 reasons to look").click()
    row = page.locator("#reasons-table tbody tr", has_text="Agree too much")
    expect(row).to_contain_text("They say the same on")
    row.get_by_role("link", name="Worker 2 and Worker 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agree too much: Worker 2 and Worker 3")

    page.locator("#reason-tasks tbody tr a").first.click()
    expect(page.locator("main")).to_contain_text("Worker 2")
    page.go_back()
    page.get_by_role("link", name="Worker 2", exact=True).click()
    expect(page.get_by_role("link", name="Agree too much")).to_be_visible()
    page.get_by_role("link", name="Agree too much").click()

    page.get_by_role("textbox", name="What you found").focus()
    page.keyboard.type("They share a desk.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#reasons-table tbody tr")).to_have_count(3)
    expect(page.locator("#reasons-table")).not_to_contain_text("Agree too much")
    found = Reason.objects.get(project=project, kind="copying")
    assert (found.state, found.note, found.settled_by) == ("talk", "They share a desk.", manager)
    assert AuditEvent.objects.filter(verb="trust.reason_talk", actor=manager).count() == 1
    assert not Membership.objects.filter(project=project, paused_at__isnull=False).exists()
    assert errors == []
