"""Intersection over union of boxes, spans and masks."""

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats


def corners(boxes: ArrayLike) -> Floats:
    """Boxes (n, 4) as x, y, width, height turned into x1, y1, x2, y2. Sizes must be >= 0 (ValueError)."""
    array = _rows(boxes, "boxes", 4)
    if array.size and array[:, 2:].min() < 0:
        message = "width and height must not be negative"
        raise ValueError(message)
    return np.hstack([array[:, :2], array[:, :2] + array[:, 2:]])


def box_iou(a: ArrayLike, b: ArrayLike) -> Floats:
    """IoU of every box in ``a`` (n, 4) with every box in ``b`` (m, 4), corners x1, y1, x2, y2: (n, m) in [0,
    1].

    Two boxes without area have IoU 1 where they are equal and 0 otherwise.
    """
    first, second = _rows(a, "a", 4), _rows(b, "b", 4)
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    sizes = [np.clip(x[:, 2:] - x[:, :2], 0, None).prod(axis=1) for x in (first, second)]
    union = sizes[0][:, None] + sizes[1][None, :] - common
    return _ratio(common, union, (first[:, None] == second[None]).all(axis=2))


def span_iou(a: ArrayLike, b: ArrayLike) -> Floats:
    """IoU of half-open spans: ``a`` (n, 2) and ``b`` (m, 2) as start, end: (n, m) in [0, 1].

    Two empty spans have IoU 1 where they are equal and 0 otherwise. Serves text and time alike.
    """
    first, second = _rows(a, "a", 2), _rows(b, "b", 2)
    low = np.maximum(first[:, None, 0], second[None, :, 0])
    high = np.minimum(first[:, None, 1], second[None, :, 1])
    common = np.clip(high - low, 0, None)
    union = (first[:, 1] - first[:, 0])[:, None] + (second[:, 1] - second[:, 0])[None] - common
    return _ratio(common, union, (first[:, None] == second[None]).all(axis=2))


def mask_iou(a: ArrayLike, b: ArrayLike) -> float:
    """IoU of two boolean masks of the same shape, in [0, 1]; two empty masks are equal: 1."""
    first, second = np.asarray(a, dtype=np.bool_), np.asarray(b, dtype=np.bool_)
    if first.shape != second.shape:
        message = "masks must have the same shape"
        raise ValueError(message)
    union = np.count_nonzero(first | second)
    return float(np.count_nonzero(first & second) / union) if union else 1.0


def _rows(values: ArrayLike, name: str, width: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    array = as_floats(array.reshape(-1, width) if array.size == 0 else array, name, ndim=2)
    if array.shape[1] != width:
        message = f"{name} must have {width} columns"
        raise ValueError(message)
    return array


def _ratio(common: Floats, union: Floats, same: np.typing.NDArray[np.bool_]) -> Floats:
    result: Floats = np.divide(common, union, out=same.astype(np.float64), where=union > 0)
    return result
