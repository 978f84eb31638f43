"""Merging regions by what a project says of its people: simulated crowds whose truth and rates are known."""

import numpy as np
import pytest

from benchmarks.consensus.simulated_boxes import BOXES, SPANS, BoxWorld, boxes, spans
from labeltypes import registry
from labeltypes.base import Case, Crowd, Field
from labeltypes.ontology import parse_ontology
from labeltypes.region_crowd import LEAST_TASKS
from stats.learning.calibration import calibration
from stats.regions.detection import region_consensus
from stats.regions.iou import box_iou
from stats.regions.matching import match

KINDS = {"box": BOXES, "span": SPANS}


def field_of(kind: str) -> Field:
    return parse_ontology(KINDS[kind]).fields[0]


def learned(field: Field, cases: list[Case], order: list[int] | None = None) -> Crowd:
    learner = registry.get_type(field.type).learner(field)
    for task in order or range(len(cases)):
        learner.add(task, cases[task])
    crowd = learner.crowd()
    assert crowd is not None
    return crowd


def corners_of(value) -> np.ndarray:
    rows = [[x, y, x + w, y + h] for x, y, w, h in (region["box"] for region in value)]
    return np.array(rows, dtype=float).reshape(-1, 4)


def f1(world: BoxWorld, values) -> float:
    hits = drawn = 0
    for real, value in zip(world.truth, values, strict=True):
        mine = corners_of(value)
        drawn += len(mine)
        hits += len(match(1 - box_iou(mine, real), limit=0.5 + 1e-9).pairs)
    return 2 * hits / (drawn + sum(map(len, world.truth)))


@pytest.fixture(scope="module")
def world() -> BoxWorld:
    return boxes(1)


@pytest.fixture(scope="module")
def crowd(world: BoxWorld) -> Crowd:
    return learned(field_of("box"), world.cases)


def test_better_than_counting_votes(world, crowd):
    field, kind = field_of("box"), registry.get_type("box")
    merged = kind.merge_known(world.cases, crowd, field)
    half = [kind.merge(case.values, [1.0] * len(case.values), None, field).value for case in world.cases]
    assert f1(world, [each.value for each in merged]) > f1(world, half) + 0.02
    for each in merged:
        assert [region["id"] for region in each.value] == list(each.existence)
        assert 0 <= each.confidence <= 1


def test_probability_of_existence_comes_true(world, crowd):
    said, right = [], []
    for real, each in zip(
        world.truth, registry.get_type("box").merge_known(world.cases, crowd, field_of("box")), strict=True
    ):
        found = {i for i, _ in match(1 - box_iou(corners_of(each.value), real), limit=0.5 + 1e-9).pairs}
        said += each.existence.values()
        right += [place in found for place in range(len(each.value))]
    assert calibration(said, right).expected_error < 0.06


def test_rates_lie_in_their_intervals(world, crowd):
    held = [
        low <= world.drawn[person] / world.seen[person] <= high
        for person, each in crowd.people.items()
        for _, low, high in [each["figures"]["found"]]
    ]
    assert np.mean(held) >= 0.9
    rates = [each["figures"]["found"][0] for each in crowd.people.values()]
    true = [world.drawn[person] / world.seen[person] for person in crowd.people]
    assert np.corrcoef(rates, true)[0, 1] > 0.9


def test_the_same_as_the_benchmark_finds(world, crowd):
    """`python -m benchmarks.consensus` merges the columns of the same drawings."""
    rows = [
        (task, person, box)
        for task, case in enumerate(world.cases)
        for person, value in zip(case.people, case.values, strict=True)
        for box in corners_of(value)
    ]
    task, worker, place = zip(*rows, strict=True)
    views = [(task, person) for task, case in enumerate(world.cases) for person in case.people]
    found = region_consensus(
        task, worker, np.array(place), n_tasks=len(world.cases), n_workers=len(world.seen),
        views=tuple(zip(*views, strict=True)),
    )  # fmt: skip
    merged = registry.get_type("box").merge_known(world.cases, crowd, field_of("box"))
    for number, (case, each) in enumerate(zip(world.cases, merged, strict=True)):
        if len(case.people) > 1:
            theirs = found.coordinates[(found.task == number) & found.kept]
            mine = corners_of(each.value)
            assert mine[np.lexsort(mine.T)] == pytest.approx(theirs[np.lexsort(theirs.T)])


