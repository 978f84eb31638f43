"""The review page in a browser: reasons, one key per verdict, undo, conflicts, blind review, deciding."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from annotate.models import Adjudication, Annotation, Review, ReviewEntry, ReviewReason
from annotate.services.reviews import Judgement, give_verdict
from projects.models import Project, TaskSummary
from quality.models import GoldItem
from tests.browser.review_desk import TEXT_FIELDS, ReviewDesk, answered, mood, serving, staffed, waits
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.browser
TIME_OF_NEXT = """
(wanted) => {
  const stage = document.getElementById('review-stage');
  const before = performance.now();
  document.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', code: 'KeyJ', bubbles: true}));
  return new Promise((done) => {
    const look = () =>
      stage.dataset.shown === wanted ? done(performance.now() - before) : setTimeout(look, 1);
    look();
  });
}
"""
TEXTS = ["Maria met Tom in Bonn.", "Nobody came to Ems.", "Ana saw Rome."]


@pytest.fixture(scope="module")
def url(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with django_db_blocker.unblock(), serving(tmp_path_factory.mktemp("web")) as address:
        yield address


@pytest.fixture(scope="module")
def world(url: str) -> World:
    return make_world()


@pytest.fixture
def project(world: World) -> Project:
    project = staffed(world, TEXT_FIELDS, overlap=2)
    make_tasks(project, TEXTS)
    return project


@pytest.fixture
def heads(world: World, project: Project) -> list[Annotation]:
    """Ann's three answers, waiting for three reasons."""
    first = waits(
        answered(project, world.ann, mood("good", (0, 5, "person"))), ReviewReason.LOW_AGREEMENT, 0.42
    )
    second = waits(answered(project, world.ann, mood("bad")), ReviewReason.LOW_TRUST, 0.55)
    third = waits(answered(project, world.ann, mood("neither")))
    return [first, second, third]


@pytest.fixture
def desk(page: Page, url: str, world: World, project: Project, heads: list[Annotation]) -> ReviewDesk:
    return ReviewDesk(page, url, project, world.rita).open()


