"""Hidden gold: nothing that reaches an annotator tells it from other tasks."""

import random
from collections import Counter

import pytest

from annotate.models import Assignment, Pool, QueueEntry
from annotate.services import hidden
from tests.annotate.gold_world import FORBIDDEN, headers, is_gold, keys_of, shape, world_with_gold
from tests.annotate.steps import answer, api, expire, hand_out, is_extra, submit
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded(monkeypatch):
    """The same dice in every run."""
    monkeypatch.setattr(hidden, "dice", random.Random(20261121))


def both_kinds(world: World, person) -> tuple[dict, dict]:
    """A gold and a plain assignment of this person."""
    rows = hand_out(world.project, person, 50)
    gold = next(row for row in rows if is_gold(row))
    return gold, next(row for row in rows if not is_gold(row))


def test_it_works(seeded) -> None:
    world = world_with_gold(work=20, gold=20, share=0.5, hold_size=20)
    rows = hand_out(world.project, world.ann, 20)
    assert len(rows) == 20
    assert 4 <= sum(map(is_gold, rows)) <= 16


def test_payloads_have_the_same_shape(seeded) -> None:
    world = world_with_gold(work=20, gold=20, share=0.5, hold_size=20)
    gold, plain = both_kinds(world, world.ann)
    assert shape(gold) == shape(plain)
    assert len(gold["expires"]) == len(plain["expires"])
    assert not [word for word in FORBIDDEN if word in str(sorted(keys_of(gold)))]


@pytest.mark.parametrize("value", [{"sentiment": "positive"}, {}, {"sentiment": "wrong"}])
def test_answers_and_errors_are_the_same(seeded, value) -> None:
    world = world_with_gold(work=20, gold=20, share=0.5, hold_size=20)
    gold, plain = both_kinds(world, world.ann)
    ours, others = submit(world.ann, gold, value), submit(world.ann, plain, value)
    assert ours.status_code == others.status_code
    assert shape(ours.json()) == shape(others.json())
    assert len(ours.content) == len(others.content)
    assert headers(ours) == headers(others)


def test_drafts_skips_and_history_are_the_same(seeded) -> None:
    world = world_with_gold(work=20, gold=20, share=0.5, hold_size=20, overlap=2)
    gold, plain = both_kinds(world, world.ann)
    client = api(world.ann)
    for row in (gold, plain):
        answer(world.ann, row)
    history = client.get(f"/api/v1/projects/{world.project.pk}/own-work/").json()["results"]
    assert shape(history[0]) == shape(history[1])
    assert not [word for word in FORBIDDEN if word in str(sorted(keys_of(history)))]
    own = client.get(f"/api/v1/projects/{world.project.pk}/annotations/").json()["results"]
    assert shape(own[0]) == shape(own[1])
    assert "task" not in own[0]
    rows = hand_out(world.project, world.ann, 20)
    again = [next(row for row in rows if is_gold(row) is kind) for kind in (True, False)]
    for verb, body in (("draft", {"value": {}}), ("skip", {"reason": "other"})):
        url = "/api/v1/assignments/{}/" + verb + "/"
        send = client.put if verb == "draft" else client.post
        replies = [send(url.format(row["id"]), body, format="json") for row in again]
        assert shape(replies[0].json()) == shape(replies[1].json())


def test_each_person_has_an_order_of_their_own(seeded) -> None:
    world = world_with_gold(work=200, gold=60, share=0.5, hold_size=50)
    orders = []
    for person in (world.ann, world.abe):
        hand_out(world.project, person, 50)
        drawn = Assignment.objects.filter(user=person, drawn="gold").order_by("id")
        orders.append(list(drawn.values_list("task_id", flat=True)))
    assert orders[0][:10] != orders[1][:10]
    assert orders[0] != sorted(orders[0])


def test_gold_is_evenly_used(seeded) -> None:
    world = world_with_gold(work=1, gold=64, share=0.0)
    drawn: Counter[int] = Counter()
    for _ in range(600):
        drawn.update(hidden.pick_gold(world.project.pk, world.ann.pk, [True]))
    assert len(drawn) > 55
    assert max(drawn.values()) < 45


def test_nobody_gets_the_same_gold_twice(seeded) -> None:
    world = world_with_gold(work=60, gold=5, share=0.5)
    seen = []
    for _ in range(24):
        for row in hand_out(world.project, world.ann, 1):
            if is_gold(row):
                seen.append(Assignment.objects.get(pk=row["id"]).task_id)
            answer(world.ann, row)
    assert len(seen) == len(set(seen)) == 5


def test_gold_has_no_slots_and_no_row_of_it_is_written(seeded) -> None:
    world = world_with_gold(work=60, gold=1, share=0.5)
    before = QueueEntry.objects.get(pool=Pool.GOLD)
    for person in (world.ann, world.abe, world.rita):
        for _ in range(8):
            (row,) = hand_out(world.project, person, 1)
            answer(person, row)
    entry = QueueEntry.objects.get(pool=Pool.GOLD)
    assert Assignment.objects.filter(drawn="gold").count() == 3
    assert (entry.taken, entry.answered, entry.order_key) == (0, 0, before.order_key)


def test_gold_never_comes_alone(seeded) -> None:
    world = world_with_gold(work=3, gold=30, share=0.5, hold_size=10)
    for _ in range(20):
        for row in hand_out(world.project, world.ann, 1):
            answer(world.ann, row)
    assert Assignment.objects.filter(drawn="random").count() == 3
    last = Assignment.objects.order_by("created_at", "id").last()
    assert last.drawn == "random"
    body = api(world.ann).post(f"/api/v1/projects/{world.project.pk}/next/", {}, format="json").json()
    assert (body["assignments"], body["reason"]["code"]) == ([], "all_done")


def test_expired_gold_gives_no_slot_back(seeded) -> None:
    world = world_with_gold(work=20, gold=20, share=0.5, hold_size=20)
    gold, _ = both_kinds(world, world.ann)
    expire(gold)
    hand_out(world.project, world.abe, 1)
    task = Assignment.objects.get(pk=gold["id"]).task_id
    assert QueueEntry.objects.get(pk=task).taken == 0
    assert not is_extra(submit(world.ann, gold))
    assert not Assignment.objects.get(pk=gold["id"]).holds_slot  # which rework or a discard would give back
