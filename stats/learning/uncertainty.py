"""How unsure a model is of each item, from its class probabilities."""

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats


def margin_score(probabilities: ArrayLike) -> Floats:
    """(n,) 1 - (best - second best) of rows (n, K): 0 sure, 1 two classes tied. K = 1: 0. NaN rows stay
    NaN."""
    table = _table(probabilities)
    if table.shape[1] == 1:
        return np.where(np.isnan(table[:, 0]), np.nan, 0.0)
    top = np.partition(table, table.shape[1] - 2, axis=1)
    score: Floats = 1 - (top[:, -1] - top[:, -2])
    return score


def entropy_score(probabilities: ArrayLike) -> Floats:
    """(n,) entropy over log K of rows (n, K): 0 sure, 1 uniform. K = 1: 0. NaN rows stay NaN."""
    table = _table(probabilities)
    if table.shape[1] == 1:
        return np.where(np.isnan(table[:, 0]), np.nan, 0.0)
    logs = np.log(table, out=np.zeros_like(table), where=table > 0)
    logs[np.isnan(table)] = np.nan
    score: Floats = np.clip(-(table * logs).sum(axis=1) / np.log(table.shape[1]), 0.0, 1.0)
    return score


def _table(probabilities: ArrayLike) -> Floats:
    table = np.asarray(probabilities, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] == 0:
        message = "probabilities must be (n, K) with K >= 1"
        raise ValueError(message)
    with np.errstate(invalid="ignore"):
        is_wrong = (table < 0).any() or (np.abs(table.sum(axis=1) - 1) > 1e-3).any()
    if is_wrong:
        message = "every row of probabilities must be >= 0 and sum to 1"
        raise ValueError(message)
    return table
