"""Krippendorff's alpha for classes: nominal, ordinal, interval, ratio, or any table of differences."""

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.counts import estimate_from_counts
from stats.agreement.estimate import Bootstrap, Coefficient
from stats.agreement.table_alpha import TableAlpha
from stats.arrays import Floats, as_floats


class _TableAlpha(TableAlpha):
    """As its base, from counts: one column per class in place of one per two classes."""

    def terms(self, rows: Floats) -> Floats:
        return self.rows(rows)


class _OrdinalAlpha:
    """Terms: the coincidences o_ck of each item, n_c (n_k - [c=k]) / (m - 1), flattened."""

    def __init__(self, n_classes: int) -> None:
        self._size = n_classes

    def terms(self, rows: Floats) -> Floats:
        pairs = rows[:, :, None] * (rows[:, None, :] - np.eye(self._size))
        scaled: Floats = pairs / (rows.sum(axis=1) - 1)[:, None, None]
        return scaled.reshape(len(rows), -1)

    def value(self, sums: Floats) -> Floats:
        together = sums.reshape(-1, self._size, self._size)
        totals = together.sum(axis=2)
        answers = totals.sum(axis=1)
        difference = ordinal_differences(totals)
        observed = (together * difference).sum(axis=(1, 2))
        expected = (totals[:, :, None] * totals[:, None, :] * difference).sum(axis=(1, 2))
        alpha: Floats = 1 - (answers - 1) * observed / np.where(expected > 0, expected, np.nan)
        return alpha

    def reason(self, sums: Floats) -> str:
        return "all answers are equal: there is no variation to agree on"


def krippendorff_alpha(
    counts: ArrayLike,
    *,
    metric: str | ArrayLike = "nominal",
    values: ArrayLike | None = None,
    bootstrap: Bootstrap | None = None,
) -> Coefficient:
    """1 - D_o / D_e from counts (n_items, K); 1 perfect, 0 chance, below 0 systematic disagreement.

    ``metric``: "nominal", "ordinal" (classes in order), "interval" and "ratio" on ``values`` (K,) (0..K-1 by
    default; ratio needs values >= 0), or a symmetric (K, K) table of squared differences, zero on the
    diagonal. Items with one answer are left out. Undefined (None, not 1): no item has two answers, or there
    is no variation. Source: K. Krippendorff, Computing Krippendorff's alpha-reliability (2011).
    """
    size = np.asarray(counts).shape[-1]
    is_ordinal = isinstance(metric, str) and metric == "ordinal"
    measure = _OrdinalAlpha(size) if is_ordinal else _TableAlpha(_table(metric, values, size))
    return estimate_from_counts(measure, counts, bootstrap)


def _table(metric: str | ArrayLike, values: ArrayLike | None, size: int) -> Floats:
    if not isinstance(metric, str):
        return _checked_table(metric, size)
    points = np.arange(size, dtype=np.float64) if values is None else as_floats(values, "values")
    if points.size != size:
        message = "values must have one entry per class"
        raise ValueError(message)
    tables = {"nominal": _nominal, "interval": _interval, "ratio": _ratio}
    if metric not in tables:
        message = "metric must be nominal, ordinal, interval, ratio or a table of differences"
        raise ValueError(message)
    return tables[metric](points)


def _checked_table(metric: ArrayLike, size: int) -> Floats:
    table = as_floats(metric, "metric", ndim=2)
    is_valid = table.shape == (size, size) and np.array_equal(table, table.T) and not np.diag(table).any()
    if not is_valid or table.min() < 0:
        message = "a table of differences must be symmetric (K, K), >= 0 and zero on the diagonal"
        raise ValueError(message)
    return table


def _nominal(points: Floats) -> Floats:
    return 1.0 - np.eye(points.size)


def _interval(points: Floats) -> Floats:
    squared: Floats = (points[:, None] - points) ** 2
    return squared


def _ratio(points: Floats) -> Floats:
    if points.size and points.min() < 0:
        message = "the ratio metric needs values >= 0"
        raise ValueError(message)
    total = points[:, None] + points
    share: Floats = np.divide(points[:, None] - points, total, out=np.zeros_like(total), where=total > 0)
    return share**2


def ordinal_differences(totals: Floats) -> Floats:
    """Squared number of answers between the middles of two classes."""
    middle = totals.cumsum(axis=1) - totals / 2
    squared: Floats = (middle[:, :, None] - middle[:, None, :]) ** 2
    return squared
