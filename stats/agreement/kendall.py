"""Kendall's W, agreement of several rankings of the same items, and tau-b of two."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Codes, Floats, as_floats


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
    (value,) = kendall_w_each(table, np.zeros(raters, dtype=np.int32), n_groups=1)
    return Concordance(None, "every rater tied all items") if np.isnan(value) else Concordance(value, None)


def kendall_w_each(scores: ArrayLike, group: Codes, *, n_groups: int) -> Floats:
    """(n_groups,) W as ``kendall_w`` has it, of the rows of ``scores`` (N, n items) in each ``group`` (N,).

    NaN where it is undefined.
    """
    table = as_floats(scores, "scores", ndim=2)
    from scipy.stats import rankdata  # when used: a second that the web need not wait

    ranks = np.asarray(rankdata(table, axis=1), dtype=np.float64).reshape(table.shape)
    items = table.shape[1]
    # Middle ranks lose (t³ - t) / 12 of their sum of squares for every t that are tied: exact in floats.
    ties = 2 * items * (items + 1) * (2 * items + 1) - 12 * (ranks**2).sum(axis=1)
    raters = np.bincount(group, minlength=n_groups).astype(np.float64)
    sums = np.zeros((n_groups, items))
    np.add.at(sums, group, ranks)
    room = raters**2 * (items**3 - items) - raters * np.bincount(group, weights=ties, minlength=n_groups)
    spread = 12 * (sums**2).sum(axis=1) - 3 * raters**2 * items * (items + 1) ** 2
    found = np.full(n_groups, np.nan)
    defined = (raters >= 2) & (room > 0)
    found[defined] = np.clip(spread[defined] / room[defined], 0.0, 1.0)
    return found


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
