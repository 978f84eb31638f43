"""A manager looks at a decline and asks for the quiz again; the person reads why and is at the quiz."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quality.models import Certificate, Reason
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.quality.course import YES, boss, make_course, practice, take_quiz

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_works(page: Page, live_web: LiveWeb) -> None:
    crowd = make_course()
    practice(crowd)
    take_quiz(crowd, [YES, YES, YES])
    evidence = {"since": 0, "before": [95, 100], "after": [10, 30]}
    person = {"user": crowd.people[0], "field": "follows", "seen_at": timezone.now()}
    reason = Reason.objects.create(project=crowd.project, kind="drift", n=130, evidence=evidence, **person)
    errors = collect_errors(page)
    sign_in(page, live_web.url, boss(crowd))
    page.goto(f"{live_web.url}/reasons/{reason.pk}/")
    page.get_by_role("button", name="Ask for the quiz again…").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("the queue closes until they pass the quiz")
    asked.get_by_role("button", name="Cancel").click()
    assert Certificate.objects.filter(withdrawn_at=None).count() == 1
    page.get_by_role("button", name="Ask for the quiz again…").press("Enter")
    page.keyboard.type("Read the part about sarcasm.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The certificate is withdrawn.")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, live_web.url, crowd.people[0])
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/inbox/")
    expect(page.locator("main")).to_contain_text("Read the part about sarcasm. Take the quiz again to go on.")
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/label/")
    expect(page.get_by_role("heading", name="Ready for the quiz")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Your certificate was withdrawn: Your newer answers")
    assert errors == []
