"""Segments of time: shared boundaries, what is cut, what a known crowd adds, what does not matter."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.consensus.simulated_boxes import boxes
from labeltypes import registry
from labeltypes.base import Case, Field, ItemMedia, Json
from labeltypes.region_values import as_regions
from labeltypes.segment.geometry import ends_of
from stats.regions.iou import span_iou
from stats.regions.matching import match

SOUND = ItemMedia("audio", seconds=60.0)
segment = registry.get_type("segment")


def field_of(**more: Json) -> Field:
    return Field(
        "turns", "segment", "Turns", settings=segment.clean_settings({"classes": ["a", "b"], **more}, "")
    )


def answer(*ends: tuple[float, float, str]) -> list[Json]:
    """Start, end and class of each."""
    return [
        {"id": f"r{place}", "class": name, "start": float(start), "end": float(end)}
        for place, (start, end, name) in enumerate(ends)
    ]


def told(value: Json) -> list[tuple[float, float, str]]:
    return sorted((*ends_of(region), str(region["class"])) for region in as_regions(value))


def drawn(seed: int, people: int = 4) -> list[list[Json]]:
    """Six turns of a recording without gaps, each set a little off by everybody and sometimes overlooked."""
    dice = np.random.default_rng(seed)
    cuts = np.concatenate([[0.0], np.cumsum(dice.uniform(2, 6, 6))])
    answers = []
    for _ in range(people):
        own = cuts + np.concatenate([[0.0], dice.normal(0, 0.15, 6)])
        turns = [(round(a, 3), round(b, 3), "ab"[at % 2]) for at, (a, b) in enumerate(pairwise(own))]
        answers.append(answer(*(turn for turn in turns if dice.random() < 0.9)))
    return answers


def test_neighbors_keep_one_boundary():
    """Two of three say where both meet, and the third has no second one."""
    values = [
        answer((1, 5, "a"), (5, 9, "b")),
        answer((1, 5.2, "a"), (5.2, 9, "b")),
        answer((1, 5.7, "a")),
    ]
    merged = segment.merge(values, [1, 1, 1], None, field_of())
    assert told(merged.value) == [(1.0, 5.3, "a"), (5.3, 9.0, "b")]


def test_where_averages_reach_into_each_other_the_less_supported_is_cut():
    """Nobody drew an overlap, but who ends early is not who begins early."""
    values = [
        answer((1, 5, "a"), (5.1, 9, "b")),
        answer((1, 5.6, "a")),
        answer((1, 5.6, "a"), (5.1 + 0.6, 9, "b")),
    ]
    merged = segment.merge(values, [1, 1, 1], None, field_of())
    assert told(merged.value) == [(1.0, 5.4, "a"), (5.4, 9.0, "b")]
    free = segment.merge(
        [values[0], answer((1, 5.9, "a"), (5, 9, "b"))], [1, 1], None, field_of(overlap="classes")
    )
    assert told(free.value) == [(1.0, 5.45, "a"), (5.05, 9.0, "b")]


def test_what_would_lose_more_than_half_is_left_out():
    values = [answer((0, 10, "a")), answer((0, 10, "a")), answer((9, 11, "b")), answer((9, 11, "b"))]
    merged = segment.merge(values, [1, 1, 1, 1], None, field_of())
    assert told(merged.value) == [(0.0, 10.0, "a"), (10.0, 11.0, "b")]
    inside = [answer((0, 10, "a")), answer((0, 10, "a")), answer((4, 6, "b")), answer((4, 6, "b"))]
    assert told(segment.merge(inside, [1, 1, 1, 1], None, field_of()).value) == [(0.0, 10.0, "a")]
    least = field_of(min_seconds=1.5)
    assert told(segment.merge(values, [1, 1, 1, 1], None, least).value) == [(0.0, 10.0, "a")]


def test_trust_moves_a_boundary():
    values = [answer((1, 5, "a")), answer((1, 6, "a"))]
    assert told(segment.merge(values, [3, 1], None, field_of()).value) == [(1.0, 5.25, "a")]
    assert told(segment.merge(values, [0, 0], None, field_of()).value) == [(1.0, 5.5, "a")]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 200), order=st.permutations(range(4)), times=st.integers(2, 3))
def test_neither_order_nor_repetition_matters(seed, order, times):
    values = drawn(seed)
    merged = segment.merge(values, [1, 1, 1, 1], None, field_of())
    other = segment.merge([values[place] for place in order], [1, 1, 1, 1], None, field_of())
    again = segment.merge(
        [value for value in values for _ in range(times)], [1] * 4 * times, None, field_of()
    )
    assert told(other.value) == told(merged.value) == told(again.value)
    assert other.confidence == pytest.approx(merged.confidence)
    assert segment.clean(merged.value, field_of()) == merged.value


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 200), order=st.permutations(range(6)))
def test_which_is_which_does_not_depend_on_order(seed, order):
    mine, yours, *_ = drawn(seed)
    shuffled = [yours[place] for place in order if place < len(yours)]
    pairs = {(i, str(as_regions(yours)[j]["id"])) for i, j in segment.match(mine, yours, field_of())}
    assert pairs == {
        (i, str(as_regions(shuffled)[j]["id"])) for i, j in segment.match(mine, shuffled, field_of())
    }
    assert segment.distance(mine, shuffled, field_of()) == segment.distance(mine, yours, field_of())


def as_time(value: Json) -> list[Json]:
    """Boxes of a grid, row after row, as segments of one long recording: a cell is 100 pixels or a second."""
    found: list[Json] = []
    for region in as_regions(value):
        x, y, width, _ = region["box"]
        start = round((x + 2000 * round(y // 100)) / 100, 3)
        start = max(start, 0.0)
        found.append(
            {
                "id": region["id"],
                "class": region["class"],
                "start": start,
                "end": round(start + max(width, 5) / 100, 3),
            }
        )
    return found


def f1(truth: list[list[tuple[float, float]]], values: list[Json]) -> float:
    hits = marked = 0
    for real, value in zip(truth, values, strict=True):
        mine = [ends_of(region) for region in as_regions(value)]
        marked += len(mine)
        if mine and real:
            hits += len(match(1 - span_iou(mine, real), limit=0.5 + 1e-9).pairs)
    return 2 * hits / (marked + sum(map(len, truth)))


def test_a_known_crowd_does_better_than_counting():
    world = boxes(4, tasks=80)
    cases = [Case(case.people, [as_time(value) for value in case.values]) for case in world.cases]
    truth = [
        [
            ((x + 2000 * (y // 100)) / 100, (x + 2000 * (y // 100) + right - x) / 100)
            for x, y, right, _ in real.tolist()
        ]
        for real in world.truth
    ]
    field = field_of(overlap="always")
    learner = segment.learner(field)
    for task, case in enumerate(cases):
        learner.add(task, case)
    crowd = learner.crowd()
    merged = segment.merge_known(cases, crowd, field)
    counted = [segment.merge(case.values, [1.0] * len(case.values), None, field).value for case in cases]
    assert f1(truth, [each.value for each in merged]) > f1(truth, counted) + 0.02
    alone = [segment.merge_known([case], crowd, field)[0] for case in cases]
    assert [each.value for each in alone] == [each.value for each in merged]
    for each in merged:
        assert [region["id"] for region in each.value] == list(each.existence)
        assert segment.clean(each.value, field) == each.value
    noise = {person: each["figures"]["boundary"][0] for person, each in crowd.people.items()}
    assert all(0 < seconds < 0.2 for seconds in noise.values())


def test_errors_stay_inside_the_recording():
    value = answer((0.5, 3, "a"), (50, 59.9, "b"))
    for seed in range(60):
        wrong = segment.corrupt(value, field_of(overlap="always"), Random(seed), SOUND)
        if wrong is not None:
            assert repr(segment.clean(wrong, field_of(overlap="always"), SOUND)) == repr(wrong)
