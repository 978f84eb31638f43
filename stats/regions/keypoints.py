"""Object keypoint similarity of two drawings of the same points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats


@dataclass(frozen=True, slots=True, eq=False)
class KeypointSimilarity:
    """Each point's similarity (n,), in [0, 1], and their mean over what is visible; None if nothing is."""

    points: Floats
    mean: float | None


def keypoint_similarity(
    a: ArrayLike, b: ArrayLike, spread: ArrayLike, *, area: float, visible: ArrayLike | None = None
) -> KeypointSimilarity:
    """exp(-d² / (2 area (2 k)²)) per point: 1 in the same place, 0.6 at one tolerance.

    ``a`` and ``b`` (n, 2) pixels; ``spread`` (n,) > 0 is k, the points' tolerance as a share of the object's
    size; ``area`` > 0 of the object in square pixels; ``visible`` (n,) which points count, by default all.
    Symmetric. Source: COCO keypoint evaluation.
    """
    first, second, k = as_floats(a, "a", ndim=2), as_floats(b, "b", ndim=2), as_floats(spread, "spread")
    if not first.shape == second.shape == (k.size, 2):
        message = "a, b must be (n, 2) and spread (n,)"
        raise ValueError(message)
    if area <= 0 or (k <= 0).any():
        message = "area and spread must be > 0"
        raise ValueError(message)
    squares = ((first - second) ** 2).sum(axis=1)
    points: Floats = np.exp(-squares / (2 * area * (2 * k) ** 2))
    counted = np.ones(k.size, dtype=np.bool_) if visible is None else np.asarray(visible, dtype=np.bool_)
    return KeypointSimilarity(points, float(points[counted].mean()) if counted.any() else None)
