"""Audit samples: sizes, shares of strata, the interval's coverage, and the rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.audit.design import (
    allocate,
    decide,
    decision_confidence,
    half_width,
    more_needed,
    size_for,
    strata_of,
)
from stats.audit.stratified import stratified_share
from stats.intervals.wilson import wilson

ENDLESS = 10**9
# Shares that are right, and sizes, of the strata of a population; and how many items are drawn.
CROWDS = [
    ([0.95], [10**6], 100),
    ([0.98, 0.95, 0.8], [500_000, 300_000, 20_000], 200),
    ([0.99, 0.97, 0.95, 0.9, 0.6], [6_000, 3_000, 2_000, 500, 100], 300),
    ([0.95] * 10, [1_000] * 10, 100),
    (np.linspace(0.8, 1, 20).tolist(), np.geomspace(100, 10**5, 20).tolist(), 200),
    ([0.98, 0.95, 0.8], [250, 100, 50], 200),
]


def test_it_works():
    found = stratified_share([45], [50], [ENDLESS])
    plain = wilson(45, 50)
    assert found is not None
    assert found.value == 0.9
    assert (found.interval.low, found.interval.high) == pytest.approx((plain.low, plain.high))


@pytest.mark.parametrize(("shares", "sizes", "size"), CROWDS)
def test_the_interval_covers_the_truth_in_92_to_98_of_100_draws(shares, sizes, size):
    rng = np.random.default_rng(7)
    population = np.round(sizes).astype(np.int64)
    right = np.round(population * np.array(shares)).astype(np.int64)
    truth = right.sum() / population.sum()
    drawn = allocate(population, size)
    held = 0
    for _ in range(1_000):
        found = stratified_share(rng.hypergeometric(right, population - right, drawn), drawn, population)
        held += found is not None and truth in found.interval
    assert 920 <= held <= 980, held


def test_everything_drawn_is_known_exactly():
    found = stratified_share([7, 3], [10, 3], [10, 3])
    assert found is not None
    assert found.value == found.interval.low == found.interval.high == pytest.approx(10 / 13)


def test_all_right_is_still_uncertain():
    found = stratified_share([50, 10], [50, 10], [5_000, 1_000])
    assert found is not None
    assert found.value == found.interval.high == 1
    assert 0.9 < found.interval.low < 0.96


def test_nothing_is_said_where_a_stratum_was_not_looked_at():
    assert stratified_share([5, 0], [5, 0], [100, 100]) is None
    assert stratified_share([], [], []) is None


@pytest.mark.parametrize("counts", [([2], [1], [9]), ([-1], [1], [9]), ([1], [3], [2]), ([1], [3], [3, 4])])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match=r"required|equally long"):
        stratified_share(*counts)


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=12), st.integers(12, 600))
def test_shares_of_strata_add_up(populations, size):
    given_ = allocate(populations, size)
    assert given_.sum() == min(size, sum(populations))
    assert (given_ <= populations).all()
    assert (given_ >= 1).all()


def test_a_rare_stratum_gets_two():
    assert allocate([10_000, 9_000, 5], 100).tolist() == [51, 47, 2]
    with pytest.raises(ValueError, match="3 strata"):
        allocate([5, 5, 5], 2)


def test_the_size_is_the_smallest_that_gives_the_width():
    size = size_for(0.02, 0.95, ENDLESS)
    assert size == 469  # z² p(1-p) / h² is 456; Wilson's interval takes a little more
    assert half_width(0.95, size, ENDLESS) <= 0.02 < half_width(0.95, size - 1, ENDLESS)
    assert size_for(0.02, 0.95, 500) < 260, "of few items fewer are needed"
    assert size_for(0.02, 0.95, 7) == 7
    with pytest.raises(ValueError, match="width"):
        size_for(0.0, 0.9, 100)


def test_the_rule():
    def found(right, size):
        share = stratified_share([right], [size], [ENDLESS], confidence=decision_confidence(1))
        assert share is not None
        return share

    assert decide(found(200, 200), 0.95) == "accept"
    assert decide(found(160, 200), 0.95) == "reject"
    open_ = found(192, 200)
    assert decide(open_, 0.95) == "more"
    more = more_needed(open_, 0.95, drawn=200, population=ENDLESS, look=1)
    right = round(0.96 * (200 + more))
    later = stratified_share([right], [200 + more], [ENDLESS], confidence=decision_confidence(2))
    assert later is not None
    assert later.interval.low == pytest.approx(0.95, abs=0.001)
    assert more_needed(found(190, 200), 0.95, drawn=200, population=ENDLESS, look=1) == 0
    assert 0 < more_needed(open_, 0.95, drawn=200, population=300, look=1) <= 100


def test_all_looks_together_spend_five_percent():
    assert sum(1 - decision_confidence(look) for look in range(1, 6)) == pytest.approx(0.05)
    with pytest.raises(ValueError, match="looks"):
        decision_confidence(6)


def test_small_strata_are_looked_at_as_one():
    counts = {"a": 3, "b": 9, "c": 9, "d": 1}
    assert strata_of(counts, 4) == ["b", "c", "a", "d"]
    assert strata_of(counts, 3) == ["b", "c"]
