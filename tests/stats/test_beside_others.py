"""Somebody beside the others: rates carried over to the same items, intervals that cover, honest p-values."""

import numpy as np
import pytest

from stats.arrays import Floats
from stats.trust.beside_others import lean_beside_others


def counts(rng: np.random.Generator, sizes: Floats, rates: Floats) -> Floats:
    """(2 people, 2, 2): answers by two people on items of two classes, at these rates of the first answer."""
    said = rng.binomial(sizes.astype(int), rates).astype(np.float64)
    return np.stack([said, sizes - said], axis=2)


def test_by_hand() -> None:
    """The others say it in 9 of 10 and 2 of 20; carried over to 30 and 10 items that makes 27 and 1 of 40."""
    table = np.array([[[30, 0], [4, 6]], [[9, 1], [2, 18]]], dtype=float)
    lean = lean_beside_others(table, 0)
    assert lean.given[0] == pytest.approx(34 / 40)
    assert lean.expected[0] == pytest.approx(28 / 40)
    assert lean.low[0] < lean.difference[0] < lean.high[0]
    assert lean.difference[0] == pytest.approx(6 / 40)


def test_everybodys_mistakes_are_no_lean() -> None:
    """All choose a rare thing too often, and alike: against the truth that would be a bias."""
    table = np.tile(np.array([[90, 10], [90, 810]], dtype=float), (5, 1, 1))
    lean = lean_beside_others(table, 0)
    assert lean.difference == pytest.approx(0)
    assert (lean.p == 1).all()


@pytest.mark.parametrize("rare", [0.02, 0.1, 0.5])
def test_intervals_cover_and_p_values_are_honest(rare: float) -> None:
    rng = np.random.default_rng(3)
    sizes = np.array([[40, 160], [200, 800]])
    covered, low_p = [], []
    for _ in range(1_000):
        table = counts(rng, sizes, np.array([[0.9, rare], [0.9, rare]]))
        lean = lean_beside_others(table, 0)
        covered.append(lean.low[0] <= 0 <= lean.high[0])
        low_p.append(lean.p[0] < 0.05)
    assert 0.92 <= np.mean(covered) <= 0.985
    assert np.mean(low_p) <= 0.06


def test_nothing_is_said_of_who_is_alone_or_silent() -> None:
    one = np.ones((1, 2, 2))
    silent = np.concatenate([one, np.zeros((1, 2, 2))])
    for table in (one, silent):
        lean = lean_beside_others(table, 0)
        assert np.isnan(lean.difference).all()
        assert (lean.p == 1).all()


@pytest.mark.parametrize(
    ("table", "code"), [(np.ones((2, 2, 3)), 0), (-np.ones((2, 2, 2)), 0), (np.ones((2, 2, 2)), 2)]
)
def test_what_cannot_be(table: Floats, code: int) -> None:
    with pytest.raises(ValueError, match="counts must be"):
        lean_beside_others(table, code)
