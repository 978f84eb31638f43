"""Expected calibration error: do probabilities mean what they say?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import as_floats


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """One bin (low, high]: how many predictions, their mean confidence, and the share that was right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Expected and maximal calibration error in [0, 1] (None without predictions) and the non-empty bins."""

    expected_error: float | None
    maximal_error: float | None
    bins: tuple[CalibrationBin, ...]


def calibration(confidence: ArrayLike, is_right: ArrayLike, *, bins: int = 10) -> Calibration:
    """Bin predictions by confidence in ``bins`` equal widths; compare with the share right in each.

    ``confidence`` (n,) in [0, 1] of the predicted class, ``is_right`` (n,) booleans. ECE = sum of bin share
    times |accuracy - confidence|. Source: Guo, Pleiss, Sun, Weinberger, ICML 2017.
    """
    said = as_floats(confidence, "confidence")
    right = np.asarray(is_right, dtype=np.bool_)
    if said.shape != right.shape or bins < 1 or (said.size and (said.min() < 0 or said.max() > 1)):
        message = "confidence must lie in [0, 1], one entry per outcome, and bins be >= 1"
        raise ValueError(message)
    at = np.clip(np.ceil(said * bins).astype(np.int64) - 1, 0, bins - 1)
    count = np.bincount(at, minlength=bins)
    used = np.flatnonzero(count)
    mean = np.bincount(at, weights=said, minlength=bins)[used] / count[used]
    share = np.bincount(at, weights=right, minlength=bins)[used] / count[used]
    gap = np.abs(mean - share)
    rows = tuple(
        CalibrationBin(b / bins, (b + 1) / bins, int(count[b]), float(m), float(s))
        for b, m, s in zip(used.tolist(), mean, share, strict=True)
    )
    if said.size == 0:
        return Calibration(None, None, ())
    return Calibration(float(gap @ count[used] / said.size), float(gap.max()), rows)
