"""Weighted median and trust-weighted mean of numeric answers."""

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats, as_weights


def weighted_median(values: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """The value at half of the total weight; midway between two values when the half falls exactly between.

    ``values`` (n,), finite; ``weights`` (n,), >= 0, one each by default. None when there are no values or
    no weight. With equal weights this is the ordinary median.
    """
    array = as_floats(values, "values")
    weight = as_weights(weights, "weights", size=array.size)
    order = np.argsort(array, kind="stable")
    order = order[weight[order] > 0]
    if order.size == 0:
        return None
    reached = np.cumsum(weight[order])
    half = reached[-1] / 2
    at = int(np.searchsorted(reached, half * (1 - 1e-12)))
    low = array[order[at]]
    is_between = at + 1 < order.size and bool(np.isclose(reached[at], half, rtol=1e-12, atol=0.0))
    high = array[order[at + 1]] if is_between else low
    return float(low + (high - low) / 2)


def weighted_medians(values: Floats, weights: Floats) -> Floats:
    """The weighted median of every column of ``values`` (n, m), some weight being > 0: (m,)."""
    array, weight = values[weights > 0], weights[weights > 0]
    order = np.argsort(array, axis=0, kind="stable")
    ranked = np.take_along_axis(array, order, axis=0)
    reached = np.cumsum(weight[order], axis=0)
    half = reached[-1] / 2
    at = (reached < half * (1 - 1e-12)).sum(axis=0)
    here = np.arange(array.shape[1])
    low = ranked[at, here]
    is_between = np.isclose(reached[at, here], half, rtol=1e-12, atol=0.0) & (at + 1 < len(array))
    high = np.where(is_between, ranked[np.minimum(at + 1, len(array) - 1), here], low)
    medians: Floats = low + (high - low) / 2
    return medians


def weighted_mean(values: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Sum of weight times value over the sum of weights; same shapes and undefined case as the median."""
    array = as_floats(values, "values")
    weight = as_weights(weights, "weights", size=array.size)
    total = weight.sum()
    if total == 0:
        return None
    mean = float(weight / total @ array)
    used = array[weight > 0]
    # Rounding must not carry a mean of equal values outside their range.
    return float(min(max(mean, used.min()), used.max()))
