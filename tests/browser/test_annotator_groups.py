"""Somebody says of their own will what group they are in; a table appears only when it is large enough."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import OrganizationMembership, OrganizationRole
from quality.services.full_run import full_run
from quality.services.group_questions import define_question, state
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.quality.crowd import make_crowd, write_all

pytestmark = pytest.mark.browser


def test_it_works(page: Page, live_web: LiveWeb, transactional_db: None) -> None:
    crowd = make_crowd(10, 6)
    organization, people = crowd.project.organization, crowd.people
    pairs = [(task, who) for task in range(6) for who in range(10)]
    write_all(crowd, [(task, who, {"follows": "yes" if who + task > 7 else "no"}) for task, who in pairs])
    asked = define_question(
        organization=organization, by=people[0], name="Native language", options=["German", "other"]
    )
    for who in range(1, 10):
        option = "German" if who < 5 else "other"
        state(organization=organization, user=people[who], answers={asked.pk: option})
    owner = OrganizationMembership.objects.filter(organization=organization, user=people[9])
    owner.update(role=OrganizationRole.OWNER)
    figures = f"{live_web.url}/projects/{crowd.project.pk}/annotator-groups/"

    # Nine of ten have spoken: four are too few for a group, and the tenth would be found.
    full_run(crowd.project)
    sign_in(page, live_web.url, people[9])
    errors = collect_errors(page)
    page.goto(figures)
    expect(page.get_by_text("Too few people to show anything")).to_be_visible()

    # The tenth does, with the keyboard.
    page.context.clear_cookies()
    sign_in(page, live_web.url, people[0])
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/my-work/")
    page.get_by_role("link", name="About me").press("Enter")
    expect(page.get_by_text("You need not answer any of this.")).to_be_visible()
    page.get_by_role("radio", name="German").press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You can take it back at any time.")).to_be_visible()

    full_run(crowd.project)
    page.context.clear_cookies()
    sign_in(page, live_web.url, people[9])
    page.goto(figures)
    table = page.get_by_role("region", name="Native language")
    expect(table.get_by_role("cell", name="German").first).to_be_visible()
    assert people[0].name not in page.content()

    # And takes it back: no run is needed for the table to go.
    page.context.clear_cookies()
    sign_in(page, live_web.url, people[0])
    page.goto(f"{live_web.url}/organizations/{organization.pk}/about-me/")
    page.get_by_role("button", name="Take everything back").click()
    expect(page.get_by_text("Everything is taken back.")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, live_web.url, people[9])
    page.goto(figures)
    expect(page.get_by_text("Nothing to show")).to_be_visible()
    assert errors == []
