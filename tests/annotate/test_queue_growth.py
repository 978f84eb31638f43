"""Ten times the tasks, and ten times as much behind the same person: the same pages looked at.

Counted in pages of tables and indexes, with the plans that people get; never in seconds. Everybody here is
somebody for whom a queue can get slow. `make bench ONLY=queue` measures the same people at a million.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from annotate import policy
from annotate.models import Assignment, QueueCursor, QueueEntry, RankingEpoch
from annotate.services import hidden, scan
from annotate.services.experts import give_to_experts
from annotate.services.found import STRETCH
from annotate.services.keys import reopened_epoch
from annotate.services.leases import add_person
from annotate.services.queue import Drawing, draw
from annotate.services.ranking import prioritize, rerank
from annotate.services.submit import submit
from projects.access.doors import find_project
from projects.models import Membership, Project, Role
from tests.plans import Explained, explained
from tests.queue_seed import Past, analyze, fill, live_through
from tests.world import World, make_project, make_user, make_world

pytestmark = pytest.mark.django_db

SMALL, LARGE = 1_000, 10_000
MOST_PAGES = 150  # of one statement; only taking back twenty leases writes more
WORK_TABLES = {"annotate_queueentry", "annotate_assignment", "projects_task", "projects_tasksummary"}
VALUE = {"sentiment": "positive"}


@dataclass(frozen=True)
class Case:
    """Somebody in a project of some size."""

    project: Project
    person: User

    def draw(self) -> Drawing:
        """One item."""
        return draw(find_project(self.person, self.project.pk), 1)


@dataclass(frozen=True)
class Cost:
    """What one ``next`` and the ``submit`` of what it brought did in the database."""

    drawn: list[Explained]
    sent: list[Explained]


class Sized:
    """Three projects of one size, and whoever works in them."""

    def __init__(self, world: World, tasks: int) -> None:
        self._world, self.tasks, self._people = world, tasks, 0
        self.work = self._project(overlap=3)
        self.gold = self._project(overlap=10, gold_share=0.5, gold_every=10)
        self.single = self._project(overlap=1)

    def somebody(
        self, project: Project, *, state: str = "", share: int = 10, after: int = 0, hours: int = -1
    ) -> Case:
        """A new member, or one with a share of the project behind them, ``after`` so many tasks."""
        self._people += 1
        person = make_user(f"P{self.tasks}x{self._people}", self._world.organization)
        Membership.objects.create(project=project, user=person, role=Role.ANNOTATOR)
        if state:
            live_through(project, person, Past(state, self.tasks // share, after, hours))
        return Case(project, person)

    def rank(self, rounds: int = 5) -> None:
        """Rank a part of the project some times, from the head on, which somebody has done."""
        ids = list(
            QueueEntry.objects.filter(project=self.work, epoch=0).order_by("pk").values_list("pk", flat=True)
        )
        for number in range(rounds):
            rerank(project_id=self.work.pk, task_ids=ids[number :: rounds * 2][: self.tasks // 50])

    def give_priority(self) -> None:
        """Half of the project, in batches as a bulk action has them."""
        ids = list(QueueEntry.objects.filter(project=self.work).order_by("pk").values_list("pk", flat=True))
        for start in range(0, self.tasks // 2, 100):
            prioritize(project_id=self.work.pk, task_ids=ids[start : start + 100], priority=5)

    def _project(self, *, gold_every: int = 0, **settings: Any) -> Project:
        project = make_project(self._world.organization, self._world.max, hold_size=5, **settings)
        reopened_epoch(project.pk)
        fill(project, self.tasks, gold_every=gold_every)
        return project


@pytest.fixture(scope="module")
def sizes(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Sized]]:
    """The same at two sizes; what a test does to them is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        found = [Sized(world, tasks) for tasks in (SMALL, LARGE)]
        for size in found:
            for project in (size.work, size.gold, size.single):
                size.somebody(project, state="submitted", share=20, after=size.tasks // 2)
        with connection.cursor() as cursor:  # now, once: else at the end of every test
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        analyze()
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def sandbox(sizes: list[Sized]) -> Iterator[list[Sized]]:
    with transaction.atomic():
        yield sizes
        transaction.set_rollback(True)


def cost(case: Case) -> Cost:
    """Let them work a little, so that they are where they would be; then look."""
    for number in range(2):
        _submit(case.draw().assignments[0], number)
    box: list[Assignment] = []
    drawn = explained(lambda: box.append(case.draw().assignments[0]))
    return Cost(drawn, explained(lambda: _submit(box[0], 3)))


def _submit(assignment: Assignment, number: int) -> None:
    submit(assignment=assignment, value=VALUE, seconds=1.0, key=f"k{number}")


def assert_flat(small: Cost, large: Cost) -> None:
    """Pages looked at grow by less than half, and nothing is read from end to end."""
    for few, many in ((small.drawn, large.drawn), (small.sent, large.sent)):
        said = [(one.name, one.buffers) for one in many if one.buffers > 10]
        assert sum(one.buffers for one in many) < 1.5 * sum(one.buffers for one in few), said
        assert not {table for one in many for table in one.scanned()} & WORK_TABLES
        assert all(one.buffers < MOST_PAGES for one in many if not one.name.startswith("reclaim")), said


def test_somebody_new(sandbox: list[Sized]) -> None:
    assert_flat(*(cost(size.somebody(size.work)) for size in sandbox))


def test_somebody_who_did_all_at_the_head(sandbox: list[Sized]) -> None:
    assert_flat(*(cost(size.somebody(size.work, state="submitted")) for size in sandbox))


def test_somebody_who_skipped_all_at_the_head(sandbox: list[Sized]) -> None:
    assert_flat(*(cost(size.somebody(size.work, state="skipped")) for size in sandbox))


def test_with_gold_and_a_gate(sandbox: list[Sized], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is let in depends on something of theirs."""
    asked: list[str] = []

    def gate(project: Project, user: User) -> policy.Reason | None:
        asked.append("gate")
        known = Membership.objects.filter(project=project, user=user).exists()
        return None if known else policy.Reason("certificate")

    monkeypatch.setattr(policy, "_gates", {"certificate": gate})
    monkeypatch.setattr(hidden, "random_key", lambda: hidden.KEY_RANGE // 2)
    monkeypatch.setattr(hidden, "toss", lambda slots, share: [False] * slots)  # no chance: gold writes less
    assert_flat(*(cost(size.somebody(size.gold, state="submitted")) for size in sandbox))
    assert asked


def test_with_one_answer_to_each(sandbox: list[Sized]) -> None:
    """What others have answered at the head is full."""
    for size in sandbox:
        size.somebody(size.single, state="submitted")
    assert_flat(*(cost(size.somebody(size.single)) for size in sandbox))


def test_others_hold_many(sandbox: list[Sized]) -> None:
    """Neither all that is held in the project is looked through, nor all that this person has done."""
    for size in sandbox:
        size.somebody(size.work, state="active", hours=1, after=size.tasks // 4)
    cases = [size.somebody(size.work, state="submitted") for size in sandbox]
    analyze()
    assert_flat(*map(cost, cases))


def test_many_leases_have_run_out(sandbox: list[Sized]) -> None:
    """Some are taken back at every draw, a bounded number."""
    for size in sandbox:
        size.somebody(size.work, state="active")
        analyze()
    costs = [cost(size.somebody(size.work)) for size in sandbox]
    assert all(any(one.name.startswith("reclaim") for one in found.drawn) for found in costs)
    assert_flat(*costs)


def test_after_many_rankings(sandbox: list[Sized]) -> None:
    """Somebody has done all that was ranked, and the head."""
    cases = [size.somebody(size.work, state="submitted", share=5) for size in sandbox]
    for size in sandbox:
        size.rank()
    for case in cases:  # once over all that was ranked
        _submit(case.draw().assignments[0], 9)
    costs = [cost(case) for case in cases]
    assert_flat(*costs)
    assert [one.name for one in costs[1].drawn].count("take_1") == 1  # where nothing is left, nobody looks


def test_after_a_priority_for_half_of_the_project(sandbox: list[Sized]) -> None:
    """One epoch for all batches, and those who are through with it look into it once."""
    cases = [size.somebody(size.work) for size in sandbox]
    for size in sandbox:
        size.give_priority()
        assert RankingEpoch.objects.filter(project=size.work, reason="priority 5").count() == 1
    assert_flat(*map(cost, cases))


def test_somebody_who_did_everything(sandbox: list[Sized]) -> None:
    """There is nothing, and looking again at all of it happens a stretch at a time."""
    large = sandbox[1]
    case = large.somebody(large.work, state="skipped", share=1)
    case.draw()
    found = explained(case.draw)
    (again,) = (one for one in found if one.name == "look_again")
    assert STRETCH <= again.rows <= 3 * STRETCH < LARGE
    assert not {table for one in found for table in one.scanned()} & WORK_TABLES


def nearly_done(size: Sized) -> Case:
    """Somebody who has answered all but the last task, has no cursor, and need not look from the end."""
    case = size.somebody(size.work, state="submitted", share=1)
    last = QueueEntry.objects.filter(project=size.work, epoch=0).latest("order_key")
    Assignment.objects.filter(task=last.pk, user=case.person).delete()
    add_person(size.work.pk, case.person.pk)
    QueueCursor.objects.filter(user=case.person, epoch=-1).update(rescanned_at=timezone.now())
    return case


def test_somebody_without_a_cursor(sandbox: list[Sized], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each draw looks at so many rows, however many are theirs, and goes on where the last one ended."""
    monkeypatch.setattr(scan, "STRETCH", 100)
    monkeypatch.setattr(scan, "ENOUGH", 200)
    cases = [nearly_done(size) for size in sandbox]
    for _ in range(2):
        few, many = ([one for one in explained(case.draw) if one.buffers] for case in cases)
        assert [one.name for one in few] == [one.name for one in many]
        assert sum(one.buffers for one in many) < 1.5 * sum(one.buffers for one in few)
        assert [one.rows for one in many if one.name == "take_1"] == [200, 200]  # each, and had by them
    asked = 2
    while not (found := cases[1].draw()).assignments:
        assert found.reason == policy.Reason("searching")
        asked += 1
    assert asked == (LARGE - 1) // 200


def test_what_one_draw_may_look_at(sandbox: list[Sized]) -> None:
    """In truth it is four stretches of 2,000, row by row: without sorting, and without a lock."""
    case = nearly_done(sandbox[1])
    walks = [one for one in explained(case.draw) if one.name == "take_1"]
    assert [one.rows for one in walks] == [2 * STRETCH] * 4
    assert [one.buffers for one in walks if one.buffers > 15 * STRETCH] == []
    assert not {"Sort", "Hash", "Seq Scan"} & {node["Node Type"] for one in walks for node in one.nodes()}
    assert len(case.draw().assignments) == 1


def test_many_epochs_are_not_all_looked_into(sandbox: list[Sized]) -> None:
    """Whoever finds something at the top does not pay for what lies below."""
    large = sandbox[1]
    case = large.somebody(large.work)
    ids = list(QueueEntry.objects.filter(project=large.work).order_by("-pk").values_list("pk", flat=True))
    before = cost(case)
    for number in range(40):
        rerank(project_id=large.work.pk, task_ids=ids[number * 5 : number * 5 + 5])
    after = cost(case)
    assert sum(one.buffers for one in after.drawn) < 2 * sum(one.buffers for one in before.drawn)


def test_the_plans_are_the_generic_ones(sandbox: list[Sized]) -> None:
    """What is explained here is what the database runs for everybody: planned once, for no value."""
    found = cost(sandbox[0].somebody(sandbox[0].work))
    prepared = [one for one in found.drawn + found.sent if one.sql.startswith("EXECUTE")]
    assert {"lock_person", "held", "next_level", "take_1", "give", "standing", "write_first"} <= {
        one.name for one in prepared
    }
    (take,) = (one for one in prepared if one.name == "take_1")
    assert not {"Sort", "Hash", "Seq Scan"} & {node["Node Type"] for node in take.nodes()}
    conditions = [node["Index Cond"] for node in take.nodes() if node.get("Index Name") == "queue_open_work"]
    assert conditions
    assert all("$" in condition for condition in conditions)


def test_an_index_of_its_own_finds_what_waits_for_experts(sandbox: list[Sized]) -> None:
    """An expert looks at a few pages more than others, also where nothing waits; nobody else does."""
    case = sandbox[-1].somebody(sandbox[-1].work)
    other = sandbox[-1].somebody(sandbox[-1].work)
    Membership.objects.filter(project=case.project, user=case.person).update(is_expert=True)
    tasks = QueueEntry.objects.filter(project=case.project).order_by("-pk").values_list("pk", flat=True)
    give_to_experts(project_id=case.project.pk, task_ids=list(tasks[:3]))
    for number, waits in enumerate((3, 2, 1, 0)):
        box: list[Assignment] = []
        found = explained(lambda box=box: box.append(case.draw().assignments[0]))
        (look,) = (one for one in found if one.name == "take_for_experts")
        assert not look.scanned() & WORK_TABLES
        assert "queue_open_experts" in {node.get("Index Name") for node in look.nodes()}
        assert look.buffers < 40
        assert any(one.name.startswith("take_1") for one in found) == (waits == 0)
        _submit(box[0], number)
    assert "take_for_experts" not in {one.name for one in explained(other.draw)}
