"""Krippendorff's alpha where the differences between classes are given, whatever the data."""

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats


class TableAlpha:
    """Rows: an item's disagreement, then its answers per class; ``difference`` (K, K) holds for all parts."""

    def __init__(self, difference: ArrayLike) -> None:
        self.difference = as_floats(difference, "difference", ndim=2)

    def rows(self, counts: ArrayLike) -> Floats:
        """(n, 1 + K) from counts (n, K) of items with at least two answers each."""
        table = np.asarray(counts, dtype=np.float64)
        # Answers do not differ from themselves: the diagonal is zero and takes care of [c = k].
        within = ((table @ self.difference) * table).sum(axis=1) / (table.sum(axis=1) - 1)
        return np.column_stack([within, table])

    def terms(self, rows: Floats) -> Floats:
        return rows

    def value(self, sums: Floats) -> Floats:
        totals = sums[:, 1:]
        answers = totals.sum(axis=1)
        expected = ((totals @ self.difference) * totals).sum(axis=1)
        alpha: Floats = 1 - (answers - 1) * sums[:, 0] / np.where(expected > 0, expected, np.nan)
        return alpha

    def reason(self, sums: Floats) -> str:
        return "all answers are equal: there is no variation to agree on"

    def answers(self, sums: Floats) -> float:
        return float(sums[1:].sum())

    def expected(self, sums: Floats) -> float:
        totals = sums[1:]
        return float(totals @ self.difference @ totals) / max(float(totals.sum()) ** 2, 1.0)
