"""Walk W5: experts of measured skill, weighed; who is asked more, who decides, what else would come out.

Step 5 (from the agreement page to the tasks where two differ) is test_agreement.py.
"""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from annotate.models import Adjudication
from labeltypes.base import JsonObject
from projects.jobs import run_job
from projects.models import Job, Membership, Project, Role, TaskSummary
from quality.models import Consensus, GoldItem, OneMore
from quality.services.comparing import compare_methods
from quality.services.full_run import JOB, full_run
from tests.browser.signed_in import collect_errors, sign_in
from tests.browser.walks import until
from tests.processes import LiveWeb
from tests.quality.crowd import Crowd, answer, make_crowd, settle, write_all

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLAUSES = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {
            "name": "clause",
            "type": "choice",
            "options": [{"name": "indemnity", "title": "Indemnity"}, {"name": "waiver", "title": "Waiver"}],
            "required": True,
        }
    ],
}
INDEMNITY, WAIVER = {"clause": "indemnity"}, {"clause": "waiver"}
SKILLS = (0.97, 0.94, 0.9, 0.65, 0.62)
PAST, CLEAR, DOUBTFUL = 90, 90, 91


@pytest.fixture
def firm() -> Crowd:
    """Five lawyers who answered ninety clauses, three about each, and whom a full run has measured."""
    crowd = make_crowd(
        len(SKILLS),
        PAST + 2,
        ontology=CLAUSES,
        name="Lawyer",
        overlap=3,
        dynamic_overlap=True,
        overlap_max=5,
        overlap_until=0.9,
        review_below_agreement=0.65,
        blind_review=True,
    )
    rng = np.random.default_rng(3)
    rows: list[tuple[int, int, JsonObject]] = []
    for task in range(PAST):
        for lawyer in rng.choice(len(SKILLS), 3, replace=False).tolist():
            is_right = rng.random() < SKILLS[lawyer]
            rows.append((task, lawyer, dict(INDEMNITY if is_right == (task % 2 == 0) else WAIVER)))
    write_all(crowd, rows)
    full_run(crowd.project)
    return crowd


def manager(project: Project) -> User:
    return Membership.objects.get(project=project, role=Role.MANAGER).user


def say(crowd: Crowd, task: int, **said: JsonObject) -> None:
    """Lawyers a to e say something of a task, one after the other, with what follows from each."""
    for letter, value in said.items():
        answer(crowd.project, crowd.tasks[task], crowd.people["abcde".index(letter)], dict(value))
        settle()


def test_it_works(page: Page, live_web: LiveWeb, firm: Crowd) -> None:
    base = f"{live_web.url}/projects/{firm.project.pk}"
    errors = collect_errors(page)
    sign_in(page, live_web.url, manager(firm.project))

    # 2. The best lawyer stands against two who are seldom right, and the page of the task says why.
    say(firm, CLEAR, a=INDEMNITY, d=WAIVER, e=WAIVER)
    row = Consensus.objects.get(task=firm.tasks[CLEAR])
    assert (row.value, row.majority) == ("indemnity", "waiver")
    page.goto(f"{base}/tasks/{firm.tasks[CLEAR].pk}/")
    why = page.locator("#why")
    expect(why).to_contain_text("not the majority’s answer")
    expect(why).to_contain_text("one says “Indemnity”, 2 say “Waiver”")
    voices = why.locator("tbody tr")
    expect(voices.first).to_contain_text("Worker 0")
    expect(voices.first.locator("td.number")).to_have_text(re.compile(r"^[\d.]+ : 1$"))
    expect(voices.nth(1).locator("td.number")).to_have_text(re.compile(r"^1 : [\d.]+$"))

    # 3. Less than 0.9 sure: a fourth is asked, then a fifth, then nobody more but an adjudicator.
    say(firm, DOUBTFUL, b=INDEMNITY, c=WAIVER, d=INDEMNITY)
    task = firm.tasks[DOUBTFUL]
    assert TaskSummary.objects.get(task=task).state == "open"
    say(firm, DOUBTFUL, e=WAIVER)
    say(firm, DOUBTFUL, a=WAIVER)
    assert list(OneMore.objects.filter(task=task).order_by("pk").values_list("answers", flat=True)) == [3, 4]
    assert TaskSummary.objects.get(task=task).state == "review"

    # 4. The adjudicator sees five opinions without names, decides with a reason, and makes it gold.
    rita = Membership.objects.create(
        project=firm.project, user=User.objects.create_user("rita@firm.example", name="Rita"), role="reviewer"
    ).user
    firm.project.organization.memberships.create(user=rita)
    sign_in(page, live_web.url, rita)
    page.goto(f"{base}/review/?task={task.pk}")
    page.wait_for_selector("[data-pick]")
    assert "Worker" not in page.locator("main").inner_text()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.locator("#decide-reason").fill("Section 4 says so")
    page.locator("[name=gold]").check()
    page.keyboard.press("Control+Enter")
    until(page, lambda: GoldItem.objects.filter(task=task).exists())
    assert Adjudication.objects.get(task=task).reason == "Section 4 says so"

    what_the_majority_changes(page, live_web.url, firm)
    assert not errors


def what_the_majority_changes(page: Page, url: str, firm: Crowd) -> None:
    """6. It is counted and listed; choosing it changes just that; the export says by what it was made."""
    base = f"{url}/projects/{firm.project.pk}"
    sign_in(page, url, manager(firm.project))
    full_run(firm.project)
    compare_methods(firm.project)
    page.goto(f"{base}/people/")
    weakest = page.locator("#people-table tbody tr", has_text="Worker 4").locator("td.optional [dir]")
    expect(weakest).to_have_text(re.compile(r"^(Indemnity|Waiver)$"))
    page.goto(f"{base}/quality/")
    page.get_by_role("link", name="Consensus", exact=True).click()
    majority = page.locator("#methods-table tbody tr", has_text="Majority")
    count = int(majority.locator("td.number").inner_text().split()[0])
    majority.get_by_role("link").click()
    expect(page.locator("#changed-tasks tbody tr")).to_have_count(count)
    before = dict(Consensus.objects.values_list("task_id", "value"))
    majority.get_by_role("button", name="Use").click()
    expect(page.locator("#toasts, .callout").first).to_be_visible()
    run_job(Job.objects.filter(project=firm.project, kind=JOB).latest("pk").pk)
    after = dict(Consensus.objects.values_list("task_id", "value"))
    assert sum(after[pk] != value for pk, value in before.items()) == count
    assert after[firm.tasks[CLEAR].pk] == "waiver"

    # The export has votes, posterior and method. By votes alone two of three are too few: it is open again.
    address = f"{url}/api/v1/projects/{firm.project.pk}/export/"
    told = page.request.get(f"{address}?format=jsonl&soft=true&state=open")
    assert told.ok, told.text()
    lines = [json.loads(line) for line in told.text().splitlines()]
    (soft,) = (line["soft"]["clause"] for line in lines if line["id"] == firm.tasks[CLEAR].external_id)
    assert soft["method"] == "majority"
    assert soft["votes"] == {"indemnity": 1, "waiver": 2}
