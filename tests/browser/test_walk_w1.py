"""Walk W1: a manager sets up a project. Screen and database, in one go."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from accounts.models import AuditEvent
from annotate.models import Notice, NoticeKind
from projects.models import Membership, Project, ProjectState, Role, Task
from tests.browser.signed_in import collect_errors, sign_in
from tests.browser.walks import PATIENCE, archive_of_photos, draw_box, sign_in_by_form, until
from tests.processes import LiveWeb
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHOTOS = 12
BROKEN = "street/broken.jpg"
GUIDELINE = """# Boxes on the street

## cyclist

As tight as you can, the bicycle included.

> [!good]
> The box touches the wheel.

> [!bad]
> The box has the shadow in it.
"""


def test_w1(page: Page, live_web: LiveWeb, celery_worker_process: int) -> None:
    world = make_world()
    errors = collect_errors(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    steps = open_wizard(page, live_web, world)
    drop_photos(page)
    steps.nth(1).click()
    make_boxes(page)

    # 4. The guideline, with a good and a bad example; who works here: somebody of the organization.
    steps.nth(2).click()
    page.get_by_label("Guideline in Markdown").fill(GUIDELINE)
    steps.nth(3).click()
    page.get_by_label("E-mail address").fill(world.ann.email)
    steps.nth(4).click()
    plan_quality(page)
    steps.nth(5).click()
    go_live(page)
    assert errors == []
    project = Project.objects.get(name="Straßenverkehr")
    check_project(project, world)
    check_refused(page, live_web, project)
    publish_second_version(page, live_web, project, world)
    assert errors == []
    page.context.clear_cookies()
    sign_in(page, live_web.url, world.ann)
    read_second_version(page, live_web, project, world)


def open_wizard(page: Page, live_web: LiveWeb, world: World) -> Locator:
    """1. Signs in, presses New project; sees six steps and a live preview. Returns the steps."""
    sign_in_by_form(page, live_web.url, world.max)
    page.get_by_role("link", name="New project").first.click()
    page.wait_for_url("**/projects/new/**")
    steps = page.get_by_role("list", name="Steps").get_by_role("button")
    expect(steps).to_have_text(["Data", "Task", "Guideline", "People", "Quality", "Launch"])
    expect(page.locator(".preview-frame")).to_have_attribute("data-ready", "true", timeout=PATIENCE)
    return steps


def drop_photos(page: Page) -> None:
    """2. Drops a ZIP of photographs, one of them broken."""
    archive: FilePayload = {
        "name": "street.zip",
        "mimeType": "application/zip",
        "buffer": archive_of_photos(PHOTOS, broken=BROKEN),
    }
    page.set_input_files("#data-file", [archive])
    page.locator("#project-name").fill("Straßenverkehr")


def make_boxes(page: Page) -> None:
    """3. Boxes with an attribute, a class of one's own with its key; a box can be drawn in the preview."""
    page.locator('[data-template="bounding-boxes"]').click()
    expect(page.locator(".lb-side")).to_contain_text("Car")
    page.get_by_role("treeitem", name="Tree").first.click()
    page.get_by_role("tree").focus()
    page.keyboard.press("a")
    page.keyboard.type("Cyclist")
    expect(page.locator(".lb-side")).to_contain_text("Cyclist")
    page.get_by_label("Hotkey").fill("4")
    expect(page.locator(".lb-side")).to_contain_text("4")
    draw_box(page, page.locator(".lb-stage canvas").first)
    answer = page.locator(".preview-answer pre")
    expect(answer).to_contain_text('"box"')
    [drawn] = json.loads(answer.text_content() or "null")["objects"]
    assert drawn["box"][2] > 20


def plan_quality(page: Page) -> None:
    """5. The quality plan; the estimate follows every field."""
    estimate = page.locator("#estimate")
    page.get_by_label("Answers per task").fill("2")
    before = estimate.text_content()
    page.get_by_label("Gold share").fill("8")
    expect(estimate).to_contain_text("gold")
    page.get_by_label("Review share").fill("15")
    expect(estimate).to_contain_text("reviews")
    expect(estimate).not_to_have_text(before or "")


def go_live(page: Page) -> None:
    """7. Goes live; the broken file is counted, not silently lost."""
    page.get_by_role("button", name="Launch", exact=True).last.click()
    report = page.locator("#launch-progress")
    expect(report).to_contain_text("The project is live.", timeout=PATIENCE)
    expect(report).to_contain_text("1 row was refused")


def check_project(project: Project, world: World) -> None:
    """What all of this came to in the database, audit trail included."""
    assert project.state == ProjectState.LIVE
    assert (project.overlap, project.gold_share, project.review_share) == (2, 0.08, 0.15)
    assert Task.objects.filter(project=project).count() == PHOTOS
    assert Membership.objects.get(project=project, user=world.ann).role == Role.ANNOTATOR
    assert project.ontology is not None
    [field] = project.ontology.definition["fields"]
    assert [one["hotkey"] for one in field["classes"]] == ["1", "2", "3", "4"]
    assert field["classes"][3]["title"] == "Cyclist"
    assert field["classes"][0]["attributes"][0]["name"] == "occluded"
    assert project.guideline is not None
    assert project.guideline.body.strip() == GUIDELINE.strip()
    verbs = set(AuditEvent.objects.filter(project_id=project.pk).values_list("verb", flat=True))
    assert {verb.partition(".")[0] for verb in verbs} & {"project", "projects"}, verbs


def check_refused(page: Page, live_web: LiveWeb, project: Project) -> None:
    """The broken file is named, with the reason."""
    job = project.jobs.get(kind="import")
    page.goto(f"{live_web.url}/jobs/{job.pk}/")
    refused = page.get_by_role("region", name="Refused rows")
    expect(refused).to_contain_text("broken.jpg")
    [error] = job.errors.all()
    assert error.message
    expect(refused).to_contain_text(error.message)


def publish_second_version(page: Page, live_web: LiveWeb, project: Project, world: World) -> None:
    """A question was answered in the guideline: version 2, and the annotator is told."""
    page.goto(f"{live_web.url}/projects/{project.pk}/guideline/")
    page.get_by_label("Guideline in Markdown").fill(GUIDELINE + "\nA bicycle without rider is no cyclist.\n")
    page.get_by_label("What changed").fill("bicycles without rider")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.locator(".page-head")).to_contain_text("version 2")
    until(page, lambda: Notice.objects.filter(user=world.ann, kind=NoticeKind.GUIDELINE).exists())


def read_second_version(page: Page, live_web: LiveWeb, project: Project, world: World) -> None:
    """The annotator reads it, with the examples, and says so."""
    page.goto(f"{live_web.url}/projects/{project.pk}/guideline/")
    expect(page.locator(".markdown").first).to_contain_text("A bicycle without rider is no cyclist.")
    expect(page.locator(".markdown").first).to_contain_text("The box touches the wheel.")
    page.get_by_role("button", name="I have read version 2").click()
    expect(page.get_by_role("button", name="I have read version 2")).to_be_hidden()
    assert project.guidelines.get(version=2).acknowledgements.filter(user=world.ann).exists()
