"""Choosing items that are unlike each other and unlike what is labeled already."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from stats.arrays import Codes, Floats, as_floats

Features = NDArray[Any]


def k_center(
    features: "Features | sparse.csr_array", size: int, *, labeled: ArrayLike | None = None
) -> Codes:
    """Greedy k-center: ``size`` rows, each the farthest (Euclidean) from all chosen and labeled ones.

    ``features`` (n, d) dense or sparse CSR; ``labeled`` indices of rows that count as chosen from the start.
    Without any, the first is the row farthest from the mean. Fewer than ``size`` rows left: all of them.
    Ties go to the lower index. Memory is a few vectors of n beyond the input; time n x d per choice. A
    2-approximation of the optimal cover (Gonzalez 1985; as "core-set" in Sener, Savarese, ICLR 2018).
    """
    if size < 0:
        message = "size must not be negative"
        raise ValueError(message)
    rows = features if sparse.issparse(features) else np.asarray(features)
    squares = _squares(rows)
    start = np.asarray([] if labeled is None else labeled, dtype=np.int64)
    is_taken = np.zeros(rows.shape[0], dtype=np.bool_)
    is_taken[start] = True
    nearest = np.full(rows.shape[0], np.inf)
    for index in start:
        np.minimum(nearest, _distances(rows, squares, rows[[index]]), out=nearest)
    if start.size == 0 and len(nearest):
        mean = np.asarray(rows.mean(axis=0)).reshape(1, -1)
        nearest = _distances(rows, squares, mean)
    chosen: list[int] = []
    for _ in range(min(size, int((~is_taken).sum()))):
        index = int(np.where(is_taken, -1.0, nearest).argmax())
        fresh = _distances(rows, squares, rows[[index]])
        nearest = fresh if start.size == 0 and not chosen else np.minimum(nearest, fresh)
        is_taken[index] = True
        chosen.append(index)
    return np.array(chosen, dtype=np.int32)


def select_batch(
    scores: ArrayLike,
    features: "Features | sparse.csr_array",
    size: int,
    *,
    labeled: ArrayLike | None = None,
    breadth: int = 5,
) -> Codes:
    """Uncertain and diverse: k-center among the ``breadth * size`` unlabeled rows with the highest scores.

    ``scores`` (n,) finite, higher = rather label this; ties go to the lower index. Returns up to ``size`` row
    indices, in the order chosen. Labeled rows are never chosen and, so that the cost stays bounded, do not
    push others away either: their influence is in the scores.
    """
    score = as_floats(scores, "scores")
    is_free = np.ones(score.size, dtype=np.bool_)
    if labeled is not None:
        is_free[np.asarray(labeled, dtype=np.int64)] = False
    order = np.argsort(-score, kind="stable")
    pool = order[is_free[order]][: max(breadth, 1) * size]
    if pool.size <= size:
        return pool.astype(np.int32)
    rows = features[pool]
    # The most uncertain item always goes first; the others spread out from it.
    rest = k_center(rows, size - 1, labeled=[0])
    batch: Codes = pool[np.concatenate([[0], rest])].astype(np.int32)
    return batch


def _squares(rows: Any) -> Floats:
    product = rows.multiply(rows) if sparse.issparse(rows) else rows.astype(np.float64) ** 2
    return np.asarray(product.sum(axis=1), dtype=np.float64).reshape(-1)


def _distances(rows: Any, squares: Floats, center: Any) -> Floats:
    """(n,) squared distances to one row, never negative."""
    if sparse.issparse(center):
        center = center.toarray()
    point = np.asarray(center, dtype=np.float64).reshape(-1)
    product = np.asarray(rows @ point, dtype=np.float64).reshape(-1)
    return np.maximum(squares - 2 * product + point @ point, 0.0)
