"""Walks W2 step 8 and W3 step 6: a missed gold item is contested by keys alone; a reviewer withdraws it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Drawn
from quality.models import GoldContest, GoldItem, Trust
from quality.services.gold import make_gold
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.processes import LiveWeb
from tests.quality.crowd import answer, give, settle
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.browser


def seeded() -> World:
    """Abe has missed the only gold; Ann holds it."""
    world = make_world(feedback="at_once", overlap=2, hold_size=1)
    task, _ = make_tasks(world.project, ["Item 1: it is fine", "Item 2: it is bad"])
    wrong, why = {"sentiment": "negative"}, "It says nothing nice."
    make_gold(project=world.project, task=task, answers=[wrong], by=world.max, explanation=why)
    answer(world.project, task, world.abe, {"sentiment": "positive"}, drawn=Drawn.GOLD)
    give(world.project, task, world.ann, drawn=Drawn.GOLD)
    return world


def test_it_works(page: Page, live_web: LiveWeb, transactional_db: None) -> None:
    world = seeded()

    # Ann misses it, is told at once, and contests it without the mouse.
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project)
    desk.open()
    desk.keys("p", "Enter")
    desk.left("Item 1")
    desk.state("saved")
    settle()
    card = page.locator(".label-feedback")
    expect(card).to_contain_text("It says nothing nice.", timeout=40_000)
    expect(card).to_contain_text("sentiment: negative, yours positive")
    desk.keys("Alt+l")
    missed = page.get_by_role("dialog", name="The known answer")
    expect(missed).to_contain_text("Item 1: it is fine")
    expect(missed.locator(".lb-other")).to_contain_text("Accepted answer")
    desk.keys("Escape")
    expect(missed).to_have_count(0)
    desk.keys("Alt+c")
    expect(page.locator("dialog[open]")).to_contain_text("yours: Positive; known: Negative", ignore_case=True)
    page.keyboard.type("Fine is praise.")
    desk.keys("Control+Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(card).to_have_count(0)
    desk.wait_for(lambda: GoldContest.objects.filter(user=world.ann).exists())
    page.goto(f"{live_web.url}/projects/{world.project.pk}/my-work/")
    expect(page.locator("#misses")).to_contain_text("waits for a decision")
    assert world.abe.name not in page.inner_text("body").split()
    assert desk.errors == []

    # Rita finds it by what waits for her, and withdraws the item with the keyboard.
    page.context.clear_cookies()
    sign_in(page, live_web.url, world.rita)
    page.goto(live_web.url)
    page.get_by_role("link", name="1 contest").click()
    row = page.locator(".question")
    expect(row).to_contain_text("Fine is praise.")
    expect(row).not_to_contain_text(world.ann.name)
    row.get_by_role("textbox").focus()
    page.keyboard.type("One cannot tell.")
    row.get_by_role("button", name="Withdraw the item").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("No contest is open")).to_be_visible()
    settle()

    # The item is work again, it counts for nobody, and both learn of it.
    assert GoldItem.objects.get().retired_at is not None
    assert not Trust.objects.filter(basis="gold").exists()
    for person in (world.ann, world.abe):
        page.context.clear_cookies()
        sign_in(page, live_web.url, person)
        page.goto(f"{live_web.url}/projects/{world.project.pk}/inbox/")
        expect(page.locator("main")).to_contain_text("was withdrawn")
    page.context.clear_cookies()
    sign_in(page, live_web.url, world.ann)
    page.goto(f"{live_web.url}/projects/{world.project.pk}/my-work/")
    expect(page.locator("#misses")).to_contain_text("One cannot tell.")
