"""Weighted boxes fusion: one box from several drawings of one object."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import as_floats, as_weights


@dataclass(frozen=True, slots=True)
class FusedBox:
    """The averaged coordinates and the score in [0, 1]."""

    box: tuple[float, float, float, float]
    score: float


def fuse_boxes(
    boxes: ArrayLike, weights: ArrayLike | None = None, *, expected: int | None = None
) -> FusedBox | None:
    """Coordinates = weighted mean; score = mean weight x min(drawn, expected) / expected.

    ``boxes`` (n, 4), corners or x, y, width, height alike (the mean is linear); ``weights`` (n,) in [0, 1],
    one each by default; ``expected``: how many people could have drawn it (default: all did, factor 1).
    None when there are no boxes or no weight. Source: Solovyev, Wang, Gabruseva, Image and Vision Computing
    107 (2021) 104117.
    """
    raw = np.asarray(boxes, dtype=np.float64)
    array = as_floats(raw.reshape(-1, 4) if raw.size == 0 else raw, "boxes", ndim=2)
    weight = as_weights(weights, "weights", size=len(array))
    if len(array) == 0 or weight.sum() == 0:
        return None
    if expected is not None and expected < 1:
        message = "expected must be at least 1"
        raise ValueError(message)
    x1, y1, x2, y2 = (float(value) for value in weight / weight.sum() @ array)
    people = len(array) if expected is None else expected
    score = float(weight.mean()) * min(len(array), people) / people
    return FusedBox((x1, y1, x2, y2), score)
