"""Whether somebody says one thing more often, or less often, than other people would of the same items."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfc, ndtri

from stats.arrays import Floats, as_floats
from stats.intervals.interval import check_confidence


@dataclass(frozen=True, eq=False)
class Lean:
    """Per person (n,): the share ``given`` and the share that the others would give, ``expected``.

    ``difference`` = given - expected with its interval; ``p`` two-sided, of no difference. NaN (p: 1) for
    somebody without answers, or without others. Correct ``p`` for all that are tested.
    """

    given: Floats
    expected: Floats
    difference: Floats
    low: Floats
    high: Floats
    p: Floats


def lean_beside_others(counts: ArrayLike, code: int, *, confidence: float = 0.95) -> Lean:
    """Of the answer ``code``, from (expected) counts (n, K, K), [w, truth, answer], each person left out.

    Unlike ``class_bias``, which compares with the truth: where everybody errs now and then, a rare class is
    given too often by all. Here the others' rate on each true class is carried over to the person's own mix
    of classes (direct standardization). Interval: Wald's with one success and one failure added to each rate
    (Agresti, Caffo, The American Statistician 54 (2000) 280-288). ``p``: normal, with the rates of both
    together and a continuity correction of half an answer.
    """
    check_confidence(confidence)
    table = as_floats(counts, "counts", ndim=3)
    if table.shape[1] != table.shape[2] or (table < 0).any() or not 0 <= code < table.shape[1]:
        message = "counts must be (n, K, K) and >= 0, code one of the K"
        raise ValueError(message)
    said, size = table[:, :, code], table.sum(axis=2)
    # Rounding must not leave a count below nothing.
    said_by, seen_by = (np.maximum(each.sum(axis=0) - each, 0.0) for each in (said, size))
    total = size.sum(axis=1)
    known = (total > 0) & (seen_by.sum(axis=1) > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = size / total[:, None]
        rate = np.where(seen_by > 0, said_by / seen_by, 0.5)
        given, expected = said.sum(axis=1) / total, (part * rate).sum(axis=1)
        mine, theirs = (said + 1) / (size + 2), (said_by + 1) / (seen_by + 2)
        spread = mine * (1 - mine) / (size + 2) + theirs * (1 - theirs) / (seen_by + 2)
        half = float(ndtri((1 + confidence) / 2)) * np.sqrt((part**2 * spread).sum(axis=1))
        middle, difference = (part * (mine - theirs)).sum(axis=1), given - expected
        both = (said + said_by + 1) / (size + seen_by + 2)
        chance = both * (1 - both) * (size + size**2 / (seen_by + 2))
        sure = np.maximum(np.abs(difference) * total - 0.5, 0.0) / np.sqrt(chance.sum(axis=1))
    low, high = np.minimum(middle - half, difference), np.maximum(middle + half, difference)
    ends = (given, expected, difference, np.maximum(low, -1.0), np.minimum(high, 1.0))
    share, due, beyond, least, most = (np.where(known, each, np.nan) for each in ends)
    return Lean(share, due, beyond, least, most, np.where(known, erfc(sure / np.sqrt(2)), 1.0))
