"""Walk W2, steps 1 to 4 and 7: the invitation, practice with the difference drawn, quizzes, certificate."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.services.invitations import invite
from annotate.models import Annotation, Assignment
from annotate.services.queue import add_to_queue
from projects.models import Membership, Role, Task, TaskSummary
from projects.services.media import add_image
from projects.services.projects import change_project
from quality.models import Certificate, QualificationAnswer, QualificationAttempt
from quality.services.gold import GoldInput, make_many
from quality.services.qualification.terms import Terms, save_terms, set_use
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.browser.test_walk_w2 import NO_MOUSE
from tests.browser.walks import photo
from tests.processes import LiveWeb
from tests.world import World, make_user, make_world

pytestmark = pytest.mark.browser
STREET: dict[str, Any] = {
    "media": [{"name": "photo", "kind": "image", "source": "image"}],
    "fields": [
        {"name": "objects", "type": "box", "on": "photo", "classes": ["car", "cyclist"]},
        {
            "name": "light",
            "type": "choice",
            "required": True,
            "options": [{"name": "day", "hotkey": "d"}, {"name": "night", "hotkey": "n"}],
        },
    ],
}
CYCLIST = {"id": "g2", "class": "cyclist", "box": [20, 20, 60, 90]}
WHY = "The cyclist at the left counts too."


@pytest.fixture
def world(transactional_db: None) -> World:
    """Two photos to practice on, six for quizzes of three, three as work."""
    world = make_world(ontology=STREET)
    project = world.project
    tasks = [_task(world, number) for number in range(11)]
    practice = [
        GoldInput(task.pk, [{"objects": [CYCLIST], "light": "day"}], explanation=WHY) for task in tasks[:2]
    ]
    quiz = [GoldInput(task.pk, [{"objects": [], "light": "day"}]) for task in tasks[2:8]]
    assert make_many(project=project, items=practice + quiz, by=world.max) == []
    set_use(project=project, task_ids=[each.task for each in practice], use="practice", by=world.max)
    set_use(project=project, task_ids=[each.task for each in quiz], use="quiz", by=world.max)
    save_terms(project=project, terms=Terms(quiz_length=3, pass_mark=0.6), on=True, by=world.max)
    return world


def _task(world: World, number: int) -> Task:
    content = BytesIO(photo(number))
    media = add_image(project=world.project, name=f"{number}.jpg", content=content, by=world.max)
    task = Task.objects.create(project=world.project, data={"image": media.key})
    TaskSummary.objects.create(task=task, project=world.project)
    add_to_queue(project=world.project, task_ids=[task.pk])
    return task


def progress(page: Page, text: str) -> None:
    expect(page.locator("#course-progress")).to_have_text(text)


def card(page: Page, title: str) -> None:
    expect(page.locator("#label-message h1")).to_have_text(title)


def take_quiz(desk: Desk, keys: str) -> None:
    for number, key in enumerate(keys, start=1):
        progress(desk.page, f"Quiz: {number} of {len(keys)}")
        desk.settled()
        desk.keys(key, "Enter")


def test_it_works(page: Page, live_web: LiveWeb, world: World) -> None:
    page.add_init_script(NO_MOUSE)
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project).open()
    expect(page).to_have_url(f"{live_web.url}/projects/{world.project.pk}/qualification/course/")

    practice(desk)
    fail(desk, world)
    pass_and_work(desk, world)
    assert desk.errors == []


def test_who_is_invited_knows_what_to_expect(page: Page, live_web: LiveWeb, world: World) -> None:
    """Step 1: the link says pay, sensitive content and what is recorded; after joining comes the practice."""
    told = {"pay": "14 € an hour", "sensitive": "none", "gold_share": 0.1}
    change_project(project=world.project, by=world.max, settings=told)
    _, secret = invite(organization=world.organization, by=world.max, project_id=world.project.pk)
    page.goto(f"{live_web.url}/invitations/{secret}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Join {world.project.name}")
    said = page.locator(".panel")
    expect(said).to_contain_text("14 € an hour")
    expect(said).to_contain_text("none expected")
    expect(said).to_contain_text("practice with the answers shown, then a quiz")
    expect(said.get_by_role("listitem").nth(1)).to_contain_text("Your answers with all versions")
    expect(said).to_contain_text("How often you are right where the answer is known")

    nina = make_user("Nina")
    sign_in(page, live_web.url, nina)
    page.reload()
    page.get_by_role("button", name="Join").press("Enter")
    expect(page).to_have_url(f"{live_web.url}/projects/{world.project.pk}/qualification/course/")
    expect(page.get_by_text(f"Welcome to {world.organization.name}.")).to_be_visible()
    assert Membership.objects.get(user=nina, project=world.project).role == "annotator"
    progress(page, "Practice: 1 of 2")
    page.goto(f"{live_web.url}/invitations/{secret}/")
    expect(page).to_have_url(f"{live_web.url}/projects/{world.project.pk}/qualification/course/")
    page.goto(f"{live_web.url}/projects/{world.project.pk}/my-work/")
    expect(page.locator("#told")).to_contain_text("14 € an hour")


def test_who_needs_no_certificate_lands_on_an_item(page: Page, live_web: LiveWeb, world: World) -> None:
    """And whoever reviews on the overview, which their role may open."""
    world.project.needs_certificate = False
    world.project.save()
    for name, role, rest in (("Nina", Role.ANNOTATOR, "label/"), ("Rolf", Role.REVIEWER, "")):
        into = {"project_id": world.project.pk, "project_role": role}
        _, secret = invite(organization=world.organization, by=world.max, **into)
        sign_in(page, live_web.url, make_user(name))
        page.goto(f"{live_web.url}/invitations/{secret}/")
        page.get_by_role("button", name="Join").press("Enter")
        expect(page).to_have_url(f"{live_web.url}/projects/{world.project.pk}/{rest}")
        expect(page.get_by_text(f"Welcome to {world.organization.name}.")).to_be_visible()
        if role == Role.ANNOTATOR:
            expect(page.locator(".lb-stage canvas").first).to_be_visible()


def test_the_difference_is_seen_on_a_phone(page: Page, live_web: LiveWeb, world: World) -> None:
    """Words, picture and fields scroll as one: the picture keeps its room."""
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project).open()
    desk.keys("b", "Enter", "d", "Enter")
    words = page.locator("#course-words")
    expect(words).to_contain_text("objects: car only yours; cyclist missing")
    port = page.locator("#course-feedback .image-port")
    expect(port).to_be_visible()
    assert (port.bounding_box() or {})["height"] > 250
    page.locator("#course-feedback .lb-field").last.scroll_into_view_if_needed()
    expect(page.locator("#course-feedback .lb-field").last).to_be_in_viewport()
    assert desk.errors == []


def practice(desk: Desk) -> None:
    """Two items, the second without a connection."""
    page = desk.page
    # She sees her box, the one she missed, and why. Also after a reload.
    progress(page, "Practice: 1 of 2")
    desk.keys("b", "Enter", "d", "Enter")
    for _ in range(2):
        words = page.locator("#course-words")
        expect(words).to_contain_text("This one was not right.")
        expect(words).to_contain_text(WHY)
        expect(page.locator("#course-feedback .image-findings")).to_contain_text("cyclist, missing here")
        expect(page.locator("#course-feedback .image-findings")).to_contain_text("car, only here")
        page.reload()
    first = QualificationAnswer.objects.get(position=1)
    assert first.value["light"] == "day"
    assert {(row["name"], row["right"]) for row in first.classes} == {("cyclist", False), ("day", True)}

    # The second one without a connection: it waits here, and goes out.
    expect(page.locator("#course-words")).to_contain_text(WHY)
    desk.keys("Enter")
    progress(page, "Practice: 2 of 2")
    desk.settled()
    page.context.set_offline(True)
    desk.keys("n", "Enter")
    desk.state("offline (1 waiting)")
    # The answer brings what comes next. Asked for beside it, an older state could arrive after it.
    asked: list[Route] = []
    page.route("**/qualification/next/", lambda route, _: asked.append(route))
    page.context.set_offline(False)
    expect(page.locator("#course-words")).to_contain_text("light: day")
    assert asked == []
    page.unroute("**/qualification/next/")
    desk.keys("ArrowLeft")
    progress(page, "Practice: 1 of 2")
    desk.keys("Enter")
    progress(page, "Practice: 2 of 2")
    desk.keys("Enter")


def fail(desk: Desk, world: World) -> None:
    """A quiz that says nothing until its end; then what was right, per class, and when she may try again."""
    page = desk.page
    card(page, "Ready for the quiz")
    desk.keys("Enter")
    take_quiz(desk, "dnn")
    card(page, "Not passed: 1 of 3 right, 2 needed")
    said = page.locator("#label-message")
    expect(said).to_contain_text("with other items.")
    expect(said.get_by_role("row", name="day")).to_contain_text("1 of 3")
    failed = QualificationAttempt.objects.get(user=world.ann, kind="quiz")
    assert (failed.right, failed.passed) == (1, False)

    # No item of the work by any address.
    desk.open()
    card(page, "Not passed: 1 of 3 right, 2 needed")
    answer = page.evaluate(
        """async (url) => (await fetch(url, {method: "POST", body: "{}", headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content}})).json()""",
        f"/api/v1/projects/{world.project.pk}/next/",
    )
    assert (answer["assignments"], answer["reason"]["code"]) == ([], "certificate")
    assert not Assignment.objects.exists()


def pass_and_work(desk: Desk, world: World) -> None:
    """An hour later: other items, and a certificate that ends; then the queue opens."""
    page = desk.page
    QualificationAttempt.objects.update(finished_at=timezone.now() - timedelta(minutes=61))
    desk.open()
    desk.keys("Enter")
    take_quiz(desk, "ddd")
    card(page, "Passed: 3 of 3 right")
    certificate = Certificate.objects.get(user=world.ann)
    assert certificate.expires_at is not None
    until = certificate.expires_at
    expect(page.locator("#label-message")).to_contain_text(f"until {until:%B} {until.day}, {until.year}")
    asked = QualificationAnswer.objects.filter(attempt__kind="quiz").values_list("gold", flat=True)
    assert len(set(asked)) == 6
    assert Membership.objects.get(user=world.ann, project=world.project).certified_until == until
    assert not Annotation.objects.exists()

    # The queue opens; her certificate is on My work.
    desk.keys("Enter")
    page.wait_for_url(desk.address)
    desk.settled()
    desk.keys("d", "Enter")
    desk.wait_for(lambda: Annotation.objects.filter(user=world.ann).count() == 1)
    page.goto(f"{desk.url}/projects/{world.project.pk}/my-work/")
    expect(page.locator("#certificates")).to_contain_text("quiz, 3 of 3 right")
