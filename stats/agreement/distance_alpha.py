"""Krippendorff's alpha for any kind of value, given a distance between two of them."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np

from stats.agreement.estimate import Bootstrap, Coefficient, estimate
from stats.arrays import Floats

T = TypeVar("T")


class _DistanceAlpha:
    """Rows: an item's answers and its within-item disagreement; the expected disagreement is fixed."""

    def __init__(self, expected: float) -> None:
        self._expected = expected

    def terms(self, rows: Floats) -> Floats:
        return rows

    def value(self, sums: Floats) -> Floats:
        expected = self._expected if self._expected > 0 else np.nan
        alpha: Floats = 1 - (sums[:, 1] / sums[:, 0]) / expected
        return alpha

    def reason(self, sums: Floats) -> str:
        return "all answers are equal: there is no variation to agree on"


def distance_alpha(
    units: Sequence[Sequence[T]],
    distance: Callable[[T, T], float],
    *,
    max_pairs: int = 20_000,
    seed: int = 0,
    bootstrap: Bootstrap | None = None,
) -> Coefficient:
    """1 - D_o / D_e: mean distance within units over mean distance between any two answers of the data.

    ``units[i]`` are the answers to item i; ``distance`` is symmetric, >= 0, 0 on equals, and is used as it is
    (pass the squared difference for interval data). D_o needs every pair within a unit. D_e takes all pairs
    when there are at most ``max_pairs``, and else a seeded sample of that many, whose chance error is about
    1/200 of D_e for distances in [0, 1]. Units with one answer are left out. The bootstrap redraws items for
    D_o and holds D_e. Undefined (None): no unit has two answers, or no two answers differ.
    """
    used = [unit for unit in units if len(unit) >= 2]
    if not used:
        return Coefficient(None, "no item has two answers", 0, 0)
    pool = [value for unit in used for value in unit]
    expected = float(distances_between(pool, distance, max_pairs=max_pairs, seed=seed).mean())
    rows = np.array([[len(unit), _disagreement(unit, distance)] for unit in used])
    ones = np.ones(len(rows), dtype=np.int32)
    return estimate(_DistanceAlpha(expected), rows, ones, answers=len(pool), bootstrap=bootstrap)


def _disagreement(unit: Sequence[T], distance: Callable[[T, T], float]) -> float:
    """Sum over ordered pairs, divided by m - 1, so that units weigh by their answers."""
    return 2 * sum(distance(a, b) for a, b in combinations(unit, 2)) / (len(unit) - 1)


def distances_between(
    pool: Sequence[T], distance: Callable[[T, T], float], *, max_pairs: int = 20_000, seed: int = 0
) -> Floats:
    """Distances of any two of these: of all pairs, or of a seeded sample of ``max_pairs``."""
    size = len(pool)
    if size * (size - 1) // 2 <= max_pairs:
        return np.array([distance(a, b) for a, b in combinations(pool, 2)], dtype=np.float64)
    rng = np.random.default_rng(seed)
    first = rng.integers(0, size, max_pairs)
    second = (first + rng.integers(1, size, max_pairs)) % size
    return np.array([distance(pool[i], pool[j]) for i, j in zip(first, second, strict=True)])
