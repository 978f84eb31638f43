"""Walks over what somebody had already: a stretch at a time, nothing missed, nothing locked on the way.

Stretches of five rows stand for those of two thousand; tests/annotate/test_queue_growth.py counts the pages.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from annotate.models import Assignment, QueueCursor, QueueEntry
from annotate.services import scan
from annotate.services.keys import FIRST_EPOCH, reopened_epoch
from annotate.services.leases import add_person
from annotate.services.queue import Drawing, draw
from annotate.services.ranking import prioritize
from annotate.services.scan import Scan
from annotate.services.slots import set_wanted
from projects.access.doors import find_project
from projects.models import Project, Role
from tests.annotate.test_overlap import make_people, run_all
from tests.queue_seed import Past, fill, live_through
from tests.world import World, make_project, make_world

STRETCH, ENOUGH = 5, 20
LONG_AGO = "2026-01-01T00:00:00Z"

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "STRETCH", STRETCH)
    monkeypatch.setattr(scan, "ENOUGH", ENOUGH)


@dataclass
class Walker:
    """Somebody in a queue in the order of import, who has had some of it and has no cursor."""

    project: Project
    person: User
    ids: list[int]
    had: set[int] = field(default_factory=set)

    def has_had(self, tasks: Sequence[int]) -> None:
        """They have answered these."""
        Assignment.objects.bulk_create(
            Assignment(
                project=self.project,
                task_id=task,
                user=self.person,
                state="submitted",
                holds_slot=True,
                ontology_id=self.project.ontology_id,
                created_at=LONG_AGO,
                expires_at=LONG_AGO,
            )
            for task in tasks
        )
        QueueEntry.objects.filter(pk__in=tasks).update(taken=F("taken") + 1, answered=F("answered") + 1)
        self.had.update(tasks)

    def ask(self, count: int = 1) -> Drawing:
        """What they hold, topped up to so many."""
        return draw(find_project(self.person, self.project.pk), count)

    def take(self, count: int = 1) -> list[int]:
        """Ask, again while it says that the search goes on, and answer what comes."""
        while said(found := self.ask(count)) == "searching":
            pass
        tasks = [row.task_id for row in found.assignments]
        assert len(set(tasks)) == len(tasks)
        assert not self.had & set(tasks)
        self.had.update(tasks)
        Assignment.objects.filter(task__in=tasks, user=self.person).update(state="submitted")
        return tasks

    def cursor(self) -> int:
        """The task behind which they look."""
        row = QueueCursor.objects.filter(project=self.project, user=self.person, epoch=FIRST_EPOCH).first()
        return row.task_id if row else 0


def make(world: World, tasks: int, *, past: int = 0, **settings: Any) -> Walker:
    """Ann in a project of so many tasks, the first of which she has answered."""
    terms = {"overlap": 3, "hold_size": 20} | settings
    project = make_project(world.organization, world.max, members={world.ann: Role.ANNOTATOR}, **terms)
    reopened_epoch(project.pk)
    fill(project, tasks)
    live_through(project, world.ann, Past("submitted", past))
    rows = QueueEntry.objects.filter(project=project).order_by("order_key")
    ids = list(rows.values_list("pk", flat=True))
    add_person(project.pk, world.ann.pk)
    look_again(False)
    return Walker(project, world.ann, ids, set(ids[:past]))


def look_again(due: bool) -> None:
    """Whether it is time to look from the end of the queue too, when nothing is found from its head."""
    QueueCursor.objects.filter(epoch=-1).update(rescanned_at=None if due else timezone.now())


def said(drawing: Drawing) -> str:
    """The reason's code, or nothing."""
    return drawing.reason.code if drawing.reason else ""


