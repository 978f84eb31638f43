"""The text (or any value) nearest to all others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import as_weights
from stats.text.edit_distance import normalized_distance

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Medoid:
    """Which value was chosen, and its weighted mean distance to all values (0 = all equal)."""

    index: int
    distance: float


def medoid(
    values: Sequence[T], weights: ArrayLike | None = None, *, distance: Callable[[T, T], float]
) -> Medoid | None:
    """The value with the least weighted mean ``distance`` to all values; ties go to the first.

    ``weights`` (n,), >= 0, one each by default; a value without weight has no vote but may be chosen.
    None when there are no values or no weight. The distance is called n(n-1)/2 times and taken as symmetric.
    """
    weight = as_weights(weights, "weights", size=len(values))
    if len(values) == 0 or weight.sum() == 0:
        return None
    table = np.zeros((len(values), len(values)))
    for i, a in enumerate(values):
        for j in range(i):
            table[i, j] = table[j, i] = distance(a, values[j])
    means = table @ (weight / weight.sum())
    # Rounding differs with the order of summation, so "the least" needs a hair of room to be stable.
    best = int(np.flatnonzero(means <= means.min() + 1e-12)[0])
    return Medoid(best, float(means[best]))


def text_medoid(texts: Sequence[str], weights: ArrayLike | None = None) -> Medoid | None:
    """The medoid by normalized edit distance on code points; None as in ``medoid``."""
    return medoid(texts, weights, distance=normalized_distance)
