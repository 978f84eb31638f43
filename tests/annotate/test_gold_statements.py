"""Hidden gold and time: whatever an annotator can do runs the same statements for gold as for work.

The same number in the same shape, and answers of the same size, so that no clock tells them apart;
benchmarks/bench_gold.py holds a clock beside it.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import F

from annotate.models import Assignment, Pool, QueueEntry
from annotate.services import hidden, leases
from annotate.services.ranking import rerank
from projects.models import Task, TaskSummary
from tests.annotate.gold_world import differences, is_gold, kinds, statements, visible, world_with_gold
from tests.annotate.steps import NEGATIVE, answer, api, expire, hand_out, submit
from tests.world import World

pytestmark = pytest.mark.django_db

Row = dict[str, Any]


@pytest.fixture(autouse=True)
def _seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden, "dice", random.Random(20261121))


def make(overlap: int) -> World:
    """With one answer a task is full at once, with two it waits for the second: gold never is full."""
    return world_with_gold(work=100, gold=60, share=0.5, hold_size=20, overlap=overlap)


@pytest.fixture
def world() -> World:
    return make(overlap=2)


def held(world: World) -> dict[bool, list[Row]]:
    """Twenty assignments of Ann's, by whether they are gold."""
    return kinds(hand_out(world.project, world.ann, 20))


def one_shape(act: Callable[[Row], Any], rows: dict[bool, list[Row]]) -> None:
    """Do the same to gold and to work: every time the same statements, and the same answer but for digits."""
    assert min(map(len, rows.values())) >= 4
    seen: dict[Any, set[bool]] = defaultdict(set)
    for kind in (True, False):
        for row in rows[kind]:
            response, ran = statements(partial(act, row))
            assert response.status_code < 300, response.content
            seen[ran, visible(response)].add(kind)
    assert list(seen.values()) == [{True, False}], differences(seen)


def do(world: World, row: Row, verb: str, body: Row) -> Any:
    """One of the verbs of an assignment."""
    send = api(world.ann).put if verb == "draft" else api(world.ann).post
    return send(f"/api/v1/assignments/{row['id']}/{verb}/", body, format="json")


@pytest.mark.parametrize("count", [1, 3])
def test_next(world: World, count: int) -> None:
    """However much gold is in a batch, also where the walk leads over an epoch that she has behind her."""
    first = list(Task.objects.order_by("pk").values_list("pk", flat=True)[:5])
    rerank(project_id=world.project.pk, task_ids=first)
    while Assignment.objects.filter(task__in=first, state="submitted").count() < len(first):
        answer(world.ann, *hand_out(world.project, world.ann, 1))
    seen: dict[Any, set[int]] = defaultdict(set)
    for _ in range(24):
        response, ran = statements(
            lambda: api(world.ann).post(
                f"/api/v1/projects/{world.project.pk}/next/", {"count": count}, format="json"
            )
        )
        rows = response.json()["assignments"]
        seen[ran, visible(response)].add(sum(map(is_gold, rows)))
        for row in rows:
            answer(world.ann, row)
    assert list(seen.values()) == [set(range(count + 1))], differences(seen)


@pytest.mark.parametrize("overlap", [1, 2])
def test_submit(overlap: int) -> None:
    world = make(overlap)
    one_shape(lambda row: submit(world.ann, row), held(world))


def test_submit_that_brings_the_next() -> None:
    """What is answered and what comes then, each gold or not."""
    world = make(overlap=1)
    seen: dict[Any, set[tuple[bool, bool]]] = defaultdict(set)
    (row,) = hand_out(world.project, world.ann, 1)
    for _ in range(24):
        response, ran = statements(partial(submit, world.ann, row, next=1))
        (following,) = response.json()["assignments"]
        seen[ran, visible(response)].add((is_gold(row), is_gold(following)))
        row = following
    assert [len(found) for found in seen.values()] == [4], differences(seen)


def test_a_class_that_the_task_had_not(world: World) -> None:
    """The second person's other answer is noted beside the first; gold may have a consensus already."""
    for row in hand_out(world.project, world.abe, 20):
        answer(world.abe, row)
    gold = QueueEntry.objects.filter(pool=Pool.GOLD)
    TaskSummary.objects.filter(task__in=gold.values("pk")).update(source="consensus", value=NEGATIVE)
    one_shape(lambda row: submit(world.ann, row, NEGATIVE), held(world))


