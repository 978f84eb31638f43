"""Walk W6: scores come in, a target is set, the model takes what it is sure of, the audit finds a shift.

Experts get a critical class, and what somebody else finds too hard.
"""

from __future__ import annotations

import re

import pytest
from django.db.models import Q
from playwright.sync_api import Page, expect

from annotate.models import Annotation, Prediction, QueueEntry, Skip
from projects.jobs import run_job
from projects.models import Job, TaskSummary
from quality.models import TriageItem
from quality.services.triage_watch import watch_runs
from tests.annotate.steps import api
from tests.browser.label_desk import Desk
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.quality.triage_world import MODEL, Triaged, check, score_of, triaged

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work_off() -> None:
    """What a worker would do by now."""
    for pk in Job.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True):
        run_job(pk)


def send_scores(found: Triaged) -> None:
    """Half of the answers are positive, half negative, with scores from 0.5 on."""
    Prediction.objects.filter(task__in=found.waiting).delete()
    items = [
        {
            "id": task.external_id,
            "value": {"sentiment": ("positive", "negative")[number % 2]},
            "score": score_of(number),
        }
        for number, task in enumerate(found.waiting)
    ]
    address = f"/api/v1/projects/{found.world.project.pk}/predictions/"
    said = api(found.world.max).post(address, {**MODEL, "items": items}, format="json")
    assert said.status_code < 300, said.content


def make_expert(page: Page, url: str, found: Triaged) -> None:
    """The manager makes Rita an expert."""
    sign_in(page, url, found.world.max)
    page.goto(f"{url}/projects/{found.world.project.pk}/people/")
    page.get_by_role("button", name="Actions for Rita").click()
    page.get_by_role("dialog").get_by_role("button", name="Make an expert").click()
    expect(page.get_by_text("Rita gets first what others find too hard.")).to_be_visible()
    expect(page.get_by_role("row", name="Rita")).to_contain_text("expert")


def answer_first(page: Page, url: str, found: Triaged, item: str) -> None:
    """This is the first item that Rita gets; her answer is the last word."""
    sign_in(page, url, found.world.rita)
    desk = Desk(page, url, found.world.project).open()
    assert desk.item == item
    note = page.get_by_role("status").filter(has_text="For you as an expert")
    expect(note).to_contain_text("too hard for somebody, or are kept for experts")
    desk.keys("p", "Enter")
    desk.left(item)
    answered = desk.wait_for(lambda: Annotation.objects.filter(user=found.world.rita).first())
    summary = TaskSummary.objects.get(pk=answered.task_id)
    assert (summary.skips, summary.answers, summary.state != "open") == (0, 1, True)


def due_to_experts(found: Triaged) -> int:
    """How many tasks the terms of this walk give to experts."""
    said = Prediction.objects.filter(task__in=found.waiting)
    return said.filter(Q(value__sentiment="negative") | Q(score__lt=0.55)).count()


def too_hard(page: Page, url: str, found: Triaged) -> str:
    """Ann says so of the first item that she gets; return its name."""
    sign_in(page, url, found.world.ann)
    desk = Desk(page, url, found.world.project).open()
    item = desk.item
    expect(page.get_by_text("For you as an expert")).to_have_count(0)
    desk.keys("s")
    expect(page.get_by_role("dialog")).to_contain_text("Too hard for me")
    desk.keys("5")
    desk.left(item)
    desk.wait_for(lambda: Skip.objects.filter(user=found.world.ann, reason="hard").exists())
    return item


def weigh(page: Page, base: str, found: Triaged) -> int:
    """Steps 1 and 2: what the model may answer, and what experts get; return how many tasks these get."""
    # 1. Scores come in by REST for what nobody has begun; the manager measures.
    send_scores(found)
    page.goto(f"{base}/quality/")
    page.get_by_role("link", name="Triage").click()
    expect(page.get_by_text("Not measured yet")).to_be_visible()
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_text("A measurement waits for a worker")).to_be_visible()
    work_off()
    expect(page.get_by_role("heading", name="How sure is the model?")).to_be_visible()
    expect(page.locator("#curve-0")).to_be_visible()

    # 2. At most 5 % wrong; one class is critical. The keyboard alone will do.
    page.get_by_label("At most so many wrong").fill("5")
    page.keyboard.press("Enter")
    positive = page.locator("#thresholds").get_by_role("row", name="positive")
    expect(positive.get_by_role("cell").first).to_have_text(re.compile(r"0\.\d+"))
    page.get_by_label("Never accept negative from the model").check()
    page.get_by_label("To experts: critical classes, and scores below").fill("0.55")
    page.get_by_role("button", name="Show").click()
    kept = due_to_experts(found)
    tier = page.locator("#terms dl div").filter(has_text="By experts")
    expect(tier).to_contain_text(f"{kept} critical, or below 0.55")
    negative = page.locator("#thresholds").get_by_role("row", name="negative")
    expect(negative).to_contain_text("critical: by experts")
    return kept


def test_it_works(page: Page, live_web: LiveWeb, transactional_db: None) -> None:
    found = triaged(checked=200, waiting=160, worst=0.6)
    project, manager = found.world.project, found.world.max
    base = f"{live_web.url}/projects/{project.pk}"

    make_expert(page, live_web.url, found)

    errors = collect_errors(page)
    kept = weigh(page, base, found)

    # 3. It starts; a part stays with people.
    page.get_by_label("Of these stay with people").fill("30")
    page.get_by_role("button", name="Leave them to the model").click()
    expect(page.get_by_role("heading", name="In force")).to_be_visible()
    work_off()
    run = page.locator("#run-classes").get_by_role("row", name="positive")
    expect(run).to_contain_text("by the model")
    model = TaskSummary.objects.filter(project=project, source="model")
    count = model.count()
    assert count > 10
    expect(page.locator("#tiers").get_by_role("row", name="The model")).to_contain_text(str(count))
    audits = set(TriageItem.objects.filter(is_audit=True).values_list("task_id", flat=True))
    said = f"Experts get critical classes and scores below 0.55: {kept} tasks so far."
    expect(page.get_by_text(said)).to_be_visible()
    assert QueueEntry.objects.filter(project=project, for_experts=True).count() == kept

    # 4. The data has shifted: people answer the audited tasks otherwise.
    check(found, [task for task in found.waiting if task.pk in audits][:5], lambda number: False)
    assert watch_runs() == 1
    work_off()
    page.goto(f"{base}/triage/")
    alert = page.get_by_role("alert").filter(has_text="the model is wrong too often")
    expect(alert).to_contain_text("5 of 5 audited answers were wrong")
    expect(alert).to_contain_text(f"{count} tasks went back to people")
    assert not model.exists()
    page.goto(f"{base}/inbox/")
    expect(page.get_by_text("A model is wrong too often")).to_be_visible()

    # 5. Somebody finds an item too hard: one key says so, and the expert has it, at no cost to the task.
    hard = too_hard(page, live_web.url, found)
    answer_first(page, live_web.url, found, hard)
    sign_in(page, live_web.url, manager)

    # 6. The tiers; all is put back.
    page.goto(f"{base}/triage/")
    expect(page.locator("#tiers").get_by_role("rowheader", name="People", exact=True)).to_be_visible()
    page.get_by_role("button", name="Put all back").click()
    page.get_by_role("dialog").get_by_role("button", name="Put all back").click()
    expect(page.get_by_text("The tasks go back to people.")).to_be_visible()
    assert errors == []
