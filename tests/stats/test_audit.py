"""Audit samples: sizes, shares of strata, the interval's coverage, and the rule."""

from functools import reduce
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

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
from stats.intervals.clopper_pearson import clopper_pearson

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
    plain = clopper_pearson(45, 50)
    assert found is not None
    assert found.value == 0.9
    assert (found.interval.low, found.interval.high) == pytest.approx((plain.low, plain.high))


@pytest.mark.parametrize(("shares", "sizes", "size"), CROWDS)
def test_the_interval_covers_the_truth_in_at_least_95_of_100_draws(shares, sizes, size):
    rng = np.random.default_rng(7)
    population = np.round(sizes).astype(np.int64)
    right = np.round(population * np.array(shares)).astype(np.int64)
    truth = right.sum() / population.sum()
    drawn = allocate(population, size)
    held = 0
    for _ in range(1_000):
        found = stratified_share(rng.hypergeometric(right, population - right, drawn), drawn, population)
        held += found is not None and truth in found.interval
    assert 950 <= held <= 995, held


# Sizes of the strata of small populations, and how many of each are drawn.
SMALL = [
    *(((20, 2), drawn) for drawn in ((4, 2), (6, 2), (10, 2))),
    *(((12, 12), (each, each)) for each in (2, 5, 11)),
    *(((30, 10), drawn) for drawn in ((2, 2), (15, 5), (29, 10))),
    *(((10, 8, 2), drawn) for drawn in ((2, 2, 2), (5, 4, 2), (8, 6, 2))),
    *(((6, 6, 6), (each, each, each)) for each in (2, 4)),
]


@pytest.mark.parametrize("confidence", [0.95, 0.96])
@pytest.mark.parametrize(("sizes", "drawn"), SMALL)
def test_small_populations_are_covered_whatever_is_true_of_them(sizes, drawn, confidence):
    """Every number of right items in each stratum, each with all samples that can be drawn."""
    samples = list(product(*(range(size + 1) for size in drawn)))
    found = [stratified_share(sample, drawn, sizes, confidence=confidence) for sample in samples]
    total = sum(sizes)
    low, high = (
        np.array([round(getattr(each.interval, end) * total) for each in found]) for end in ("low", "high")
    )
    chances = [
        hypergeom.pmf(np.arange(n + 1), size, np.arange(size + 1)[:, np.newaxis], n)
        for size, n in zip(sizes, drawn, strict=True)
    ]
    for right in product(*(range(size + 1) for size in sizes)):
        each = reduce(np.multiply.outer, [rows[count] for rows, count in zip(chances, right, strict=True)])
        covered = each.ravel()[(low <= sum(right)) & (sum(right) <= high)].sum()
        assert covered >= confidence - 1e-9, (right, covered)


@given(st.data())
def test_the_bounds_are_whole_items_that_the_sample_leaves_open(data):
    sizes = data.draw(st.lists(st.integers(1, 200), min_size=1, max_size=5))
    drawn = [data.draw(st.integers(1, size)) for size in sizes]
    right = [data.draw(st.integers(0, size)) for size in drawn]
    found = stratified_share(right, drawn, sizes)
    assert found is not None
    total, unseen = sum(sizes), sum(sizes) - sum(drawn)
    low, high = found.interval.low * total, found.interval.high * total
    assert low == pytest.approx(round(low), abs=1e-6)
    assert high == pytest.approx(round(high), abs=1e-6)
    assert sum(right) <= round(low) <= round(high) <= sum(right) + unseen
    assert found.interval.low - 1e-9 <= found.value <= found.interval.high + 1e-9


def test_one_that_was_not_looked_at_may_be_right_or_wrong():
    right = stratified_share([24], [24], [25])
    wrong = stratified_share([23], [24], [25])
    assert right is not None
    assert wrong is not None
    assert (right.interval.low, right.interval.high) == (24 / 25, 1)
    assert (wrong.interval.low, wrong.interval.high) == (23 / 25, 24 / 25)


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


@pytest.mark.parametrize(
    "counts",
    [([2], [1], [9]), ([-1], [1], [9]), ([1], [3], [2]), ([1], [3], [3, 4]), ([0.5], [1], [9])],
)
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match=r"required|equally long|whole"):
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
    assert size == 508  # z² p(1-p) / h² is 456; an interval that covers at least 95 % takes more
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
