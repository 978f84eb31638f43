"""Item discrimination: the textbook coefficient, its invariances, and where it is undefined."""

import numpy as np
import pytest
from scipy.stats import pearsonr

from stats.trust.discrimination import discrimination


def table(passed: "np.ndarray") -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """(items, people, passed) from a people × items table."""
    people, items = np.indices(passed.shape)
    return items.ravel(), people.ravel(), passed.ravel()


def crowd(seed: int, people: int = 60, size: int = 20) -> "np.ndarray":
    rng = np.random.default_rng(seed)
    skill = rng.uniform(0.4, 1.0, people)
    return (rng.random((people, size)) < skill[:, None]).astype(float)


def test_it_works():
    passed = crowd(1)
    found = discrimination(*table(passed), size=20)
    rest = (passed.sum(1, keepdims=True) - passed) / 19
    for item in range(20):
        expected = pearsonr(passed[:, item], rest[:, item])
        interval = expected.confidence_interval(0.95)  # Fisher's z, as here
        assert found.value[item] == pytest.approx(expected.statistic)
        assert (found.low[item], found.high[item]) == pytest.approx((interval.low, interval.high))
    assert set(found.people) == {60}


def test_a_wrong_key_tells_the_wrong_way_round():
    passed = crowd(2, people=100)
    passed[:, 3] = 1 - passed[:, 3]
    found = discrimination(*table(passed), size=20)
    assert found.high[3] < 0
    assert np.median(found.value) > 0.2


def test_order_and_names_of_people_say_nothing():
    items, people, passed = table(crowd(3))
    order = np.random.default_rng(4).permutation(len(items))
    first = discrimination(items, people, passed, size=20)
    second = discrimination(items[order], 10_000 - 7 * people[order], passed[order], size=20)
    assert first.value == pytest.approx(second.value)


@pytest.mark.parametrize("passed", [np.ones((30, 8)), np.ones((30, 3)), crowd(5, people=4)])
def test_undefined_without_differences_other_items_or_people(passed):
    found = discrimination(*table(passed), size=passed.shape[1])
    assert np.isnan(found.value).all()
    assert np.isnan(found.low).all()


def test_nothing_graded():
    assert np.isnan(discrimination([], [], [], size=2).value).all()


def test_intervals_hold_what_they_promise():
    """Passing at random says nothing of skill: zero lies within in 92 % to 98 % of the cases."""
    covered = []
    for seed in range(50):
        rng = np.random.default_rng(seed)
        found = discrimination(*table((rng.random((60, 20)) < 0.8).astype(float)), size=20)
        covered += [low <= 0 <= high for low, high in zip(found.low, found.high, strict=True)]
    assert 0.92 <= np.mean(covered) <= 0.98
