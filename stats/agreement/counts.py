"""Items x classes counts, the form from which every multi-rater coefficient is computed."""

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.estimate import Bootstrap, Coefficient, Measure, estimate, merge_equal
from stats.arrays import Codes, Floats, as_codes, as_floats


def item_counts(item: ArrayLike, label: ArrayLike, *, n_items: int, n_classes: int) -> Codes:
    """(n_items, n_classes) answers per class, from parallel columns of codes (n_answers,)."""
    items = as_codes(item, "item", limit=n_items)
    labels = as_codes(label, "label", limit=n_classes)
    if items.size != labels.size:
        message = "item and label must have the same length"
        raise ValueError(message)
    flat = np.bincount(items.astype(np.int64) * n_classes + labels, minlength=n_items * n_classes)
    return flat.reshape(n_items, n_classes).astype(np.int32)


def estimate_from_counts(
    measure: Measure, counts: ArrayLike, bootstrap: Bootstrap | None, *, minimum: int = 2
) -> Coefficient:
    """Drop items with fewer than ``minimum`` answers, merge equal rows, estimate."""
    table = np.asarray(counts)
    if table.ndim != 2 or table.shape[1] == 0 or table.dtype.kind not in "iu" or (table < 0).any():
        message = "counts must be (n_items, n_classes) integers >= 0"
        raise ValueError(message)
    # Row sums as a product: numpy's own over a short axis costs several times more.
    table = table[table @ np.ones(table.shape[1], dtype=table.dtype) >= minimum]
    if len(table) == 0:
        return Coefficient(None, "no item has two answers", 0, 0)
    rows, multiplicity = merge_equal(table.astype(np.float64))
    return estimate(measure, rows, multiplicity, answers=int(table.sum()), bootstrap=bootstrap)


def pair_weights(weights: ArrayLike | str | None, n_classes: int) -> Floats:
    """Agreement weights (K, K) in [0, 1] with ones on the diagonal.

    None: identity; "linear": 1 - |c-k|/(K-1); "quadratic": 1 - ((c-k)/(K-1))²; or a symmetric matrix,
    checked.
    """
    if weights is None:
        return np.eye(n_classes)
    if isinstance(weights, str):
        power = {"linear": 1, "quadratic": 2}.get(weights)
        if power is None:
            message = "weights must be linear, quadratic or a matrix"
            raise ValueError(message)
        codes = np.arange(n_classes, dtype=np.float64)
        gap: Floats = 1 - (np.abs(codes[:, None] - codes) / max(n_classes - 1, 1)) ** power
        return gap
    table = as_floats(weights, "weights", ndim=2)
    is_valid = (
        table.shape == (n_classes, n_classes) and (table == table.T).all() and (np.diag(table) == 1).all()
    )
    if not is_valid or table.min() < 0 or table.max() > 1:
        message = "weights must be a symmetric (K, K) matrix in [0, 1] with ones on the diagonal"
        raise ValueError(message)
    return table
