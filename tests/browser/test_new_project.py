"""From an empty account to the first label, on one page."""

from __future__ import annotations

import re

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
    delivery = page.get_by_role("treeitem", name="Delivery")
    delivery.click()
    expect(delivery).to_have_attribute("aria-selected", "true")  # else the hotkey is that of the field
    page.get_by_label("Hotkey").fill("2")
    expect(page.locator(".problem-list")).to_contain_text('already used by "delivery"', timeout=15_000)
    page.get_by_role("button", name="Launch").first.click()
    expect(page.locator("#launch-progress")).to_contain_text("problems to mend first")
    assert not Project.objects.exclude(pk=world.project.pk).exists()


def test_a_failed_import_launches_nothing_and_keeps_what_was_typed(
    page: Page, live_web: LiveWeb, celery_worker_process: int
) -> None:
    world = make_world()
    sign_in(page, live_web.url, world.olga)
    open_page(page, live_web)
    drop(page, "items.jsonl", '{"data": 7}\n{"data": 8}\n')
    page.locator("#project-name").fill("Drittes")
    page.get_by_role("button", name="Guideline").click()
    page.get_by_label("Guideline in Markdown").fill("Be kind.")
    page.get_by_role("button", name="People").click()
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_role("button", name="Launch").first.click()
    report = page.locator("#launch-progress")
    expect(report).to_contain_text("The import failed, so the project was not launched", timeout=60_000)
    expect(report).to_contain_text("No row could be taken: 2 refused")
    expect(report).to_contain_text("Nothing of it came in")
    expect(report.get_by_role("link", name="Which, and why")).to_be_visible()
    project = Project.objects.get(name="Drittes")
    assert (project.state, project.tasks.count()) == (ProjectState.DRAFT, 0)
    expect(page.locator("#project-name")).to_have_value("Drittes")
    expect(page.get_by_label("E-mail address")).to_have_value("ann@example.org")
    assert axe_violations(page) == []

    page.locator("#project-name").fill("Viertes")
    page.get_by_role("button", name="Guideline").click()
    page.get_by_label("Guideline in Markdown").fill("Be kind, and quick.")
    page.get_by_role("button", name="Data", exact=False).first.click()
    drop(page, "good.jsonl", '{"text": "fine"}\n{"text": "also fine"}\n')
    report.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/label/", timeout=60_000)
    project.refresh_from_db()
    assert (project.name, project.state, project.tasks.count()) == ("Viertes", ProjectState.LIVE, 2)
    assert project.guideline is not None
    assert project.guideline.body == "Be kind, and quick."
    assert Membership.objects.filter(project=project, user=world.ann).count() == 1
    assert Project.objects.exclude(pk__in=[world.project.pk, project.pk]).count() == 0


def test_a_project_can_be_launched_without_the_data_that_failed(
    page: Page, live_web: LiveWeb, celery_worker_process: int
) -> None:
    world = make_world()
    sign_in(page, live_web.url, world.olga)
    open_page(page, live_web)
    drop(page, "empty.csv", "text\n")
    page.get_by_role("button", name="Launch").first.click()
    report = page.locator("#launch-progress")
    expect(report).to_contain_text("Nothing is in it.", timeout=60_000)
    report.get_by_role("button", name="Launch without data").click()
    page.wait_for_url(re.compile(r"/projects/\d+/$"), timeout=60_000)
    project = Project.objects.exclude(pk=world.project.pk).get()
    assert (project.state, project.tasks.count()) == (ProjectState.LIVE, 0)


def test_a_lost_answer_does_not_import_twice(
    page: Page, live_web: LiveWeb, celery_worker_process: int
) -> None:
    """The import was started, but the browser never heard of it: trying again follows that one."""
    world = make_world()
    sign_in(page, live_web.url, world.olga)
    open_page(page, live_web)
    drop(page, "items.csv", "text\nfine\nalso fine\n")
    lost = {"left": 1}

    def swallow(route):
        if not lost["left"] or route.request.method != "POST":
            route.continue_()
            return
        lost["left"] -= 1
        route.fetch()
        route.abort()

    page.route("**/imports/", swallow)
    page.get_by_role("button", name="Launch").first.click()
    report = page.locator("#launch-progress")
    expect(report).to_contain_text("No connection", timeout=60_000)
    report.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/label/", timeout=60_000)
    assert Project.objects.exclude(pk=world.project.pk).get().tasks.count() == 2
