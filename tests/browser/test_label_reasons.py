"""The labeling page when there is nothing to do, something to read first, or something came back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation, Comment, Notice
from projects.models import GuidelineAcknowledgement, ProjectState
from projects.services.guidelines import acknowledge_guideline, add_guideline
from tests.annotate.steps import api
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.browser


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def desk(page: Page, live_web: LiveWeb, world: World) -> Iterator[Desk]:
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project)
    yield desk
    assert desk.errors == []


def test_an_empty_project_a_pause_and_the_end_say_so(desk: Desk, world: World) -> None:
    desk.open().reason("empty")
    make_tasks(world.project, 1)
    desk.page.get_by_role("button", name="Look again").click()
    desk.shows("Text number 0")
    desk.keys("p", "Enter")
    desk.reason("all_done")
    world.project.state = ProjectState.PAUSED
    world.project.pause_reason = "New data comes on Monday."
    world.project.save()
    desk.open().reason("paused")
    expect(desk.page.locator("#label-message")).to_contain_text("New data comes on Monday.")


def test_a_new_guideline_is_read_before_work_goes_on(desk: Desk, world: World) -> None:
    make_tasks(world.project, 8)
    first = add_guideline(project=world.project, body="# Rules\n\nBe kind.", by=world.max)
    acknowledge_guideline(guideline=first, user=world.ann)
    desk.open()
    desk.shows("Text number 0")
    second = add_guideline(project=world.project, body="# Rules\n\nBe exact.", by=world.max)
    desk.keys("p", "Enter")
    message = desk.page.locator("#label-message")
    expect(message).to_contain_text("The guideline has changed")
    expect(message).to_contain_text("Be kind.")
    expect(message).to_contain_text("Be exact.")
    assert not GuidelineAcknowledgement.objects.filter(guideline=second, user=world.ann).exists()
    desk.keys("Enter")
    desk.shows("Text number 1")
    readers = GuidelineAcknowledgement.objects.filter(guideline=second)
    desk.wait_for(readers.filter(user=world.ann).exists)


def test_work_sent_back_comes_first_with_what_the_reviewer_said(desk: Desk, world: World) -> None:
    make_tasks(world.project, 3)
    desk.open()
    desk.shows("Text number 0")
    desk.keys("p", "Enter")
    desk.shows("Text number 1")
    head = desk.wait_for(Annotation.objects.first)
    verdict = {"verdict": "reject", "code": "wrong class", "comment": "She is being ironic."}
    answer = api(world.rita).post(f"/api/v1/annotations/{head.pk}/reviews/", verdict, format="json")
    assert answer.status_code == 201
    desk.page.goto(desk.address.replace("/label/", "/inbox/"))
    desk.page.get_by_role("link", name="Mend it").click()
    desk.settled()
    desk.shows("Text number 0")
    banner = desk.page.locator("#label-banner")
    expect(banner).to_contain_text("wrong class")
    expect(banner).to_contain_text("She is being ironic.")
    assert desk.chosen() == "positive"
    desk.keys("n", "Enter")
    desk.wait_for(lambda: Annotation.objects.get(pk=head.pk).version == 2)


def test_a_question_its_answer_and_the_guideline(desk: Desk, world: World, live_web: LiveWeb) -> None:
    make_tasks(world.project, 2)
    desk.open()
    desk.shows("Text number 0")
    desk.keys("q")
    desk.page.keyboard.type("Is irony negative?")
    desk.keys("Control+Enter")
    question = desk.wait_for(Comment.objects.first)
    expect(desk.page.locator("dialog[open]")).to_have_count(0)
    desk.page.context.clear_cookies()
    sign_in(desk.page, live_web.url, world.max)
    desk.page.goto(desk.address.replace("/label/", "/questions/"))
    desk.page.get_by_label("Answer").fill("Yes, always.")
    desk.page.get_by_role("button", name="Answer", exact=True).click()
    desk.page.get_by_text("Put the answer into the guideline").click()
    desk.page.get_by_role("button", name="Publish").click()
    expect(desk.page.locator("main")).to_contain_text("in the guideline")
    question.refresh_from_db()
    assert question.published_in is not None
    assert "Yes, always." in question.published_in.body
    kinds = set(Notice.objects.filter(user=world.ann).values_list("kind", flat=True))
    assert {"answer", "guideline"} <= kinds


def test_one_key_answers_where_the_project_says_so(desk: Desk, world: World) -> None:
    world.project.auto_submit = True
    world.project.save()
    make_tasks(world.project, 4)
    desk.open()
    desk.shows("Text number 0")
    desk.keys("p")
    desk.shows("Text number 1")
    desk.keys("n")
    desk.shows("Text number 2")
    desk.wait_for(lambda: Annotation.objects.count() == 2)
    desk.page.locator(".toast").get_by_role("button", name="Undo").click()
    desk.shows("Text number 1")
    assert desk.chosen() == "negative"


def test_nothing_of_the_page_stays_after_signing_out(desk: Desk, world: World) -> None:
    make_tasks(world.project, 2)
    desk.open()
    desk.shows("Text number 0")
    for path in ("label/", "label/news/", "my-answers/", "inbox/"):
        response = desk.page.request.get(desk.address.replace("label/", path))
        assert re.search(r"\bno-store\b", response.headers["cache-control"]), path
    own_work = desk.page.request.get(f"{desk.url}/api/v1/projects/{world.project.pk}/own-work/")
    assert "no-store" in own_work.headers["cache-control"]
    desk.page.context.clear_cookies()
    desk.page.goto("about:blank")
    desk.page.go_back()
    expect(desk.page.locator(".lb-stage")).to_have_count(0)
    assert "/accounts/login/" in desk.page.url