@pytest.mark.parametrize("kind", ["box", "span"])
def test_neither_order_nor_names_nor_batches_matter(kind):
    cases = (boxes(2, tasks=40).cases if kind == "box" else spans(2, tasks=40).cases)[:40]
    field, label_type = field_of(kind), registry.get_type(kind)
    crowd = learned(field, cases)
    merged = label_type.merge_known(cases, crowd, field)
    assert merged == label_type.merge_known(cases, learned(field, cases), field)
    assert crowd == learned(field, cases, order=list(reversed(range(len(cases)))))
    renamed = [Case([1000 - person for person in case.people], case.values) for case in cases]
    other = label_type.merge_known(renamed, learned(field, renamed), field)
    alone = [label_type.merge_known([case], crowd, field)[0] for case in cases]
    for one, two, three in zip(merged, other, alone, strict=True):
        assert list(one.existence.values()) == pytest.approx(list(two.existence.values()), abs=1e-6)
        assert list(one.existence.values()) == pytest.approx(list(three.existence.values()), abs=1e-9)
        assert [each["class"] for each in one.value] == [each["class"] for each in two.value]
        assert one.value == three.value


@pytest.mark.parametrize("kind", ["box", "span"])
def test_what_one_more_answer_changes(kind):
    """The quick update after an answer knows the rates of the last full run: how far is it from a new one?"""
    cases = (boxes(3, tasks=60).cases if kind == "box" else spans(3, tasks=60).cases)[:60]
    field, label_type = field_of(kind), registry.get_type(kind)
    last = cases[-1]
    before = [*cases[:-1], Case(last.people[:-1], last.values[:-1])]
    quick = label_type.merge_known([last], learned(field, before), field)[0]
    full = label_type.merge_known([last], learned(field, cases), field)[0]
    assert list(quick.existence.values()) == pytest.approx(list(full.existence.values()), abs=0.05)
    assert len(quick.value) == len(full.value)


def test_equal_answers_come_back_as_they_are(crowd):
    field, kind = field_of("box"), registry.get_type("box")
    value = [{"id": "x", "class": "b", "box": [3, 4, 30, 20]}]
    again = [{**value[0], "id": "y"}]
    same, alone, empty, nobody = kind.merge_known(
        [Case([0, 1], [value, again]), Case([5], [value]), Case([0, 1], [[], []]), Case([], [])], crowd, field
    )
    assert same.value == value
    assert same.existence["x"] > 0.95
    assert alone.value == value
    assert alone.existence["x"] < same.existence["x"]
    assert (empty.value, empty.existence) == ([], {})
    assert (nobody.value, nobody.confidence) == (None, 0.0)


def test_a_newcomer_is_judged_like_the_crowd(crowd):
    field, kind = field_of("box"), registry.get_type("box")
    drawn = [{"id": "x", "class": "b", "box": [3, 4, 30, 20]}]
    of = {
        person: kind.merge_known([Case([person, 98], [[], drawn])], crowd, field)[0].confidence
        for person in [*crowd.people, 99]
    }
    known = [of[person] for person in crowd.people]
    assert min(known) < of[99] < max(known)


def test_too_little_to_learn_from(world):
    field = field_of("box")
    learner = registry.get_type("box").learner(field)
    for task, case in enumerate(world.cases[: LEAST_TASKS - 1]):
        learner.add(task, case)
    learner.add(LEAST_TASKS, Case([1], [world.cases[0].values[0]]))
    assert learner.crowd() is None
    assert registry.get_type("choice").learner(field) is None


def test_of_very_many_a_part_is_learned_from(world, monkeypatch):
    field = field_of("box")
    monkeypatch.setattr("labeltypes.region_crowd.MOST_LEARNED", 1000)
    crowd = learned(field, world.cases)
    assert crowd == learned(field, world.cases, order=list(reversed(range(len(world.cases)))))
    rates = np.array([each["figures"]["found"][0] for each in crowd.people.values()])
    true = np.array([world.drawn[person] / world.seen[person] for person in crowd.people])
    assert np.abs(rates - true).mean() < 0.12


def test_the_rules_of_the_field_hold(world, crowd):
    kind = registry.get_type("box")
    field = field_of("box").with_settings(max_count=2)
    for case, each in zip(world.cases, kind.merge_known(world.cases, crowd, field), strict=True):
        assert len(each.value) <= 2 or len(case.people) == 1
    spans_, field = spans(4, tasks=40), field_of("span")
    for each in registry.get_type("span").merge_known(spans_.cases, learned(field, spans_.cases), field):
        registry.get_type("span").clean(each.value, field)
