"""Means of groups of people: against scipy, invariant to order and names, and calibrated."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from stats.groups.means import group_means, welch


def test_it_works() -> None:
    values = np.array([0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    one, two, none = group_means(values, np.array([0, 0, 0, 1, 1, 1], dtype=np.int32), 3)
    assert none is None
    assert one is not None
    assert two is not None
    assert (one.n, one.mean) == (3, pytest.approx(0.2))
    assert one.low < one.mean < one.high
    assert one.p == two.p == pytest.approx(ttest_ind(values[:3], values[3:], equal_var=False).pvalue)


@pytest.mark.parametrize("one", [[0.5], [0.5, 0.5]])
def test_undefined_is_said(one: list[float]) -> None:
    assert welch(np.array(one), np.array([0.5, 0.5])) is None


def test_order_and_names_make_no_difference() -> None:
    rng = np.random.default_rng(1)
    values, group = rng.random(40), rng.integers(0, 3, 40).astype(np.int32)
    order = rng.permutation(40)
    renamed = np.array([2, 0, 1], dtype=np.int32)[group]
    found = group_means(values, group, 3)
    assert group_means(values[order], group[order], 3) == found
    again = group_means(values, renamed, 3)
    assert [again[2], again[0], again[1]] == found


def test_false_alarms_are_as_many_as_stated() -> None:
    """Of 1,000 pairs of equal groups about 5 % differ at 5 %."""
    rng = np.random.default_rng(2)
    group = np.repeat(np.array([0, 1], dtype=np.int32), [8, 20])
    found = [welch(values[group == 0], values[group == 1]) for values in rng.beta(4, 4, (1_000, 28))]
    assert 0.03 < np.mean([p is not None and p < 0.05 for p in found]) < 0.07
