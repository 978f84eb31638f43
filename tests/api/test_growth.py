"""Ten times the tasks, and every page touches as many buffers as before; nothing reads a big table through.

What pages may look at is bounded; here the bounds are small, so that two small projects tell what a million
tasks would.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import Organization
from annotate.models import Annotation
from annotate.task_list import ORDERS, cursor_at
from benchmarks import seeds
from projects.models import Project, Task, TaskSummary
from projects.services.counts import fold_state_counts
from quality.services.agreement import refresh_agreement
from quality.services.figures import refresh_figures
from tests.explain import Plan, buffers, nodes, plan_of, read_whole, rows_read, statements_of

SMALL, LARGE = 1_500, 15_000
READ_THROUGH = LARGE // 3  # rows; fewer is a scan that a limit ended early
ROOM = 60  # buffers: an index one level higher, a row on a page of its own
ROOM_FOR_ROWS = 300  # gold and its like, of which a larger project has more
BOUNDS = {
    "annotate.task_list.rows.LOOKED_AT": 120,
    "annotate.task_list.counts.MOST_READ": 120,
    "annotate.task_list.counts.COUNT_EXACTLY": 60,
    "annotate.waiting.COUNTED": 10,
    "annotate.pages.review.COUNTED": 10,
    "annotate.pages.review.FIRST_ROWS": 5,
    "annotate.pages.review.MOST_TODAY": 20,
    "quality.reports.progress.ADDED_UP": 60,
    "quality.reports.items.LOOKED_AT": 10,
    "quality.reports.items.MOST": 5,
    "quality.pages.gold.LOOKED_AT": 15,
    "quality.reports.gold_health.MOST": 2,
    "quality.reports.gold_health.MOST_PROPOSED": 2,
    "quality.services.mining.LOOKED_AT": 15,
    "quality.reports.accuracy.MOST_REVIEWS": 20,
    "quality.services.labels.MOST_LABELED": 60,
}
BIG = {
    "projects_task",
    "projects_tasksummary",
    "annotate_annotation",
    "annotate_annotationversion",
    "annotate_queueentry",
    "quality_consensus",
    "quality_vote",
    "quality_goldgrade",
}
LISTS = {
    "everything": "",
    "done": "state=done",
    "two states": "state=open,blocked",
    "one class": "class=topic-07",
    "common word": "q=delivery",
    "rare word": "q=heliotrope",
    "no such word": "q=zzzz",
    "language": "meta=lang%3Dde",
    "no such metadata": "meta=lang%3Dxx",
    "low agreement": "agreement_to=0.4",
    "high probability": "probability_from=0.9",
    "probability between": "probability_from=0.7005&probability_to=0.9001",
    "probability between, by it": "probability_from=0.7005&probability_to=0.9001&order=-probability",
    **{f"by {sign}{order}": f"order={sign}{order}" for order in ORDERS for sign in ("", "-")},
}
# What is asked, without a value: by somebody who answered much.
PAIRS: dict[str, dict[str, str]] = {
    "person and late batch": {"person": "", "meta": "batch=9"},
    "late word and person": {"q": seeds.LATE, "person": ""},
    "person and class": {"person": "", "class": "topic-07"},
    "low agreement and person": {"agreement_to": "0.2", "person": ""},
    "class and late batch": {"class": "topic-07", "meta": "batch=9"},
    "late word and class": {"q": seeds.LATE, "class": "topic-07"},
    "late batch and late word": {"meta": "batch=9", "q": seeds.LATE},
    "low agreement and late batch": {"agreement_to": "0.2", "meta": "batch=9"},
    "early batch and low agreement": {"meta": "batch=0", "agreement_to": "0.2"},
}
PAGES = (
    "",
    "data/?view=grid",
    "review/",
    "quality/",
    "agreement/",
    "agreement/pair/",
    "people/",
    "progress/",
    "gold/",
    "gold/mined/",
    "model/",
    "export/",
)
API = ("annotations/", "consensus/", "annotators/", "reviews/", "predictions/")


@dataclass(frozen=True)
class Seeded:
    """A project and a client of its manager."""

    project: Project
    client: Client

    def plans(self, address: str) -> list[Plan]:
        """The plan of every statement of an address, carried out."""

        def get() -> None:
            response = self.client.get(address.format(self.project.pk))
            assert response.status_code == 200, response.content[:300]

        get()
        return [plan_of(statement) for statement in statements_of(get)]


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Seeded, Seeded]]:
    """Two projects, one of ten times the size."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # what earlier tests rolled back stands in the indexes' pages
        with transaction.atomic():
            yield _seed(SMALL), _seed(LARGE)
            transaction.set_rollback(True)


def _seed(tasks: int) -> Seeded:
    organization = Organization.objects.create(name=f"{tasks} tasks")
    project, manager, _ = seeds.seeded_project(organization, tasks, tidy="ANALYZE")
    refresh_figures(project)
    with pytest.MonkeyPatch.context() as bounds:  # both have more tasks on which two people differ
        bounds.setattr("quality.services.agreement_people.MOST_EXAMPLES", 5)
        refresh_agreement(project)
    fold_state_counts()
    client = Client()
    client.force_login(manager)
    return Seeded(project, client)


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, bound in BOUNDS.items():
        monkeypatch.setattr(name, bound)


