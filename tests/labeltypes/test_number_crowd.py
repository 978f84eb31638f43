"""Merging numbers by what a project says of its people: simulated crowds whose truth and habits are known."""

from dataclasses import dataclass

import numpy as np
import pytest

from labeltypes import registry
from labeltypes.base import Case, Crowd, Field, Json, JsonObject
from labeltypes.number.crowd import LEAST_TASKS
from labeltypes.ontology import parse_ontology
from stats.arrays import Floats
from stats.numbers.consensus import number_consensus

NUMBER = registry.get_type("number")


@dataclass(frozen=True, eq=False)
class World:
    """``cases``: answers, and ``truth``, per task; per person, how much more they say."""

    cases: list[Case]
    truth: Floats
    bias: Floats


def world(seed: int, *, tasks: int = 120, people: int = 10, per_task: int = 3, slips: float = 0.03) -> World:
    """People who are unequally exact and say more or less than others; now and then a digit too many."""
    dice = np.random.default_rng(seed)
    truth, bias = dice.normal(50, 15, tasks), dice.normal(0, 6, people)
    bias -= bias.mean()
    noise = np.exp(dice.normal(1.0, 0.6, people))
    cases = []
    for real in truth:
        chosen = sorted(dice.choice(people, per_task, replace=False).tolist())
        said = real + bias[chosen] + noise[chosen] * dice.normal(0, 1, per_task)
        said = np.where(dice.random(per_task) < slips, said * 10, said)
        cases.append(Case(chosen, [float(each) for each in said.round(1)]))
    return World(cases, truth, bias)


def field_of(**settings: float) -> Field:
    fields: list[Json] = [{"name": "age", "type": "number", **settings}]
    return parse_ontology({"media": [{"name": "t", "kind": "text", "source": "t"}], "fields": fields}).fields[
        0
    ]


def learned(cases: list[Case], order: list[int] | None = None) -> Crowd | None:
    learner = NUMBER.learner(field_of())
    assert learner is not None
    for task in order or range(len(cases)):
        learner.add(task, cases[task])
    return learner.crowd()


def sure(cases: list[Case]) -> Crowd:
    crowd = learned(cases)
    assert crowd is not None
    return crowd


def number(raw: Json) -> float:
    assert isinstance(raw, int | float)
    return float(raw)


def figure(learned_of: JsonObject) -> list[float]:
    figures = learned_of["figures"]
    assert isinstance(figures, dict)
    ends = figures["bias"]
    assert isinstance(ends, list)
    return [number(each) for each in ends]


def miss(values: list[Json], truth: Floats) -> float:
    return float(np.abs(np.array(values, dtype=float) - truth).mean())


def test_better_than_the_median() -> None:
    for seed in range(3):
        found = world(seed)
        merged = [each.value for each in NUMBER.merge_known(found.cases, sure(found.cases), field_of())]
        median = [NUMBER.merge(case.values, [1.0] * 3, None, field_of()).value for case in found.cases]
        assert miss(merged, found.truth) < 0.8 * miss(median, found.truth)


def test_a_slip_hardly_counts() -> None:
    found = world(1)
    crowd = sure(found.cases)
    assert crowd.common["slips"] is True
    case = Case([0, 1, 2], [41.0, 43.0, 420.0])
    [merged] = NUMBER.merge_known([case], crowd, field_of())
    assert isinstance(merged.value, float)
    assert 35 < merged.value < 50
    assert merged.confidence > 0.8


def test_the_bias_lies_in_its_interval() -> None:
    held = []
    for seed in range(6):
        found = world(seed, slips=0.0)
        for person, each in sure(found.cases).people.items():
            value, low, high = figure(each)
            assert low < value < high
            held.append(low <= found.bias[person] <= high)
    assert np.mean(held) > 0.85


