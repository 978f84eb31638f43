"""Kendall's W, agreement of several rankings of the same items, and tau-b of two."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats


@dataclass(frozen=True, slots=True)
class Concordance:
    """W in [0, 1] (0 no agreement, 1 the same ranking), or None with the reason."""

    value: float | None
    reason: str | None


def kendall_w(scores: ArrayLike) -> Concordance:
    """W of ``scores`` (m raters, n items), ranked per rater with middle ranks for ties (corrected for).

    (12 sum R_i² - 3 m² n (n+1)²) / (m² (n³-n) - m sum T_j), T_j = sum (t³-t). Undefined (None): fewer than
    two raters or items, or every rater tied all items. Source: Kendall, Babington Smith, Annals of
    Mathematical Statistics 10 (1939) 275-287.
    """
    table = as_floats(scores, "scores", ndim=2)
    raters, items = table.shape
    if raters < 2 or items < 2:
        return Concordance(None, "fewer than two raters or items")
    from scipy.stats import rankdata  # when used: a second that the web need not wait

    ranks = np.asarray(rankdata(table, axis=1), dtype=np.float64)
    ties = sum(_ties(row) for row in table)
    room = raters**2 * (items**3 - items) - raters * ties
    if room == 0:
        return Concordance(None, "every rater tied all items")
    spread = 12 * float((ranks.sum(axis=0) ** 2).sum()) - 3 * raters**2 * items * (items + 1) ** 2
    return Concordance(min(1.0, max(0.0, spread / room)), None)


def _ties(row: Floats) -> int:
    counts = np.unique(row, return_counts=True)[1]
    return int((counts**3 - counts).sum())


def tau_b(a: ArrayLike, b: ArrayLike) -> Concordance:
    """Kendall's tau-b of two scores (n,) of the same items, in [-1, 1]; ties corrected for.

    (P - Q) / sqrt((P + Q + X0)(P + Q + Y0)), P and Q the pairs in the same and the contrary order, X0 and Y0
    those tied in one only. Undefined (None): fewer than two items, or all tied in one. Cost n².
    Source: Kendall, Biometrika 33 (1945) 239-251.
    """
    first, second = as_floats(a, "a"), as_floats(b, "b")
    if first.size != second.size:
        message = "a and b must have the same length"
        raise ValueError(message)
    if first.size < 2:
        return Concordance(None, "fewer than two items")
    upper = np.triu_indices(first.size, 1)
    x = np.sign(first[:, None] - first)[upper]
    y = np.sign(second[:, None] - second)[upper]
    room = float((x != 0).sum()) * float((y != 0).sum())
    if room == 0:
        return Concordance(None, "all items are tied by one of the two")
    return Concordance(float((x * y).sum() / np.sqrt(room)), None)
