"""Specific agreement: how often people agree about one class, where anybody gives it."""

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.counts import estimate_from_counts
from stats.agreement.estimate import Bootstrap, Coefficient
from stats.arrays import Floats


class _Specific:
    """Columns: n_ik (n_ik - 1) / (m_i - 1) and n_ik of the class."""

    def __init__(self, column: int) -> None:
        self._column = column

    def terms(self, rows: Floats) -> Floats:
        own = rows[:, self._column]
        return np.column_stack([own * (own - 1) / (rows.sum(axis=1) - 1), own])

    def value(self, sums: Floats) -> Floats:
        share: Floats = sums[:, 0] / np.where(sums[:, 1] > 0, sums[:, 1], np.nan)
        return share

    def reason(self, sums: Floats) -> str:
        return "nobody gave this class to an item with two answers"


def specific_agreement(counts: ArrayLike, column: int, *, bootstrap: Bootstrap | None = None) -> Coefficient:
    """If one answer is this class, the probability that another to the same item is it too, in [0, 1].

    sum_i n_ik (n_ik - 1) / (m_i - 1) over sum_i n_ik, from counts (n_items, K); for two raters and the table
    a b / c d it is 2a / (2a + b + c), the Dice coefficient. Not corrected for chance. Undefined (None) where
    nobody gave the class. Source: D. V. Cicchetti, A. R. Feinstein, Journal of Clinical Epidemiology 43
    (1990) 551-558; for several raters: J. L. Fleiss, Statistical Methods for Rates and Proportions, 13.3.
    """
    return estimate_from_counts(_Specific(column), counts, bootstrap)