def test_the_same_as_the_benchmark_finds() -> None:
    """Where nothing slips, `number_consensus` of the columns of the same answers."""
    found = world(2, slips=0.0)
    rows = [
        (task, person, value)
        for task, case in enumerate(found.cases)
        for person, value in zip(case.people, case.values, strict=True)
    ]
    theirs = number_consensus(*zip(*rows, strict=True), n_tasks=120, n_workers=10)
    crowd = sure(found.cases)
    assert crowd.common["method"] == theirs.method
    mine = [each.value for each in NUMBER.merge_known(found.cases, crowd, field_of())]
    assert mine == pytest.approx(theirs.estimate.tolist(), abs=0.0051)


def test_neither_order_nor_names_nor_batches_matter() -> None:
    cases = world(3).cases
    crowd = sure(cases)
    assert crowd == learned(cases, order=list(reversed(range(len(cases)))))
    merged = NUMBER.merge_known(cases, crowd, field_of())
    alone = [NUMBER.merge_known([case], crowd, field_of())[0] for case in cases]
    renamed = [Case([1000 - person for person in case.people], case.values) for case in cases]
    other = NUMBER.merge_known(renamed, sure(renamed), field_of())
    for one, two, three in zip(merged, alone, other, strict=True):
        assert one.value == two.value == pytest.approx(three.value, abs=0.011)
        assert one.confidence == pytest.approx(two.confidence) == pytest.approx(three.confidence, abs=1e-3)


def test_what_one_more_answer_changes() -> None:
    """The quick update knows the people of the last full run: how far is it from a new one?"""
    cases = world(4).cases
    last = cases[-1]
    before = [*cases[:-1], Case(last.people[:-1], last.values[:-1])]
    [quick] = NUMBER.merge_known([last], sure(before), field_of())
    [full] = NUMBER.merge_known([last], sure(cases), field_of())
    assert quick.value == pytest.approx(full.value, abs=0.5)


def test_equal_answers_and_none() -> None:
    crowd = sure(world(1).cases)
    same, alone, nobody = NUMBER.merge_known(
        [Case([0, 1], [42, 42]), Case([3], [17]), Case([], [])], crowd, field_of(step=5)
    )
    assert (same.value, same.confidence) == (42, 1.0)
    assert (alone.value, alone.confidence) == (17, 1.0)
    assert (nobody.value, nobody.confidence) == (None, 0.0)


def test_the_rules_of_the_field_hold() -> None:
    crowd = sure(world(1).cases)
    [exact] = NUMBER.merge_known([Case([0, 1, 2], [40, 45, 44])], crowd, field_of())
    assert round(number(exact.value), 1) == exact.value
    steps: tuple[dict[str, float], ...] = ({"step": 5}, {"step": 0.25}, {"min": 1, "step": 3, "max": 100})
    for settings in steps:
        field = field_of(**settings)
        given = [settings.get("min", 0) + settings["step"] * times for times in (3, 8, 7)]
        [merged] = NUMBER.merge_known([Case([0, 1, 2], list[Json](given))], crowd, field)
        assert NUMBER.clean(merged.value, field) == merged.value
        assert min(given) <= number(merged.value) <= max(given)


def test_of_a_newcomer_nothing_is_known() -> None:
    crowd = sure(world(1).cases)
    exact = min(crowd.people, key=lambda person: number(crowd.people[person]["noise"]))
    [merged] = NUMBER.merge_known([Case([exact, 98], [40.0, 44.0])], crowd, field_of())
    own = number(crowd.people[exact]["shift"])
    assert abs(number(merged.value) - (40.0 - own)) < abs(number(merged.value) - (44.0 - own))


def test_too_little_to_learn_from() -> None:
    cases = world(1).cases
    assert learned(cases[: LEAST_TASKS - 1]) is None
    assert learned([Case([1], [float(task)]) for task in range(60)]) is None
    assert learned([Case([1, 2, 3], [7, 7, 7])] * 60) is None


def test_of_very_many_a_part_is_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labeltypes.number.crowd.MOST_LEARNED", 200)
    cases = world(1).cases
    crowd = sure(cases)
    assert crowd == learned(cases, order=list(reversed(range(len(cases)))))
