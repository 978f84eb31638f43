"""Krippendorff's interval alpha for real numbers, without a table of their differences."""

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.estimate import Bootstrap, Coefficient, estimate
from stats.arrays import Floats, as_codes, as_floats


class _IntervalAlpha:
    """Rows: answers, sum, sum of squares of an item. Sums of squared differences follow from these three."""

    def terms(self, rows: Floats) -> Floats:
        answers, total, squares = rows.T
        within = 2 * np.maximum(answers * squares - total**2, 0.0) / (answers - 1)
        return np.column_stack([rows, within])

    def value(self, sums: Floats) -> Floats:
        answers, total, squares, within = sums.T
        across = 2 * (answers * squares - total**2)
        # Rounding leaves a trace of variance where every number is the same.
        room = np.where(across > 1e-12 * answers * squares, across, np.nan)
        alpha: Floats = 1 - (answers - 1) * within / room
        return alpha

    def reason(self, sums: Floats) -> str:
        return "all answers are equal: there is no variation to agree on"


def interval_alpha(
    item: ArrayLike, value: ArrayLike, *, n_items: int, bootstrap: Bootstrap | None = None
) -> Coefficient:
    """Alpha with squared differences, from parallel columns of item codes and finite numbers (n_answers,).

    Equals ``krippendorff_alpha(metric="interval")`` with one class per number, in linear time. Same range and
    undefined cases.
    """
    items = as_codes(item, "item", limit=n_items)
    values = as_floats(value, "value")
    if items.size != values.size:
        message = "item and value must have the same length"
        raise ValueError(message)
    count = np.bincount(items, minlength=n_items)
    if not (count >= 2).any():
        return Coefficient(None, "no item has two answers", 0, 0)
    is_used = count[items] >= 2
    # Alpha ignores shift and scale; near zero the sums of squares keep their digits.
    values = values - values[is_used].mean()
    values = values / (np.abs(values[is_used]).max() or 1.0)
    total = np.bincount(items, weights=values, minlength=n_items)
    squares = np.bincount(items, weights=values**2, minlength=n_items)
    rows = np.column_stack([count.astype(np.float64), total, squares])[count >= 2]
    ones = np.ones(len(rows), dtype=np.int32)
    return estimate(_IntervalAlpha(), rows, ones, answers=int(is_used.sum()), bootstrap=bootstrap)
