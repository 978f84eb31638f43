"""From an empty account to the first label, on one page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Invitation
from projects.models import Membership, Project, ProjectState, Role, Task
from tests.browser.signed_in import collect_errors, sign_in
from tests.browser.watching import axe_violations
from tests.processes import LiveWeb
from tests.world import make_user, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CSV = """id,message,lang
1,Hello there,en
2,Straßenbahnhaltestellenschild,de
3,مرحبا بالعالم,ar
4,東京は大きい,ja
"""


def drop(page: Page, name: str, text: str) -> None:
    files = [{"name": name, "mimeType": "text/plain", "buffer": text.encode()}]
    page.set_input_files("#data-file", files)  # type: ignore[arg-type]  # a dict is a FilePayload


def open_page(page: Page, live_web: LiveWeb) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_web.url}/projects/new/")
    expect(page.locator(".preview-frame")).to_have_attribute("data-ready", "true", timeout=20_000)


def test_from_an_empty_account_to_the_first_item(
    page: Page, live_web: LiveWeb, celery_worker_process: int
) -> None:
    errors = collect_errors(page)
    nina = make_user("Nina")
    sign_in(page, live_web.url, nina)
    open_page(page, live_web)
    drop(page, "Kundennachrichten.csv", CSV)
    expect(page.locator("#data-about")).to_contain_text("4 items")
    expect(page.locator("#column-0")).to_have_value("message")
    expect(page.locator(".lb-stage")).to_contain_text("Hello there")
    expect(page.locator("#project-name")).to_have_attribute("placeholder", "Kundennachrichten")
    assert axe_violations(page) == []

    page.get_by_role("button", name="Task").click()
    page.locator('[data-template="sentiment"]').click()
    expect(page.locator(".lb-side")).to_contain_text("How sure are you?")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Quality").click()
    page.get_by_label("Answers per task").fill("3")
    expect(page.locator("#estimate")).to_contain_text("4 items: 12 answers")
    page.get_by_label("Gold share").fill("20")
    expect(page.locator("#estimate")).to_contain_text("3 gold")
    assert errors == []

    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/", timeout=60_000)
    project = Project.objects.get()
    assert (project.name, project.state, project.overlap) == ("Kundennachrichten", ProjectState.LIVE, 3)
    assert project.organization.memberships.get().user == nina
    assert project.ontology is not None
    assert project.ontology.definition["media"][0]["source"] == "message"
    assert [task.data["message"] for task in Task.objects.order_by("pk")][3] == "東京は大きい"
    assert project.gold_share == pytest.approx(0.2)


def test_people_links_and_refused_rows_are_shown_before_going_on(
    page: Page, live_web: LiveWeb, celery_worker_process: int
) -> None:
    world = make_world()
    sign_in(page, live_web.url, world.olga)
    open_page(page, live_web)
    drop(page, "items.jsonl", '{"text": "fine"}\n{"text": "also fine"}\n{"data": 7}\n')
    page.locator("#project-name").fill("Zweites")
    page.get_by_role("button", name="People").click()
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.keyboard.press("Enter")
    page.get_by_label("E-mail address").last.fill("new@example.org")
    page.get_by_label("Role").last.select_option("reviewer")
    page.get_by_role("button", name="Launch").first.click()
    report = page.locator("#launch-progress")
    expect(report).to_contain_text("Send these links", timeout=60_000)
    expect(report).to_contain_text("/invitations/")
    expect(report).to_contain_text("1 row was refused")

    project = Project.objects.get(name="Zweites")
    assert project.state == ProjectState.LIVE
    assert Membership.objects.get(project=project, user=world.ann).role == Role.ANNOTATOR
    assert Invitation.objects.get(project_id=project.pk).project_role == Role.REVIEWER
    assert project.tasks.count() == 2


def test_a_task_with_problems_does_not_launch(page: Page, live_web: LiveWeb) -> None:
    world = make_world()
    sign_in(page, live_web.url, world.max)
    open_page(page, live_web)
    page.get_by_role("button", name="Task").click()
    page.get_by_role("treeitem", name="Delivery").click()
    page.get_by_label("Hotkey").fill("2")
    expect(page.locator(".problem-list")).to_contain_text('already used by "delivery"', timeout=15_000)
    page.get_by_role("button", name="Launch").first.click()
    expect(page.locator("#launch-progress")).to_contain_text("problems to mend first")
    assert not Project.objects.exclude(pk=world.project.pk).exists()
