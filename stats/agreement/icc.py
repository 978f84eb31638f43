"""Intraclass correlation: how much of the variation of numbers is the items' own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats
from stats.intervals.interval import Interval, check_confidence

# What rounding leaves of no variation at all, of numbers whose largest is between a half and one.
LEAST = 1e-24


@dataclass(frozen=True, slots=True)
class Icc:
    """ICC(2,1) of a single rater and ICC(2,k) of the mean of all, each with an interval.

    At most 1; below 0 when raters differ more within items than between them. None with the reason where
    undefined, which the mean can be alone.
    """

    single: float | None
    mean: float | None
    single_interval: Interval | None
    mean_interval: Interval | None
    reason: str | None


def icc(values: ArrayLike, *, confidence: float = 0.95) -> Icc:
    """Two-way random effects, absolute agreement, from ``values`` (n_items, k_raters), complete and finite.

    With mean squares of rows R, columns C and error E: single (R - E) / (R + (k-1) E + k (C - E) / n), mean
    (R - E) / (R + (C - E) / n). Undefined (None): fewer than two items or raters, or no variation.
    Raises ValueError where a value is missing: leave such items out. Source: Shrout, Fleiss, Psychological
    Bulletin 86 (1979) 420-428, with intervals of McGraw, Wong, Psychological Methods 1 (1996) 30-46.
    """
    check_confidence(confidence)
    table = as_floats(values, "values", ndim=2)
    items, raters = table.shape
    if items < 2 or raters < 2:
        return Icc(None, None, None, None, "fewer than two items or raters")
    largest = float(np.abs(table).max())
    # By a power of two, which changes no digit: squares of very large or small numbers are no numbers.
    table = np.ldexp(table, -int(np.frexp(largest)[1]))
    rows, columns, error = _mean_squares(table)
    whole = rows + (raters - 1) * error + raters * (columns - error) / items
    part = rows + (columns - error) / items
    if whole <= LEAST:
        return Icc(None, None, None, None, "there is no variation between items to agree on")
    single = (rows - error) / whole
    low, high = _bounds(
        rows, columns, error, items=items, raters=raters, single=single, confidence=confidence
    )
    single_interval = Interval(low, high, confidence)
    if part <= LEAST:
        return Icc(single, None, single_interval, None, "raters differ too much for the mean of them")
    # Below -1/(k-1) a mean of k raters has no correlation to speak of.
    floor = (1e-9 - 1) / (raters - 1)
    ends = [raters * max(end, floor) / (1 + (raters - 1) * max(end, floor)) for end in (low, high)]
    mean_interval = Interval(ends[0], ends[1], confidence)
    return Icc(single, (rows - error) / part, single_interval, mean_interval, None)


def _mean_squares(table: Floats) -> tuple[float, float, float]:
    items, raters = table.shape
    centered = table - table.mean()
    by_item, by_rater = centered.mean(axis=1), centered.mean(axis=0)
    left = centered - by_item[:, None] - by_rater
    rows = raters * float((by_item**2).sum()) / (items - 1)
    columns = items * float((by_rater**2).sum()) / (raters - 1)
    return rows, columns, float((left**2).sum()) / ((items - 1) * (raters - 1))


def _bounds(
    rows: float,
    columns: float,
    error: float,
    *,
    items: int,
    raters: int,
    single: float,
    confidence: float,
) -> tuple[float, float]:
    """Satterthwaite's interval of ICC(2,1)."""
    from scipy.stats import f  # when used: a second that the web need not wait

    if error <= 1e-15 * (rows + columns) and columns <= 1e-15 * rows:
        return 1.0, 1.0
    a = raters * single / (items * max(1 - single, 1e-15))
    b = 1 + raters * single * (items - 1) / (items * max(1 - single, 1e-15))
    noise = (a * columns) ** 2 / (raters - 1) + (b * error) ** 2 / ((items - 1) * (raters - 1))
    freedom = (a * columns + b * error) ** 2 / noise if noise > 0 else 1.0
    tail = 1 - (1 - confidence) / 2
    low_f, high_f = float(f.ppf(tail, items - 1, freedom)), float(f.ppf(tail, freedom, items - 1))
    within = raters * columns + (raters * items - raters - items) * error
    low = items * (rows - low_f * error) / (low_f * within + items * rows)
    high = items * (high_f * rows - error) / (within + items * high_f * rows)
    return min(low, single), max(min(high, 1.0), single)
