"""The note that an item came to an expert as one for experts: what it says, and that gold has it too."""

import random
from itertools import groupby
from typing import Any

import pytest

from annotate.models import Assignment, Pool, QueueEntry
from annotate.services.experts import give_to_experts
from projects.models import Membership
from projects.services.memberships import set_expert
from tests.annotate.gold_world import is_gold, world_with_gold
from tests.annotate.steps import answer, api, hand_out
from tests.world import World

pytestmark = pytest.mark.django_db


def world_of_experts(*, waiting: int, share: float = 0.5, hold: int = 10) -> World:
    """Forty tasks of work, of which so many wait for an expert; forty of gold; Rita is the expert."""
    world = world_with_gold(40, 40, share, hold_size=hold)
    membership = Membership.objects.get(project=world.project, user=world.rita)
    set_expert(membership=membership, by=world.max, is_expert=True)
    work = QueueEntry.objects.filter(project=world.project, pool=Pool.WORK).order_by("task_id")
    ids = list(work.values_list("task_id", flat=True)[:waiting])
    assert give_to_experts(project_id=world.project.pk, task_ids=ids) == waiting
    return world


def notes(rows: list[dict[str, Any]]) -> list[bool]:
    return [row["for_experts"] for row in rows]


def release(world: World, row: dict[str, Any]) -> None:
    done = api(world.rita).post(f"/api/v1/assignments/{row['id']}/release/")
    assert done.status_code == 204


def test_work_for_experts_has_it_and_other_work_has_not() -> None:
    world = world_of_experts(waiting=2, share=0.0)
    assert notes(hand_out(world.project, world.rita, 4)) == [True, True, False, False]
    assert notes(hand_out(world.project, world.ann, 4)) == [False] * 4


def test_it_is_there_when_the_page_is_loaded_again() -> None:
    world = world_of_experts(waiting=2, share=0.0)
    first = hand_out(world.project, world.rita, 4)
    assert hand_out(world.project, world.rita, 4) == first


@pytest.mark.parametrize("seed", range(8))
def test_gold_has_it_where_the_work_around_it_has(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.services.hidden.dice", random.Random(seed))
    world = world_of_experts(waiting=4)
    rows = hand_out(world.project, world.rita, 10)
    work = [row["for_experts"] for row in rows if not is_gold(row)]
    assert work == [True] * min(4, len(work)) + [False] * (len(work) - 4)
    runs = [note for note, _ in groupby(notes(rows))]
    assert runs == [True, False] if len(work) > 4 else runs in ([True], [True, False])
    assert len(work) >= 4 or runs == [True], "what waits comes next, with the note: without it were gold"


def test_one_by_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """While work waits for experts, nothing without the note comes to one; then nothing with it."""
    monkeypatch.setattr("annotate.services.hidden.dice", random.Random(5))
    world = world_of_experts(waiting=6, hold=1)
    seen: list[tuple[bool, bool]] = []
    for _ in range(24):
        (row,) = hand_out(world.project, world.rita)
        seen.append((row["for_experts"], is_gold(row)))
        answer(world.rita, row)
    noted = [note for note, _ in seen]
    assert noted == sorted(noted, reverse=True)
    assert set(seen) == {(True, True), (True, False), (False, True), (False, False)}
    assert sum(note and not gold for note, gold in seen) == 6


def test_gold_that_was_let_go_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work for experts would: it waits for them still."""
    world = world_of_experts(waiting=1, hold=1)
    monkeypatch.setattr("annotate.services.hidden.dice", random.Random(1))
    (row,) = hand_out(world.project, world.rita)
    assert (row["for_experts"], is_gold(row)) == (True, True)
    release(world, row)
    QueueEntry.objects.filter(project=world.project, for_experts=True).update(for_experts=False)
    for _ in range(20):
        (again,) = hand_out(world.project, world.rita)
        if again["id"] == row["id"]:
            break
        answer(world.rita, again)
    assert again["id"] == row["id"]
    assert again["for_experts"]


def test_a_lease_that_comes_again_as_other_work_has_it_no_more() -> None:
    world = world_of_experts(waiting=1, share=0.0, hold=1)
    (row,) = hand_out(world.project, world.rita)
    release(world, row)
    QueueEntry.objects.filter(project=world.project, for_experts=True).update(for_experts=False)
    Assignment.objects.exclude(pk=row["id"]).delete()
    (again,) = hand_out(world.project, world.rita, 1)
    assert (again["id"], again["for_experts"]) == (row["id"], False)
