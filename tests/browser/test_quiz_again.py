"""A quiz comes back: a manager asks for it again, or its gold is corrected and it is marked anew."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from annotate import outbox
from quality.models import Certificate, QualificationAnswer, QualificationAttempt, Reason
from quality.services.gold import correct_gold
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.quality.course import NO, YES, boss, make_course, practice, take_quiz
from tests.quality.crowd import Crowd

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crowd(transactional_db: None) -> Crowd:
    crowd = make_course()
    practice(crowd)
    return crowd


def test_it_works(page: Page, live_web: LiveWeb, crowd: Crowd) -> None:
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

    change_to(page, live_web, crowd.people[0])
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/inbox/")
    expect(page.locator("main")).to_contain_text("Read the part about sarcasm. Take the quiz again to go on.")
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/label/")
    expect(page.get_by_role("heading", name="Ready for the quiz")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Your certificate was withdrawn: Your newer answers")
    assert errors == []


def test_marked_anew(page: Page, live_web: LiveWeb, crowd: Crowd) -> None:
    """She failed by an answer that the gold had wrong: it is corrected, and the queue opens to her."""
    take_quiz(crowd, [YES, NO, NO])
    errors = collect_errors(page)
    sign_in(page, live_web.url, crowd.people[0])
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/qualification/course/")
    expect(page.locator(".course-card h1")).to_have_text("Not passed: 1 of 3 right, 2 needed")
    missed = QualificationAnswer.objects.filter(attempt__kind="quiz", correct=False).select_related("gold")
    gold = missed.order_by("position")[0].gold
    correct_gold(gold=gold, project=crowd.project, answers=[NO], explanation="", by=boss(crowd))
    outbox.drain()

    page.reload()
    expect(page.locator(".course-card h1")).to_have_text("Passed: 2 of 3 right")
    card = page.locator(".course-card")
    expect(card).to_contain_text("A known answer in it was corrected.")
    expect(card).to_contain_text("1 of 3 were right before, 2 of 3 are now.")
    expect(card).to_contain_text("It was failed; you pass now.")
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/my-work/")
    said = page.locator("#certificates")
    expect(said).to_contain_text("1 of 3 right before, 2 of 3 now. failed, passes now")
    attempt = QualificationAttempt.objects.get(kind="quiz")
    assert (attempt.right, attempt.passed) == (2, True)
    assert (attempt.remarking["right"], attempt.remarking["passed"]) == (1, False)
    assert Certificate.objects.get().attempt == attempt

    change_to(page, live_web, boss(crowd))
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/qualification/")
    row = page.locator("#qualification-people tbody tr", has_text=crowd.people[0].name)
    expect(row).to_contain_text("marked anew")
    said = page.locator("#marked-anew li", has_text=crowd.people[0].name)
    expect(said).to_contain_text("failed, passes now")
    assert errors == []


def change_to(page: Page, web: LiveWeb, user: Any) -> None:
    page.context.clear_cookies()
    sign_in(page, web.url, user)