@contextmanager
def elsewhere() -> Iterator[CursorWrapper]:
    """Another connection in a transaction, as of another web worker."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as found:
            yield found
    finally:
        other.rollback()
        other.close()


@contextmanager
def locked(tasks: Sequence[int]) -> Iterator[None]:
    """Somebody is at work on these rows of the queue, and does not come to an end."""
    with elsewhere() as other:
        other.execute(
            "SELECT 1 FROM annotate_queueentry WHERE task_id = ANY(%s) ORDER BY task_id FOR UPDATE",
            [list(tasks)],
        )
        yield


@pytest.fixture
def world() -> World:
    return make_world()


def test_what_lies_beyond_is_found_in_the_end(world: World) -> None:
    """Each draw goes on where the last one ended, and nobody is told that all is done before it is."""
    ann = make(world, 51, past=50)
    assert [said(ann.ask()) for _ in range(2)] == ["searching"] * 2
    assert ann.cursor() == ann.ids[2 * ENOUGH - 1]
    assert ann.take() == ann.ids[50:]


def test_meanwhile_there_is_work_from_the_end(world: World) -> None:
    ann = make(world, 55, past=50)
    look_again(True)
    assert [row.task_id for row in ann.ask().assignments] == ann.ids[54:]
    assert ann.cursor() == ann.ids[ENOUGH - 1]


def test_a_stretch_with_less_than_was_asked_for_is_followed_by_the_next(world: World) -> None:
    ann = make(world, 30)
    new = [2, 11, 12, 19, 29]
    ann.has_had([task for place, task in enumerate(ann.ids) if place not in new])
    assert ann.take(4) == [ann.ids[place] for place in new[:4]]
    assert ann.cursor() == ann.ids[19]


def test_who_is_through_is_told_so_once_there_is_no_more_to_look_at(world: World) -> None:
    ann = make(world, 42, past=42)
    assert [said(ann.ask()) for _ in range(4)] == ["searching"] * 2 + ["waiting_for_others"] * 2


def test_after_a_priority_for_much_that_is_done(world: World) -> None:
    """Whoever has a cursor in the order of import has none up there."""
    ann = make(world, 60, past=50)
    assert ann.take() == [ann.ids[50]]
    prioritize(project_id=ann.project.pk, task_ids=ann.ids[:55], priority=5)
    QueueEntry.objects.filter(epoch__gt=0).update(order_key=F("task_id"))  # that was long ago
    assert [said(ann.ask()) for _ in range(2)] == ["searching"] * 2
    assert ann.take(2) == ann.ids[51:53]


def test_after_the_overlap_was_raised(world: World) -> None:
    """All that she has answered is open again, and comes before all else."""
    ann = make(world, 45, overlap=1, past=40)
    set_wanted(project_id=ann.project.pk, task_ids=ann.ids[:41], wanted=2)
    QueueEntry.objects.filter(epoch__gt=0).update(order_key=F("task_id"))  # that was long ago
    assert [said(ann.ask()) for _ in range(2)] == ["searching"] * 2
    assert ann.take() == [ann.ids[40]]


def test_where_no_cursor_may_stand_yet_the_walk_is_short_too(world: World) -> None:
    """What came forward just now may still be joined by more before it: all of it is looked at again."""
    ann = make(world, 60, past=50)
    prioritize(project_id=ann.project.pk, task_ids=ann.ids[:55], priority=5)
    assert [said(ann.ask()) for _ in range(5)] == ["searching"] * 5
    QueueEntry.objects.filter(epoch__gt=0).update(order_key=F("task_id"))  # that was long ago
    QueueCursor.objects.filter(epoch__gt=0).delete()
    assert ann.take() == [ann.ids[50]]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_how_far_the_cursor_comes_does_not_tell_gold(world: World, count: int) -> None:
    """What is had is not walked again because gold took the slots: that would take time."""
    for new in ([8, 9], [3, 12]):  # in one stretch, and in two
        ann = make(world, 15)
        ann.has_had([task for place, task in enumerate(ann.ids) if place not in new])
        with transaction.atomic():
            scan = Scan(ann.project.pk, ann.person.pk, hides_gold=True)
            found = scan.take(2, count)
            scan.save()
        assert found.seen == 2
        assert [one.task_id for one in found.picked] == [ann.ids[place] for place in new[:count]]
        assert ann.cursor() == [ann.ids[new[0] - 1], ann.ids[new[1] - 1], ann.ids[new[1]]][count]


@committed
def test_nothing_on_the_way_is_locked(world: World) -> None:
    ann = make(world, 12, past=10)
    with transaction.atomic(), elsewhere() as other:
        (row,) = ann.ask().assignments
        other.execute("SELECT task_id FROM annotate_queueentry FOR UPDATE SKIP LOCKED")
        assert set(ann.ids) - {task for (task,) in other.fetchall()} == {row.task_id}


@committed
def test_what_others_had_locked_on_the_way_is_not_lost(world: World) -> None:
    """The cursor stays before it, and it comes as soon as it is free."""
    for place in (0, 3, 4, 5, 9, 11):
        ann = make(world, 14)
        ann.has_had([task for number, task in enumerate(ann.ids[:12]) if number != place])
        with locked([ann.ids[place]]):
            assert ann.take() == [ann.ids[12]]
            assert ann.cursor() < ann.ids[place]
        assert ann.take() == [ann.ids[place]]


@committed
def test_a_lock_that_lasts_keeps_nobody_from_what_lies_beyond_it(world: World) -> None:
    """The cursor cannot pass it, and all that one draw may look at was had: looking from the end helps."""
    ann = make(world, 40)
    ann.has_had(ann.ids[1:39])
    with locked(ann.ids[:1]):
        assert [said(ann.ask()) for _ in range(2)] == ["searching", "waiting_for_others"]
        look_again(True)
        assert ann.take() == ann.ids[39:]
    assert ann.take() == ann.ids[:1]


@committed
def test_whatever_was_had_and_is_locked_nothing_is_lost(world: World) -> None:
    """At random: no cursor beyond what may still be had, and in the end she gets all of it."""
    dice = random.Random(20261128)
    for _ in range(15):
        ann = make(world, dice.randint(1, 60))
        ann.has_had(sorted(dice.sample(ann.ids, dice.randint(0, len(ann.ids)))))
        for _ in range(dice.randint(1, 4)):
            with locked(dice.sample(ann.ids, dice.randint(0, len(ann.ids) // 2))):
                ann.take(dice.randint(1, 7))
            place = ann.cursor()
            assert not [task for task in ann.ids if task <= place and task not in ann.had]
        look_again(True)
        while ann.take(dice.randint(1, 7)):
            pass
        assert ann.had == set(ann.ids)


@committed
def test_many_who_walk_at_the_same_time_never_go_over_the_overlap(world: World) -> None:
    """Each has had another part; all that is left is given out, to no more people than may have it."""
    dice = random.Random(20261128)
    first = make(world, 60, overlap=6)
    world = World(**(vars(world) | {"project": first.project}))
    walkers = [Walker(first.project, person, first.ids) for person in make_people(world, 8)]
    for walker in walkers[:5]:  # so many may have had the same
        walker.has_had(sorted(dice.sample(first.ids, 45)))

    def work(walker: Walker) -> None:
        while walker.take(3):
            pass

    run_all([lambda walker=walker: work(walker) for walker in walkers])  # type: ignore[misc]
    look_again(True)
    for walker in walkers:  # whoever was told "waiting" a moment too early gets the rest
        work(walker)
    assert not QueueEntry.objects.exclude(taken=F("wanted")).exists()
    assert Assignment.objects.count() == 60 * 6 == sum(len(walker.had) for walker in walkers)
