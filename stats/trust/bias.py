"""Which classes a person gives more often, or less often, than the items that they saw call for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, ndtri

from stats.arrays import Floats, as_floats
from stats.intervals.interval import check_confidence


@dataclass(frozen=True, eq=False)
class Bias:
    """Per person and class (n, K): the share that was ``given`` and the share ``expected`` by the others.

    ``difference`` = given - expected in [-1, 1] with its interval; ``p`` two-sided, of no difference. NaN
    (p: 1) for somebody of whom the others say nothing. Correct ``p`` for the number of classes and people
    (``benjamini_hochberg``) before anything is called a bias.
    """

    given: Floats
    expected: Floats
    difference: Floats
    low: Floats
    high: Floats
    p: Floats


def class_bias(counts: ArrayLike, *, confidence: float = 0.95) -> Bias:
    """Bias from (expected) counts (n, K, K), [w, truth, answer], of which the person was left out.

    An answer of class l on an item of another class (b of n), and another answer on an item of class l (c of
    n), are the discordant pairs of a matched comparison: the difference is (b - c) / n. Interval: Wald's with
    half an answer added to each of the two cells and one to each of the others (Agresti, Min, Statistics in
    Medicine 24 (2005) 729-740). ``p``: exact, of a fair coin that fell b of b + c times (McNemar), doubled,
    carried over to fractional counts by the incomplete beta function; conservative.
    """
    check_confidence(confidence)
    table = as_floats(counts, "counts", ndim=3)
    if table.shape[1] != table.shape[2] or (table < 0).any():
        message = "counts must be (n, K, K) and >= 0"
        raise ValueError(message)
    total = table.sum(axis=(1, 2))[:, None]
    given, expected = table.sum(axis=1), table.sum(axis=2)
    right = np.diagonal(table, axis1=1, axis2=2)
    # Rounding must not leave a count below nothing.
    more, less = np.maximum(given - right, 0.0), np.maximum(expected - right, 0.0)
    size = total + 2
    shift = (more - less) / size
    spread = np.sqrt(np.maximum((more + less + 1) / size - shift**2, 0.0) / size)
    half = float(ndtri((1 + confidence) / 2)) * spread
    with np.errstate(invalid="ignore", divide="ignore"):
        share, due, difference = (
            np.where(total > 0, each / total, np.nan) for each in (given, expected, more - less)
        )
    known = np.where(total > 0, 1.0, np.nan)
    low, high = np.maximum(shift - half, -1.0) * known, np.minimum(shift + half, 1.0) * known
    return Bias(share, due, difference, low, high, _coin(more, less))


def _coin(more: Floats, less: Floats) -> Floats:
    """Two-sided p of so many of one kind against so many of the other, if both are as likely."""
    most, least = np.maximum(more, less), np.minimum(more, less)
    p: Floats = np.minimum(2 * betainc(np.maximum(most, 1e-9), least + 1, 0.5), 1.0)
    return np.where(most <= least, 1.0, p)
