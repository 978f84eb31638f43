"""A manager reads on a person's page which options they add, and what boxes they find and make up."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from projects.models import Membership, Role
from quality.models import PersonFigure, Trust
from quality.services.full_run import full_run
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.quality.crowd import Crowd
from tests.quality.test_crowds import ages, cells
from tests.quality.test_leaning import ADDS, leaning_crowd

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_person(page: Page, web: LiveWeb, crowd: Crowd, user: User) -> None:
    """By the list of people, as a manager comes to it."""
    manager = Membership.objects.get(project=crowd.project, role=Role.MANAGER).user
    page.context.clear_cookies()
    sign_in(page, web.url, manager)
    page.goto(f"{web.url}/projects/{crowd.project.pk}/people/")
    page.get_by_role("link", name=user.name, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(user.name)


def test_it_works(page: Page, live_web: LiveWeb) -> None:
    errors = collect_errors(page)
    crowd = leaning_crowd()
    person = crowd.people[ADDS]
    open_person(page, live_web, crowd, person)
    table = page.get_by_role("region", name="Options added or left out: moods")
    row = table.get_by_role("row", name="anger")
    expect(row).to_contain_text("Adds it too often")
    expect(table.get_by_text("Adds it too often")).to_have_count(1)
    kept = PersonFigure.objects.get(project=crowd.project, user=person, field="moods").data["options"]
    [anger] = [each for each in kept if each["label"] == "anger"]
    assert anger["is_biased"]
    expect(row).to_contain_text(f"{anger['value']:.2f} {anger['low']:.2f} to {anger['high']:.2f}")
    row.get_by_role("link", name="Look").click()
    expect(page.locator("main")).to_contain_text("“anger”")
    assert errors == []


def test_what_is_found_and_made_up(page: Page, live_web: LiveWeb) -> None:
    errors = collect_errors(page)
    boxes = cells()
    finder = boxes.people[0]
    full_run(boxes.project)
    open_person(page, live_web, boxes, finder)
    figures = Trust.objects.get(user=finder, field="cells", label="", basis="consensus").learned["figures"]
    rate, low, high = figures["found"]
    said = page.locator("section", has=page.get_by_role("heading", name="cells", exact=True))
    expect(said).to_contain_text("of what is there")
    expect(said).to_contain_text(f"{rate:.2f}")
    rate, low, high = figures["false"]
    expect(said).to_contain_text(f"{rate:.2f} {low:.2f} to {high:.2f} for each object that is there")
    said.get_by_role("button", name="Invents").press("Enter")
    expect(said.get_by_text("Marks of this person where, as far as the others tell")).to_be_visible()
    assert errors == []


def test_how_much_more_somebody_says(page: Page, live_web: LiveWeb) -> None:
    errors = collect_errors(page)
    crowd = ages()
    severe = crowd.people[0]
    full_run(crowd.project)
    open_person(page, live_web, crowd, severe)
    value, low, high = Trust.objects.get(user=severe, field="age", label="", basis="consensus").learned[
        "figures"
    ]["bias"]
    said = page.locator("section", has=page.get_by_role("heading", name="age", exact=True))
    expect(said).to_contain_text(f"{value:.2f} {low:.2f} to {high:.2f} years")
    said.get_by_role("button", name="Says more by").press("Enter")
    expect(said.get_by_text("this person says of an average item")).to_be_visible()
    assert errors == []
