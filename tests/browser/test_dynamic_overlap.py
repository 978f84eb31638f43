"""A manager turns dynamic overlap on: one task is asked a third time, only because two people differed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from annotate.models import QueueEntry
from annotate.outbox import drain
from projects.models import Membership, Role, Task, TaskSummary
from tests.annotate.steps import answer, hand_out
from tests.browser.signed_in import collect_errors
from tests.browser.walks import PATIENCE, sign_in_by_form, until
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_user, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXTS = ["Wonderful, every page of it", "I want my money back"]


@pytest.fixture
def world(live_web: LiveWeb) -> World:
    return make_world(review_below_agreement=0.3)


def everybody_answers(world: World, person: User, words: dict[int, str]) -> None:
    """What the queue gives this person, with a word for each task."""
    for row in hand_out(world.project, person, 5):
        answer(person, row, {"sentiment": words[Task.objects.get(assignments=row["id"]).pk]})
    drain()


def test_it_works(page: Page, live_web: LiveWeb, world: World, celery_worker_process: int) -> None:
    errors = collect_errors(page)
    agreed, disputed = make_tasks(world.project, TEXTS)
    third = make_user("Tess", world.organization)
    Membership.objects.create(project=world.project, user=third, role=Role.ANNOTATOR)
    sign_in_by_form(page, live_web.url, world.max)
    base = f"{live_web.url}/projects/{world.project.pk}"

    # The plan, in the settings. A maximum below the start is refused beside the field, and nothing is lost.
    page.goto(f"{base}/settings/")
    page.get_by_label("Answers per task", exact=True).fill("2")
    page.get_by_label("Ask one more person where a task is unsure").check()
    page.get_by_label("Most people per task").fill("1")
    page.get_by_label("Sure enough at", exact=True).fill("65")
    page.get_by_role("button", name="Save settings").click()
    expect(page.locator("#overlap_max-error")).to_contain_text("must be at least 2")
    expect(page.get_by_label("Ask one more person where a task is unsure")).to_be_checked()
    errors.clear()  # the browser notes the refusal
    page.get_by_label("Most people per task").fill("4")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    until(page, lambda: drain() == 0 and not QueueEntry.objects.exclude(wanted=2).exists())

    # Two people agree on one task and differ on the other.
    everybody_answers(world, world.ann, {agreed.pk: "positive", disputed.pk: "negative"})
    everybody_answers(world, world.abe, {agreed.pk: "positive", disputed.pk: "positive"})
    until(page, lambda: TaskSummary.objects.get(pk=agreed.pk).state == "done")
    until(page, lambda: QueueEntry.objects.get(pk=disputed.pk).wanted == 3)
    page.goto(f"{base}/tasks/{disputed.pk}/")
    asked = page.get_by_role("listitem").filter(has_text="asked one more person after 2 answers")
    expect(asked).to_contain_text("sentiment: 50% sure")
    expect(page.locator(".badge").filter(has_text="open")).to_be_visible()
    page.goto(f"{base}/tasks/{agreed.pk}/")
    expect(page.get_by_text("asked one more person")).to_have_count(0)

    # The third person gets this task and no other; then it is done with three.
    rows = hand_out(world.project, third, 5)
    assert [Task.objects.get(assignments=row["id"]).pk for row in rows] == [disputed.pk]
    answer(third, rows[0], {"sentiment": "negative"})
    drain()
    until(page, lambda: TaskSummary.objects.get(pk=disputed.pk).state == "done")
    assert QueueEntry.objects.get(pk=disputed.pk).wanted == 3

    # What it took, for the manager.
    page.goto(f"{base}/quality/")
    page.get_by_role("link", name="Answers per task").click()
    page.get_by_role("button", name="Compute now").click()
    until(page, lambda: world.project.jobs.filter(kind="consensus", state="done").exists())
    page.goto(f"{base}/plan/")
    expect(page.locator("#taken tbody tr")).to_have_text(
        [re.compile(r"2\s*1\s*1 of 2"), re.compile(r"3\s*1\s*1 of 2")], timeout=PATIENCE
    )
    expect(page.get_by_text("beside 4 for every task")).to_be_visible()
    compare_plans(page)
    follow_a_goal(page)
    assert errors == []


def compare_plans(page: Page) -> None:
    """What other plans would cost and reach, on simulated people; one of them is taken."""
    page.get_by_label("How many people").fill("6")
    page.get_by_role("radio", name="Assumed").check()
    page.get_by_label("Fixed numbers of people").fill("1, 3")
    page.get_by_role("button", name="Simulate", exact=True).click()
    rows = page.locator("#plans tbody tr")
    expect(rows).to_have_count(3, timeout=PATIENCE)
    expect(rows.nth(2)).to_contain_text("2 to 4 people, until 65 % sure")
    expect(rows.nth(2)).to_contain_text("in force")
    rows.filter(has_text="3 people each").get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Every task is answered by 3 people")).to_be_visible()


def follow_a_goal(page: Page) -> None:
    """So right, for so many answers: a plan is proposed and put in force."""
    page.get_by_text("Set a goal").click()
    page.get_by_label("Share of right labels").fill("60")
    page.get_by_label("Budget").fill("500")
    page.get_by_role("button", name="Make a plan").click()
    put = page.get_by_role("button", name="Put this plan in force")
    expect(put).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#goal")).to_contain_text("Proposed:")
    put.click()
    expect(page.locator("#goal .badge").filter(has_text="in force").first).to_be_visible()
