"""Simulated plans: known results come out, the same seed the same bits, and ranges hold what they promise."""

import numpy as np
import pytest

from stats.consensus.overlap import StoppingRule, majority_accuracy
from stats.planning.crowd import assumed_crowd, measured_crowd
from stats.planning.simulation import Plan, _outcome, simulate

EVEN = [0.5, 0.5]


def fixed(count, **more):
    return Plan(StoppingRule(count, count, 0.95), **more)


def test_people_who_are_alike_reach_what_the_formula_says():
    """With one accuracy for everybody and every class, the best there is is the majority."""
    plans = [fixed(1), fixed(3), fixed(5)]
    found = simulate(assumed_crowd(EVEN, 0.8, 0.0), plans, tasks=300, people=12, runs=6, seed=1)
    for plan, outcome in zip(plans, found, strict=True):
        expected = majority_accuracy(0.8, plan.rule.least)
        assert outcome.accuracy.mean == pytest.approx(expected, abs=0.03)
        assert outcome.accuracy.low < expected < outcome.accuracy.high
        assert outcome.answers.mean == outcome.answers.low == outcome.answers.high == plan.rule.least


def test_dynamic_overlap_reaches_the_same_with_fewer_answers():
    plans = [fixed(5), Plan(StoppingRule(2, 5, 0.95)), Plan(StoppingRule(2, 5, 0.0))]
    best, dynamic, least = simulate(
        assumed_crowd(np.ones(4), 0.85, 0.08), plans, tasks=200, people=12, runs=5, seed=2
    )
    assert dynamic.answers.mean < 4.5
    assert dynamic.accuracy.mean > best.accuracy.mean - 0.01
    assert least.answers.mean == 2
    assert 0 < dynamic.at_most.mean < 1


def test_asking_only_where_it_is_worth_it_saves_what_sureness_wastes():
    """Nearly as many right answers for two thirds of the price of asking until sure."""
    plans = [Plan(StoppingRule(2, 7, 0.98)), Plan(StoppingRule(2, 7, 0.98, worth=0.01))]
    sure, worth = simulate(assumed_crowd(np.ones(4), 0.75, 0.12), plans, tasks=200, people=14, runs=4, seed=3)
    assert worth.answers.mean < 0.8 * sure.answers.mean
    assert worth.accuracy.mean > sure.accuracy.mean - 0.015


def test_gold_and_reviews_are_counted_and_help():
    plans = [fixed(3), fixed(3, gold_share=0.2, review_share=0.3)]
    plain, helped = simulate(assumed_crowd(EVEN, 0.7, 0.15), plans, tasks=200, people=10, runs=5, seed=3)
    assert (plain.gold.mean, plain.reviews.mean) == (0, 0)
    assert helped.gold.mean == pytest.approx(0.25 * 3, rel=0.05), "a fifth of what is served"
    assert helped.reviews.mean == pytest.approx(0.9, rel=0.15)
    assert helped.accuracy.mean > plain.accuracy.mean + 0.05


def test_the_same_seed_gives_the_same_bits_and_plans_do_not_disturb_each_other():
    crowd = assumed_crowd([3, 1], 0.8, 0.1)
    told: list[int] = []
    one = simulate(crowd, [fixed(2)], tasks=40, people=6, runs=3, seed=7, said=told.append)
    two = simulate(crowd, [fixed(2)], tasks=40, people=6, runs=3, seed=7)
    assert one == two
    assert told == [1, 2, 3]
    assert simulate(crowd, [fixed(2)], tasks=40, people=6, runs=3, seed=8) != one
    assert simulate(crowd, [fixed(2), fixed(2)], tasks=40, people=6, runs=3, seed=7) == one * 2


def test_measured_people_answer_as_they_were_measured():
    """Everybody who was measured says the first class only: right as often as it is true."""
    says_first = [[[1.0, 0.0], [1.0, 0.0]]] * 3
    (outcome,) = simulate(measured_crowd([0.7, 0.3], says_first), [fixed(3)], tasks=300, people=5, runs=4)
    assert outcome.accuracy.mean == pytest.approx(0.7, abs=0.05)
    crowd = assumed_crowd(EVEN, 0.75, 0.1)
    people = crowd.people(np.random.default_rng(1), 4_000)[:, 0, 0]
    assert people.mean() == pytest.approx(0.75, abs=0.01)
    assert people.std() == pytest.approx(0.1, abs=0.01)


def test_one_more_run_lies_in_the_range_95_times_of_100():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(2_000):
        rows = np.clip(rng.normal(0.8, 0.05, (11, 1)), 0, 1) * np.ones((1, 5))
        shown = _outcome(fixed(1), rows[:10]).accuracy
        hits += shown.low <= rows[10, 0] <= shown.high
    assert 0.935 <= hits / 2_000 <= 0.965


@pytest.mark.parametrize(
    "call",
    [
        lambda: simulate(assumed_crowd(EVEN, 0.8, 0.1), [], tasks=5, people=3),
        lambda: simulate(assumed_crowd(EVEN, 0.8, 0.1), [fixed(1)], tasks=0, people=3),
        lambda: simulate(assumed_crowd(EVEN, 0.8, 0.1), [fixed(1)], tasks=5, people=3, runs=1),
        lambda: assumed_crowd([1.0], 0.8, 0.1),
        lambda: assumed_crowd([1.0, -1.0], 0.8, 0.1),
        lambda: assumed_crowd(EVEN, 1.2, 0.1),
        lambda: assumed_crowd(EVEN, 0.8, 0.6),
        lambda: measured_crowd(EVEN, np.ones((1, 3, 3))),
        lambda: measured_crowd(EVEN, np.ones((0, 2, 2))),
    ],
)
def test_nonsense_is_refused(call):
    with pytest.raises(ValueError, match=r"need|must"):
        call()
