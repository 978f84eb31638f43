"""Walk W5, step 5: from the figure through the matrix to the tasks where two people differ, by keyboard."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from projects.models import Membership, Role, Task
from quality.services.full_run import full_run
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.quality.crowd import Crowd, make_crowd, write_all

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TASKS = 48


def lawyers() -> Crowd:
    """Four people, the last of whom says yes to everything; the half in German is harder."""
    crowd = make_crowd(4, TASKS, name="Lawyers")
    rng = np.random.default_rng(11)
    answers = []
    for number in range(TASKS):
        truth = bool(rng.integers(2))
        skill = 0.95 if number % 2 else 0.6
        said = [truth if rng.random() < skill else not truth for _ in range(3)]
        answers += [
            (number, person, {"follows": "yes" if yes else "no"}) for person, yes in enumerate([*said, True])
        ]
    write_all(crowd, answers)
    for number, task in enumerate(crowd.tasks):
        task.meta = {"lang": "en" if number % 2 else "de"}
    Task.objects.bulk_update(crowd.tasks, ["meta"])
    full_run(crowd.project)
    return crowd


def test_it_works(page: Page, live_web: LiveWeb) -> None:
    crowd = lawyers()
    errors = collect_errors(page)
    sign_in(page, live_web.url, Membership.objects.get(project=crowd.project, role=Role.MANAGER).user)
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/quality/")
    page.get_by_role("link", name="Agreement", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agreement")
    expect(page.locator("#slices ts-interval-plot svg")).to_be_visible()
    page.get_by_text("All coefficients").click()
    expect(page.get_by_role("region", name="Coefficients")).to_contain_text(
        "needs exactly two people, here 4"
    )
    page.get_by_role("button", name="How is “Gwet's AC1” computed?").click()
    expect(page.locator("[popover]:popover-open")).to_contain_text("by far the most frequent")
    page.keyboard.press("Escape")
    cells = page.locator("#matrix tbody a")
    expect(cells).to_have_count(12)
    cells.first.focus()  # worker 0 with worker 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(cells.nth(5)).to_be_focused()  # worker 1 with worker 3
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # below, worker 3 meets themselves: nowhere to go
    expect(cells.nth(8)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Worker 2 and Worker 3")
    rows = page.locator("#differences tbody tr")
    assert rows.count() > 10
    assert set(rows.locator("td:nth-child(3)").all_inner_texts()) == {"yes"}
    assert set(rows.locator("td:nth-child(2)").all_inner_texts()) == {"no"}
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.path().read_text().startswith("Task,Worker 2,Worker 3,Nearness")
    address = re.compile(rf"^/projects/{crowd.project.pk}/tasks/\d+/$")
    expect(rows.first.get_by_role("link")).to_have_attribute("href", address)
    assert not errors


def test_on_a_phone_the_pairs_who_agree_least_come_first_and_the_matrix_is_a_click_away(
    page: Page, live_web: LiveWeb
) -> None:
    crowd = lawyers()
    errors = collect_errors(page)
    sign_in(page, live_web.url, Membership.objects.get(project=crowd.project, role=Role.MANAGER).user)
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/agreement/")
    matrix, opener = page.locator("#matrix"), page.get_by_text("The matrix of 4 people")
    expect(matrix).to_be_visible()
    expect(opener).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("region", name="Who agree least")).to_be_visible()
    expect(matrix).to_be_hidden()
    opener.focus()
    page.keyboard.press("Enter")
    expect(matrix).to_be_visible()
    tab = page.get_by_role("navigation", name="Quality").locator("[aria-current]")
    page.goto(f"{live_web.url}/projects/{crowd.project.pk}/plan/")
    expect(tab).to_have_text("Answers per task")
    expect(tab).to_be_in_viewport()
    assert not errors
