"""Comparing two people's segments of one recording: overlap, which is which, and a distance for alpha."""

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats
from stats.regions.iou import span_iou
from stats.regions.matching import Matching, match


def as_segments(segments: ArrayLike, name: str) -> Floats:
    """Rows (n, 3) of start and end in seconds and the class's code; none is fine.

    Raises ValueError unless all is finite, every end is after its start, and codes are whole and >= 0.
    """
    raw = np.asarray(segments, dtype=np.float64)
    array = as_floats(raw.reshape(-1, 3) if raw.size == 0 else raw, name, ndim=2)
    if array.shape[1] != 3:
        message = f"{name} must have 3 columns: start, end, class"
        raise ValueError(message)
    if (array[:, 1] <= array[:, 0]).any():
        message = f"every segment of {name} must end after its start"
        raise ValueError(message)
    if (array[:, 2] < 0).any() or (array[:, 2] % 1 != 0).any():
        message = f"classes of {name} must be codes: whole and >= 0"
        raise ValueError(message)
    return array


def segment_iou(a: ArrayLike, b: ArrayLike) -> Floats:
    """Temporal IoU of every segment in ``a`` (n, 3) with every one in ``b`` (m, 3), 0 between classes.

    Shared seconds over the seconds that either covers: (n, m) in [0, 1]. Source: the measure of ActivityNet
    (Caba Heilbron et al., CVPR 2015).
    """
    first, second = as_segments(a, "a"), as_segments(b, "b")
    overlap = span_iou(first[:, :2], second[:, :2])
    return np.where(first[:, None, 2] == second[None, :, 2], overlap, 0.0)


def match_segments(a: ArrayLike, b: ArrayLike, *, limit: float = 1.0) -> Matching:
    """Which segment is which: one to one within classes, of the greatest total IoU (Hungarian).

    Pairs have 1 - IoU below ``limit``: with 0.5, those that overlap by more than half.
    """
    return match(1 - segment_iou(a, b), limit=limit)


def segment_distance(a: ArrayLike, b: ArrayLike) -> float:
    """1 - total IoU of the best matching / the larger number of segments: in [0, 1], symmetric, 0 on equals.

    For ``stats.agreement.distance_alpha``; of two single segments of one class it is 1 - temporal IoU. Two
    answers without segments agree: 0; one without and one with: 1. Seconds do not matter, only their ratios.
    """
    first, second = as_segments(a, "a"), as_segments(b, "b")
    if not len(first) or not len(second):
        return 1.0 if len(first) or len(second) else 0.0
    # Adding up in another order must not make a difference between equal answers.
    return min(1.0, max(0.0, round(1 - match_segments(first, second).mean_similarity(), 12)))
