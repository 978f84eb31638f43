"""Labeling while the network, the server or another computer gets in the way: nothing typed is lost."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation, AnnotationVersion, Assignment, Draft
from tests.annotate.steps import api
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.browser


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


def held(world: World, text: str) -> Assignment:
    """Ann's assignment of the task with this text."""
    return Assignment.objects.get(user=world.ann, task__data__text=text)


def test_answers_wait_for_the_network_and_go_out_once(desk: Desk, world: World) -> None:
    desk.page.context.set_offline(True)
    for number in range(3):
        desk.shows(f"Text number {number}")
        desk.keys("p", "Enter")
    desk.state("offline (3 waiting)")
    desk.shows("Text number 3")
    assert Annotation.objects.count() == 0
    desk.page.context.set_offline(False)
    desk.state("saved")
    assert Annotation.objects.count() == AnnotationVersion.objects.count() == 3


def test_answers_survive_closing_the_page_offline(desk: Desk, world: World, live_web: LiveWeb) -> None:
    desk.page.context.set_offline(True)
    desk.keys("n", "Enter")
    desk.shows("Text number 1")
    desk.state(re.compile("waiting"))
    context = desk.page.context
    desk.page.close()
    context.set_offline(False)
    again = Desk(context.new_page(), live_web.url, world.project).open()
    again.shows("Text number 1")
    again.state("saved")
    assert Annotation.objects.get().value == {"sentiment": "negative"}


def test_a_killed_web_worker_costs_nothing(desk: Desk, world: World, live_web: LiveWeb) -> None:
    workers = [int(pid) for pid in _children(live_web.pid)]
    for number in range(4):
        desk.shows(f"Text number {number}")
        desk.keys("p")
        if number < len(workers):
            os.kill(workers[number], signal.SIGKILL)
        desk.keys("Enter")
    desk.shows("Text number 4")
    desk.wait_for(lambda: Annotation.objects.count() == 4)
    desk.state("saved")
    assert AnnotationVersion.objects.count() == 4


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


def test_a_draft_from_another_computer_is_shown_beside_this_one(desk: Desk, world: World) -> None:
    assignment = held(world, "Text number 0")
    body = {"value": {"sentiment": "negative"}, "base": 0}
    assert (
        api(world.ann).put(f"/api/v1/assignments/{assignment.pk}/draft/", body, format="json").status_code
        == 200
    )
    desk.keys("p")
    conflict = desk.page.locator(".label-conflict")
    expect(conflict).to_contain_text("positive")
    expect(conflict).to_contain_text("negative")
    conflict.get_by_role("button", name="Keep this one").first.click()
    expect(conflict).to_be_hidden()
    desk.wait_for(lambda: Draft.objects.get().value == {"sentiment": "positive"})
    desk.state("saved")


def test_an_answer_given_elsewhere_is_shown_beside_this_one(desk: Desk, world: World) -> None:
    assignment = held(world, "Text number 0")
    api(world.ann).post(
        f"/api/v1/assignments/{assignment.pk}/submit/",
        {"value": {"sentiment": "negative"}},
        format="json",
        headers={"Idempotency-Key": "elsewhere"},
    )
    desk.keys("p", "Enter")
    desk.shows("Text number 1")
    desk.state("two versions")
    desk.keys("u", "Enter")
    desk.shows("Text number 0")
    conflict = desk.page.locator(".label-conflict")
    expect(conflict).to_contain_text("positive")
    expect(conflict).to_contain_text("negative")
    conflict.get_by_role("button", name="Keep this one").first.click()
    desk.wait_for(lambda: Annotation.objects.get(assignment=assignment).version == 2)
    assert Annotation.objects.get(assignment=assignment).value == {"sentiment": "positive"}
    desk.state("saved")


def test_signing_out_keeps_answers_until_somebody_signs_in_again(
    desk: Desk, world: World, live_web: LiveWeb
) -> None:
    context = desk.page.context
    context.clear_cookies()
    desk.keys("p", "Enter")
    desk.shows("Text number 1")
    desk.state("sign in again (1 waiting)")
    sign_in(desk.page, live_web.url, world.ann)
    desk.page.evaluate("dispatchEvent(new Event('focus'))")
    desk.state("saved")
    assert Annotation.objects.count() == 1


def test_what_was_typed_just_before_leaving_reaches_the_server(desk: Desk, world: World) -> None:
    desk.keys("n")
    desk.page.goto("about:blank")
    draft = desk.wait_for(Draft.objects.first)
    assert draft.value == {"sentiment": "negative"}