def stands(head: Annotation, verdict: str) -> bool:
    return Review.objects.filter(annotation=head, verdict=verdict, undone_at__isnull=True).exists()


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for the database: verdicts are sent behind what is on the screen."""
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it did not happen")


def test_it_works(desk: ReviewDesk, heads: list[Annotation]) -> None:
    first, second, _ = heads
    desk.shows(first)
    for head, reason in zip(heads, ("low agreement 0.42", "low trust 0.55", "random"), strict=True):
        expect(desk.row(head)).to_contain_text(f"{reason} · Ann")
    desk.press("a")
    desk.shows(second)
    expect(desk.page.locator("#review-today")).to_have_text("1")
    expect(desk.row(first)).to_have_count(0)
    until(desk.page, lambda: stands(first, "accept"))
    assert TaskSummary.objects.get(pk=first.task_id).source == "review"
    assert desk.errors == []


def test_the_next_entry_is_there_at_once(desk: ReviewDesk, heads: list[Annotation]) -> None:
    desk.page.wait_for_load_state("networkidle")
    desk.page.route("**/api/v1/**", lambda route: route.abort() if route.request.method == "GET" else None)
    assert desk.page.evaluate(TIME_OF_NEXT, str(heads[1].pk)) < 1000  # without any request


def test_undo_brings_it_back(desk: ReviewDesk, heads: list[Annotation]) -> None:
    desk.press("a")
    desk.shows(heads[1])
    desk.press("Control+z")
    desk.shows(heads[0])
    desk.says("Taken back")
    assert not stands(heads[0], "accept")
    assert ReviewEntry.objects.filter(annotation=heads[0], closed_at__isnull=True).exists()
    expect(desk.page.locator("#review-today")).to_have_text("0")
    desk.press("a")
    until(desk.page, lambda: stands(heads[0], "accept"))


def test_next_and_previous_give_no_verdict(desk: ReviewDesk, heads: list[Annotation]) -> None:
    desk.press("j", "j")
    desk.shows(heads[2])
    desk.press("k")
    desk.shows(heads[1])
    desk.page.wait_for_url(f"**answer={heads[1].pk}")
    desk.page.reload()
    desk.shows(heads[1])
    assert not Review.objects.filter(project=heads[0].project_id).exists()


def test_rejecting_needs_no_mouse(desk: ReviewDesk, heads: list[Annotation]) -> None:
    desk.press("n", "r", "1", "Tab", "Tab")
    desk.page.keyboard.type("a place, not 1 person")
    desk.press("Control+Enter")
    desk.shows(heads[1])
    until(desk.page, lambda: stands(heads[0], "reject"))
    review = Review.objects.get(annotation=heads[0])
    assert (review.code, review.comment) == ("wrong class", "a place, not 1 person")
    assert review.pin == {"field": "people", "region": "s0", "text": "person “Maria”"}
    assert desk.errors == []


def test_a_rejection_can_be_left(desk: ReviewDesk, heads: list[Annotation]) -> None:
    desk.press("r", "a", "Escape")
    expect(desk.page.locator("#reject-dialog")).not_to_be_visible()
    desk.shows(heads[0])
    assert not Review.objects.filter(project=heads[0].project_id).exists()


def test_escape_leaves_a_fix(desk: ReviewDesk, heads: list[Annotation]) -> None:
    desk.press("e")
    expect(desk.page.locator("[data-do=save]")).to_be_visible()
    desk.press("Escape")
    expect(desk.page.locator("[data-do=accept]")).to_be_visible()
    assert not Annotation.objects.filter(task=heads[0].task_id, is_fix=True).exists()


def test_somebody_else_was_first(
    desk: ReviewDesk, world: World, project: Project, heads: list[Annotation]
) -> None:
    give_verdict(annotation=heads[0], project=project, by=world.max, judgement=Judgement("accept"))
    desk.press("r", "1", "Enter")
    desk.shows(heads[1])
    desk.says("was reviewed meanwhile")
    expect(desk.row(heads[0])).to_have_count(0)
    expect(desk.page.locator("#review-today")).to_have_text("0")
    assert not stands(heads[0], "reject")


def test_a_lost_connection_loses_no_verdict(desk: ReviewDesk, heads: list[Annotation]) -> None:
    """What was said stays said, is kept in the browser, and arrives when the connection is back."""
    desk.page.wait_for_load_state("networkidle")
    desk.page.context.set_offline(True)
    unsent = desk.page.locator("#review-unsent")
    desk.press("a")
    desk.shows(heads[1])
    expect(unsent).to_have_text("No connection: 1 verdict is kept here")
    desk.press("a")
    desk.shows(heads[2])
    expect(unsent).to_have_text("No connection: 2 verdicts are kept here")
    desk.press("Control+z")
    desk.shows(heads[1])
    assert not Review.objects.filter(project=heads[0].project_id).exists()
    desk.page.context.set_offline(False)
    until(desk.page, lambda: stands(heads[0], "accept"))
    expect(unsent).to_be_hidden()
    assert Review.objects.filter(project=heads[0].project_id).count() == 1


def test_a_verdict_outlives_its_page(desk: ReviewDesk, heads: list[Annotation]) -> None:
    """The page is left before the verdict could be sent: the next one sends it, and does not ask again."""
    desk.page.route("**/reviews/", lambda route: route.abort())
    desk.press("a")
    desk.shows(heads[1])
    expect(desk.page.locator("#review-unsent")).to_be_visible()
    desk.page.unroute("**/reviews/")
    desk.open()
    desk.shows(heads[1])
    expect(desk.row(heads[0])).to_have_count(0)
    until(desk.page, lambda: stands(heads[0], "accept"))


def test_many_are_accepted_at_once(desk: ReviewDesk, heads: list[Annotation]) -> None:
    """Also without a connection: they leave, wait in the browser, arrive; all can be taken back."""
    rows, unsent = desk.page.locator("#review-list li"), desk.page.locator("#review-unsent")
    desk.page.wait_for_load_state("networkidle")
    desk.page.context.set_offline(True)
    desk.press("x", "j", "j", "x", "Shift+A")
    desk.says("2 accepted")
    desk.shows(heads[1])
    expect(rows).to_have_count(1)
    expect(unsent).to_have_text("No connection: 2 verdicts are kept here")
    desk.press("Control+z")
    desk.shows(heads[0])
    expect(rows).to_have_count(3)
    assert [row.get_attribute("data-annotation") for row in rows.all()] == [str(head.pk) for head in heads]
    desk.press("x", "j", "j", "x", "Shift+A")
    expect(rows).to_have_count(1)
    desk.page.context.set_offline(False)
    until(desk.page, lambda: stands(heads[0], "accept") and stands(heads[2], "accept"))
    expect(unsent).to_be_hidden()
    desk.press("Control+z")
    desk.says("Taken back")
    assert not Review.objects.filter(project=heads[0].project_id, undone_at__isnull=True).exists()
    expect(rows).to_have_count(3)


def test_filters_stand_in_the_address(desk: ReviewDesk, heads: list[Annotation]) -> None:
    desk.page.select_option("#filter-reason", "low_trust")
    desk.page.wait_for_url("**reason=low_trust**")
    desk.shows(heads[1])
    expect(desk.page.locator("#review-list li")).to_have_count(1)
    desk.press("a")
    expect(desk.page.locator("#review-empty")).to_contain_text("Nothing waits under these filters")


def test_an_empty_queue_says_what_fills_it(page: Page, url: str, world: World, project: Project) -> None:
    desk = ReviewDesk(page, url, project, world.rita).open()
    expect(page.locator("#review-empty")).to_contain_text("agree less than 0.5")
    desk.press("a", "r", "e", "j")
    assert desk.errors == []


def test_a_task_is_decided(desk: ReviewDesk, world: World, project: Project, heads: list[Annotation]) -> None:
    answered(project, world.abe, mood("bad"))
    desk.page.reload()
    desk.shows(heads[0])
    desk.press("d")
    desk.page.wait_for_url("**task=**")
    desk.page.wait_for_selector("[data-pick]")
    desk.press("2", "Enter")
    desk.page.locator("#decide-reason").fill("Read the end")
    desk.press("Control+Enter")
    desk.says("final answer now")
    until(desk.page, lambda: Adjudication.objects.filter(task=heads[0].task_id).exists())
    decision = Adjudication.objects.get(task=heads[0].task_id)
    assert (decision.value["mood"], decision.reason) == ("bad", "Read the end")
    expect(desk.page.locator(".review-judged")).to_contain_text("Decided by Rita: Read the end")


def test_a_decision_becomes_gold(desk: ReviewDesk, heads: list[Annotation]) -> None:
    desk.open(f"?task={heads[0].task_id}")
    desk.press("Enter")
    desk.page.locator("[name=gold]").check()
    desk.press("Control+Enter")
    desk.says("And it is gold")
    assert GoldItem.objects.filter(task=heads[0].task_id).count() == 1


def test_a_decision_outlives_its_page(desk: ReviewDesk, heads: list[Annotation]) -> None:
    """Shown as given at once; the page is left before it was sent, and the next one sends it, and gold."""
    task = heads[0].task_id
    desk.open(f"?task={task}")
    desk.page.route("**/adjudication/", lambda route: route.abort())
    desk.press("Enter")
    desk.page.locator("[name=gold]").check()
    desk.press("Control+Enter")
    decided = desk.page.locator(".review-judged")
    expect(decided).to_contain_text("Decided by Rita")
    expect(desk.page.locator("#review-unsent")).to_be_visible()
    desk.open(f"?task={task}")
    expect(decided).to_contain_text("Decided by Rita")
    assert not Adjudication.objects.filter(task=task).exists()
    desk.page.unroute("**/adjudication/")
    until(desk.page, lambda: GoldItem.objects.filter(task=task).exists())
    assert Adjudication.objects.filter(task=task).count() == 1


def test_a_comment_joins_the_thread(desk: ReviewDesk, heads: list[Annotation]) -> None:
    desk.press("c")
    desk.page.keyboard.type("Is Tom a person?")
    desk.page.get_by_role("button", name="Comment", exact=True).click()
    expect(desk.page.locator(".review-thread")).to_contain_text("Is Tom a person?")
    assert heads[0].task.comments.get().body == "Is Tom a person?"
