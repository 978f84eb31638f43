"""The table of two raters' answers, from which Cohen's and Scott's coefficients come."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.counts import pair_weights
from stats.agreement.estimate import Bootstrap, Coefficient, estimate
from stats.arrays import Codes, Floats, as_codes

Chance = Callable[[Floats, Floats, Floats], Floats]


def contingency(a: ArrayLike, b: ArrayLike, *, n_classes: int) -> Codes:
    """(K, K) counts of pairs: rows = rater A's answer, columns = rater B's, items answered by both."""
    first, second = as_codes(a, "a", limit=n_classes), as_codes(b, "b", limit=n_classes)
    if first.size != second.size:
        message = "a and b must have the same length"
        raise ValueError(message)
    flat = np.bincount(first.astype(np.int64) * n_classes + second, minlength=n_classes**2)
    return flat.reshape(n_classes, n_classes).astype(np.int32)


class _TableMeasure:
    """One row per cell of the table; the sums are the (resampled) table itself."""

    def __init__(self, weights: Floats, chance: Chance) -> None:
        self._weights, self._chance = weights, chance

    def terms(self, rows: Floats) -> Floats:
        return rows

    def value(self, sums: Floats) -> Floats:
        size = len(self._weights)
        share = sums.reshape(-1, size, size) / sums.sum(axis=1)[:, None, None]
        observed = (share * self._weights).sum(axis=(1, 2))
        expected = self._chance(share.sum(axis=2), share.sum(axis=1), self._weights)
        room = np.where(1 - expected > 1e-12, 1 - expected, np.nan)
        corrected: Floats = (observed - expected) / room
        return corrected

    def reason(self, sums: Floats) -> str:
        return "only one class occurs" if sums.sum() else "the raters share no item"


def estimate_from_table(
    table: ArrayLike, chance: Chance, weights: ArrayLike | str | None, bootstrap: Bootstrap | None
) -> Coefficient:
    """Coefficient of a (K, K) table of counts under ``chance`` (row shares, column shares, weights)."""
    counts = np.asarray(table)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.dtype.kind not in "iu":
        message = "table must be a (K, K) array of integers"
        raise ValueError(message)
    if counts.size == 0 or (counts < 0).any():
        message = "table must not be empty or negative"
        raise ValueError(message)
    measure = _TableMeasure(pair_weights(weights, len(counts)), chance)
    cells = counts.reshape(-1).astype(np.int32)
    return estimate(measure, np.eye(cells.size), cells, answers=2 * int(cells.sum()), bootstrap=bootstrap)