def test_wrong_and_empty_answers_are_refused_alike(world: World) -> None:
    """So is a second answer under another key; see A27."""
    rows = held(world)
    for value in ({"sentiment": "great"}, {}):
        seen = {}
        for kind in (True, False):
            response, ran = statements(partial(submit, world.ann, rows[kind][0], value))
            assert response.status_code == 400
            seen[kind] = ran, visible(response)
        assert seen[True] == seen[False]
    repeats = {}
    for kind in (True, False):
        answer(world.ann, rows[kind][0])
        response, ran = statements(partial(submit, world.ann, rows[kind][0], NEGATIVE))
        assert response.status_code == 409
        repeats[kind] = ran, visible(response)
    assert repeats[True] == repeats[False]


def test_draft(world: World) -> None:
    rows = held(world)
    for base in (0, 1):
        body = {"value": {"sentiment": "positive"} if base else {}, "base": base}
        one_shape(partial(do, world, verb="draft", body=body), rows)


@pytest.mark.parametrize("verb", ["skip", "release"])
def test_letting_go(world: World, verb: str) -> None:
    one_shape(lambda row: do(world, row, verb, {"reason": "other"} if verb == "skip" else {}), held(world))


def test_a_skip_that_brings_the_next(world: World) -> None:
    """From the first on: that a place in the queue was brought forward must not show in the draw."""
    seen: dict[Any, set[tuple[bool, bool]]] = defaultdict(set)
    (row,) = hand_out(world.project, world.ann, 1)
    for _ in range(24):
        response, ran = statements(partial(do, world, row, "skip", {"reason": "other", "next": 1}))
        (following,) = response.json()["assignments"]
        seen[ran, visible(response)].add((is_gold(row), is_gold(following)))
        row = following
    assert [len(found) for found in seen.values()] == [4], differences(seen)


@pytest.mark.parametrize("verb", ["release", "skip", "draft"])
def test_of_a_lease_that_ran_out(world: World, verb: str) -> None:
    """Ran out, and found so by the next person who draws; nobody has taken the places."""
    rows = held(world)
    for row in rows[True] + rows[False]:
        expire(row)
    leases.reclaim(world.project.pk)
    assert not Assignment.objects.filter(state="active").exists()
    body = {"release": {}, "skip": {"reason": "other"}, "draft": {"value": {}}}[verb]
    one_shape(lambda row: do(world, row, verb, body), rows)


@pytest.mark.parametrize("verb", ["submit", "draft", "skip"])
def test_of_a_lease_whose_place_is_gone(world: World, verb: str) -> None:
    """Others have taken the places. Gold has none, so nobody is told that an answer comes too late."""
    rows = held(world)
    for row in rows[True] + rows[False]:
        expire(row)
    leases.reclaim(world.project.pk)
    work = Assignment.objects.filter(pk__in=[row["id"] for row in rows[False]])
    QueueEntry.objects.filter(pk__in=work.values("task")).update(taken=F("wanted"))
    body = {"skip": {"reason": "other"}, "draft": {"value": {}}}.get(verb, {})
    one_shape(lambda row: submit(world.ann, row) if verb == "submit" else do(world, row, verb, body), rows)


def test_what_was_let_go_comes_back_first(world: World) -> None:
    """Work does, as its place in the queue is brought forward; if gold did not, letting go would tell."""
    draws: dict[bool, int] = {True: 0, False: 0}
    for _ in range(4):
        for kind in (True, False):
            row = held(world)[kind][0]
            assert do(world, row, "release", {}).status_code == 204
            draws[kind] += draws_until(world, row)
    assert max(draws.values()) < 20, draws  # two each, as the coin says gold half of the time


def draws_until(world: World, row: Row) -> int:
    """How many draws of one item it takes until this one is there again; it is answered then."""
    number = 1
    while row["id"] not in [one["id"] for one in hand_out(world.project, world.ann, 20)]:
        answer(world.ann, *hand_out(world.project, world.ann, 1))
        number += 1
        assert number < 40, "it never came back"
    answer(world.ann, row)
    return number


def test_a_correction(world: World) -> None:
    rows = held(world)
    answers = {row["id"]: answer(world.ann, row) for row in rows[True] + rows[False]}
    one_shape(
        lambda row: api(world.ann).patch(
            f"/api/v1/annotations/{answers[row['id']]}/", {"value": NEGATIVE, "base": 1}, format="json"
        ),
        rows,
    )


def test_a_question(world: World) -> None:
    one_shape(
        lambda row: do(world, row, "comments", {"kind": "question", "body": "What is this?"}), held(world)
    )


@pytest.mark.parametrize("page", ["annotations/{}/", "annotations/{}/versions/"])
def test_looking_back_at_an_answer(world: World, page: str) -> None:
    rows = held(world)
    answers = {row["id"]: answer(world.ann, row) for row in rows[True] + rows[False]}
    one_shape(lambda row: api(world.ann).get(f"/api/v1/{page.format(answers[row['id']])}"), rows)
