"""Two errors hide in a reviewer's queue; the reviewer misses one; the manager sees the catch rate."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Review, SeededAnswer
from quality.models import GoldItem, SeedPlan
from quality.services.gold import GoldInput, make_many
from quality.services.seeding_reviews import seed_reviews
from tests.browser.review_desk import TEXT_FIELDS, ReviewDesk, answered, mood, staffed, waits
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import LiveWeb
from tests.world import make_tasks, make_world

pytestmark = pytest.mark.browser


def test_it_works(page: Page, live_web: LiveWeb, transactional_db: None) -> None:
    world = make_world()
    project = staffed(world, TEXT_FIELDS, overlap=1, blind_review=True)
    tasks = make_tasks(project, [f"Maria met Tom in Bonn, {number}." for number in range(18)])
    for _ in range(10):
        waits(answered(project, world.ann, mood("good", (0, 5, "person"))))
    gold = [GoldInput(task.pk, [mood("good", (0, 5, "person"))]) for task in tasks[12:]]
    make_many(project=project, items=gold, by=world.max)

    # Max turns it on; a worker seeds.
    address = f"{live_web.url}/projects/{project.pk}/seeded-errors/"
    sign_in(page, live_web.url, world.max)
    errors = collect_errors(page)
    page.goto(f"{live_web.url}/projects/{project.pk}/people/")
    page.get_by_role("link", name="Seeded errors").click()
    page.get_by_label("Of what a reviewer is given, in %").fill("20")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The plan is in force")).to_be_visible()
    assert seed_reviews(SeedPlan.objects.select_related("project").get(project=project)) == 2
    caught, missed = SeededAnswer.objects.order_by("pk")
    assert GoldItem.objects.filter(task__in=[caught.task_id, missed.task_id]).count() == 2

    # Rita meets them last, as they came last: she sends one back, and accepts the other like all before it.
    page.context.clear_cookies()
    desk = ReviewDesk(page, live_web.url, project, world.rita).open(f"?answer={caught.pk}")
    page.wait_for_selector(f'#review-stage[data-shown="{caught.pk}"]')
    assert "seeded" not in page.content().lower().replace("seeded-", "")
    desk.press("r")
    page.locator("#reject-dialog").wait_for()
    desk.press("1", "Enter")
    desk.page.wait_for_selector(f'#review-stage:not([data-shown="{caught.pk}"])')
    desk.open(f"?answer={missed.pk}")
    page.wait_for_selector(f'#review-stage[data-shown="{missed.pk}"]')
    desk.press("a")
    judged = SeededAnswer.objects.filter(judged_at__isnull=False)
    for _ in range(400):  # verdicts are sent behind what is on the screen
        if judged.count() == 2:
            break
        page.wait_for_timeout(25)
    assert set(judged.values_list("verdict", flat=True)) == {"accept", "reject"}
    assert not Review.objects.exists()

    # Max sees how many Rita noticed, with its interval, and which.
    page.context.clear_cookies()
    sign_in(page, live_web.url, world.max)
    page.goto(address)
    row = page.get_by_role("row", name="Rita")
    expect(row).to_contain_text("0.50")
    row.get_by_role("link", name="The seeded errors of Rita").click()
    expect(page.get_by_text("sent back: wrong class")).to_be_visible()
    expect(page.get_by_role("cell", name="accepted")).to_be_visible()
    assert errors + desk.errors == []
