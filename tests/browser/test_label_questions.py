"""Questions from the labeling page: kept as they are typed, sent when that can be done, told truly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation, Comment, Notice
from annotate.services.comments import post_comment
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.browser
WORDS = "Is this irony?"


@pytest.fixture
def world(transactional_db: None) -> World:
    world = make_world()
    make_tasks(world.project, 12)
    return world


@pytest.fixture
def desk(page: Page, live_web: LiveWeb, world: World) -> Iterator[Desk]:
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project).open()
    desk.shows("Text number 0")
    yield desk
    assert desk.errors == []


def write(desk: Desk, words: str = WORDS) -> None:
    desk.keys("q")
    desk.page.get_by_label("Your question").fill(words)


def ask(desk: Desk) -> None:
    desk.page.get_by_role("button", name="Ask", exact=True).click()
    expect(desk.page.locator("dialog[open]")).to_have_count(0)


def test_it_works(desk: Desk, world: World) -> None:
    write(desk)
    ask(desk)
    question = desk.wait_for(Comment.objects.first)
    assert (question.body, question.kind, question.author) == (WORDS, "question", world.ann)
    desk.state("saved")
    desk.shows("Text number 0")


def test_a_question_waits_for_the_network_also_through_a_reload(
    desk: Desk, world: World, live_web: LiveWeb
) -> None:
    context = desk.page.context
    context.set_offline(True)
    write(desk)
    ask(desk)
    desk.state("offline (1 waiting)")
    desk.keys("q")
    expect(desk.page.locator(".label-thread")).to_contain_text(f"waiting to be sent{WORDS}")
    desk.keys("Escape", "p", "Enter")
    desk.shows("Text number 1")
    desk.state("offline (2 waiting)")
    desk.page.close()
    assert Comment.objects.count() == 0
    context.set_offline(False)
    again = Desk(context.new_page(), live_web.url, world.project).open()
    again.state("saved")
    assert Comment.objects.get().body == WORDS
    assert Annotation.objects.count() == 1


def test_what_was_begun_is_there_after_a_crash(desk: Desk, world: World, live_web: LiveWeb) -> None:
    write(desk)
    expect(desk.page.locator("dialog[open]")).to_contain_text("Kept in this browser, not asked yet.")
    context = desk.page.context
    desk.page.close(run_before_unload=False)
    again = Desk(context.new_page(), live_web.url, world.project).open()
    again.keys("q")
    expect(again.page.get_by_label("Your question")).to_have_value(WORDS)
    again.page.get_by_role("button", name="Ask", exact=True).click()
    again.wait_for(lambda: Comment.objects.count() == 1)
    again.state("saved")
    again.keys("q")
    expect(again.page.get_by_label("Your question")).to_have_value("")


def test_a_lost_response_asks_once(desk: Desk, world: World) -> None:
    """The server has it, the browser does not know: it asks again, and nothing is doubled."""
    lost = {"left": 1}

    def swallow(route):
        if route.request.method != "POST" or not lost["left"]:
            route.continue_()
            return
        lost["left"] -= 1
        route.fetch()
        route.abort()

    desk.page.route("**/comments/", swallow)
    write(desk)
    ask(desk)
    desk.state("saved")
    assert lost["left"] == 0
    assert Comment.objects.count() == 1
    post_comment(
        task=Comment.objects.get().task,
        by=world.max,
        body="Yes.",
        kind="answer",
        thread=Comment.objects.get(author=world.ann),
    )
    assert Notice.objects.filter(user=world.ann, kind="answer").count() == 1


def test_a_refused_question_is_kept_and_said(desk: Desk, world: World) -> None:
    refusal = '{"error": {"code": "invalid", "message": "A comment needs words.", "fields": []}}'
    answer = {"status": 400, "body": refusal, "content_type": "application/json"}
    desk.page.route(
        "**/comments/",
        lambda route: route.fulfill(**answer) if route.request.method == "POST" else route.continue_(),
    )
    write(desk)
    ask(desk)
    desk.state("not accepted")
    expect(desk.page.locator(".toast.bad")).to_contain_text("A comment needs words.")
    desk.page.unroute("**/comments/")
    desk.page.reload()
    desk.settled()
    desk.state("not accepted")
    desk.keys("q")
    expect(desk.page.get_by_label("Your question")).to_have_value(WORDS)
    expect(desk.page.locator("dialog[open]")).to_contain_text("Not accepted: A comment needs words.")
    ask(desk)
    desk.state("saved")
    assert Comment.objects.get().body == WORDS
