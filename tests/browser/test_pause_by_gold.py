"""The test on gold pauses somebody, who reads why; a manager reads the evidence and lets them go on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Drawn
from quality.services.gold import GoldInput, make_many
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.processes import LiveWeb
from tests.quality.crowd import answer, settle
from tests.world import make_tasks, make_world

pytestmark = pytest.mark.browser


def test_it_works(page: Page, live_web: LiveWeb, transactional_db: None) -> None:
    world = make_world(gold_test="pause", hold_size=1)
    tasks = make_tasks(world.project, 6)
    gold = [GoldInput(task.pk, [{"sentiment": "negative"}]) for task in tasks[:3]]
    make_many(project=world.project, items=gold, by=world.max)
    for task in tasks[:3]:
        answer(world.project, task, world.ann, {"sentiment": "positive"}, drawn=Drawn.GOLD)
    settle()

    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project).open()
    desk.reason("person_paused")
    expect(page.locator("#label-message")).to_contain_text(
        "3 answers to tasks with a known answer 0 were right"
    )
    page.get_by_role("button", name="Guideline").last.press("Enter")
    expect(page.locator("#label-drawer")).to_be_visible()
    page.goto(f"{live_web.url}/projects/{world.project.pk}/my-work/")
    expect(page.locator("#paused")).to_contain_text("Only a manager can end the pause")
    expect(page.locator("#paused")).to_contain_text("0 were right (0 %;")

    page.context.clear_cookies()
    sign_in(page, live_web.url, world.max)
    page.goto(live_web.url)
    page.get_by_role("link", name="1 person to decide about").click()
    alarm = page.locator("#alarms li")
    expect(alarm).to_contain_text("0 of 3")
    page.keyboard.press("Tab")
    alarm.get_by_role("textbox").focus()
    page.keyboard.type("Read rule 3 again.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#alarms")).to_have_count(0)

    page.context.clear_cookies()
    sign_in(page, live_web.url, world.ann)
    desk.open()
    desk.shows("Text number")
    page.goto(f"{live_web.url}/projects/{world.project.pk}/inbox/")
    expect(page.locator("main")).to_contain_text("Read rule 3 again.")
    assert desk.errors == []