def check(seeded: tuple[Seeded, Seeded], address: str) -> None:
    """Neither grows nor reads through."""
    few, many = (one.plans(address) for one in seeded)
    assert not {table for plan in many for table in read_whole(plan, rows=READ_THROUGH)} & BIG, address
    before, after = (sum(buffers(plan) for plan in plans) for plans in (few, many))
    assert after < 1.5 * before + ROOM, f"{address}: {before} buffers, then {after}"
    before, after = (sum(rows_read(plan) for plan in plans) for plans in (few, many))
    assert after < 1.5 * before + ROOM_FOR_ROWS, f"{address}: {before} rows, then {after}"


@pytest.mark.parametrize("view", LISTS)
def test_the_task_list(seeded: tuple[Seeded, Seeded], view: str) -> None:
    check(seeded, f"/projects/{{}}/data/?{LISTS[view]}")


@pytest.mark.parametrize("query", ["q=zzzz", "meta=lang%3Dxx", "person=1", "class=nothing"])
def test_what_nothing_matches_is_looked_for_nowhere(seeded: tuple[Seeded, Seeded], query: str) -> None:
    """The count, from the filter's own index, has said so: no row is tried."""
    plans = seeded[1].plans(f"/api/v1/projects/{{}}/tasks/?{query}")
    assert sum(rows_read(plan) for plan in plans) < 60


@pytest.mark.parametrize("order", ["-import", "agreement"])
@pytest.mark.parametrize("pair", PAIRS)
def test_two_filters_cost_what_the_smaller_holds(
    seeded: tuple[Seeded, Seeded], monkeypatch: pytest.MonkeyPatch, pair: str, order: str
) -> None:
    """Sets that lie far from each other, or from where the order begins: no product, no walk to them."""
    monkeypatch.setattr("annotate.task_list.counts.MOST_READ", LARGE // 8)
    monkeypatch.setattr("annotate.task_list.rows.LOOKED_AT", 10)
    project = seeded[1].project
    query = urlencode({name: value or _answered_by(project) for name, value in PAIRS[pair].items()})
    smaller = min(_held(project, name, value) for name, value in PAIRS[pair].items())
    plans = seeded[1].plans(f"/api/v1/projects/{{}}/tasks/?{query}&order={order}")
    touched = sum(buffers(plan) for plan in plans)
    assert touched < 2 * smaller + ROOM * 2


def _answered_by(project: Project) -> int:
    """Somebody with as many answers as anybody."""
    return int(Annotation.objects.filter(project=project).order_by("pk").values_list("user", flat=True)[0])


def _held(project: Project, name: str, value: str) -> int:
    """How many tasks a filter lets through."""
    if name == "person":
        return Annotation.objects.filter(project=project, user=_answered_by(project)).count()
    known = TaskSummary.objects.filter(project=project)
    if name in ("class", "agreement_to"):
        figure = {"classes__contains": [value]} if name == "class" else {"agreement__lte": value}
        return known.filter(**figure).count()
    return LARGE // 10


@pytest.mark.parametrize("query", ["q=heliotrope", "q=heliotrope&class=topic-07&order=-priority", "q=zzzz"])
def test_rare_words_are_looked_up_once(seeded: tuple[Seeded, Seeded], query: str) -> None:
    """Found, counted and sorted in one statement; their rows are the one after it."""
    plans = seeded[1].plans(f"/api/v1/projects/{{}}/tasks/?{query}")
    looks = [plan for plan in plans if any(node.get("Index Name") == "task_search" for node in nodes(plan))]
    assert len(looks) == 1
    wide = [
        plan for plan in plans if any(node.get("Relation Name") == "projects_task" for node in nodes(plan))
    ]
    assert len(wide) <= 2


@pytest.mark.parametrize("order", ORDERS)
def test_deep_pages_cost_what_the_first_does(seeded: tuple[Seeded, Seeded], order: str) -> None:
    _, many = seeded
    first = int(Task.objects.filter(project=many.project).order_by("pk").values_list("pk", flat=True)[0])
    deep = Task.objects.select_related("summary").get(pk=first + int(LARGE * 0.54))
    address = f"/api/v1/projects/{{}}/tasks/?order={order}"
    costs = [
        sum(buffers(plan) for plan in many.plans(each))
        for each in (address, f"{address}&cursor={cursor_at('n', ORDERS[order], deep)}")
    ]
    assert costs[1] < 1.5 * costs[0] + ROOM


@pytest.mark.parametrize("path", PAGES)
def test_pages(seeded: tuple[Seeded, Seeded], path: str) -> None:
    check(seeded, f"/projects/{{}}/{path}")


@pytest.mark.parametrize("path", API)
def test_lists_of_the_api(seeded: tuple[Seeded, Seeded], path: str) -> None:
    check(seeded, f"/api/v1/projects/{{}}/{path}")


def test_the_first_page(seeded: tuple[Seeded, Seeded]) -> None:
    check(seeded, "/")


def test_a_plan_that_reads_through_is_seen(seeded: tuple[Seeded, Seeded]) -> None:
    assert read_whole(plan_of("SELECT count(*) FROM projects_task WHERE external_id LIKE '%z'")) & BIG
