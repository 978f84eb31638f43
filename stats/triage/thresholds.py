"""From a model's scores and checked answers to a threshold above which the error stays below a target.

A threshold that is chosen by looking at the curve is the one that luck favored: its own interval promises too
much. So each of a few thresholds is a hypothesis "the error above it is over the target", tested by the
exact binomial tail, in an order that the checked answers have no say in, so that all tests together err with
probability ``1 - confidence`` at most. Sources: A. Angelopoulos, S. Bates, E. Candès, M. Jordan, L. Lei,
Learn then Test, Annals of Applied Statistics 19 (2025) 1641-1662 (thresholds as hypotheses, sequences with
several starts); B. Wiens, Pharmaceutical Statistics 2 (2003) 211-215 (the fallback procedure used here).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr

from stats.arrays import Bools, Floats, as_floats
from stats.intervals.clopper_pearson import clopper_pearson
from stats.intervals.interval import Interval, check_confidence

Reason = Literal["", "unchecked", "too_few", "too_wrong"]
STEPS = 20  # thresholds: at each twentieth of all scores
STARTS = (1, 2)  # so many times the checked answers that are needed at least


@dataclass(frozen=True, slots=True)
class Point:
    """Of all scores the ``share`` at or above ``threshold``; how many of these wait, and were checked.

    So many of the checked ones there were wrong.
    """

    threshold: float
    share: float
    waiting: int
    checked: int
    wrong: int

    @property
    def error(self) -> float | None:
        """The share that was wrong; None where nothing was checked."""
        return self.wrong / self.checked if self.checked else None

    def interval(self, confidence: float = 0.95) -> Interval:
        """Clopper-Pearson, for this threshold alone."""
        return clopper_pearson(self.wrong, self.checked, confidence=confidence)


@dataclass(frozen=True, slots=True)
class Choice:
    """The lowest threshold with the promise, or None and the ``reason``.

    ``unchecked``: no checked answer. ``too_few``: fewer than ``needed``, with which even no error at all
    would not do. ``too_wrong``: no threshold passes its test.
    """

    point: Point | None
    reason: Reason
    checked: int
    needed: int

    @property
    def threshold(self) -> float | None:
        """Scores at or above it may be accepted; None: none may."""
        return None if self.point is None else self.point.threshold


def needed(target: float, confidence: float) -> int:
    """The fewest checked answers, all of them right, that show an error below ``target``.

    For example 299 for 1 % and 59 for 5 % at 95 % confidence. ValueError outside (0, 1).
    """
    check_confidence(confidence)
    check_target(target)
    return ceil(log(1 - confidence) / log(1 - target) - 1e-12)


def least_target(checked: int, confidence: float) -> float:
    """The lowest error that so many checked answers, all of them right, could show; 1 without any."""
    check_confidence(confidence)
    return 1.0 if checked == 0 else float(-np.expm1(log(1 - confidence) / checked))


def risk_curve(scores: ArrayLike, right: ArrayLike, waiting: ArrayLike) -> tuple[Point, ...]:
    """Share accepted against error, strictest threshold first; empty without any score.

    ``scores`` (n,) and ``right`` (n,) of checked answers, ``waiting`` (m,) scores of the others. The
    thresholds come from all scores together, never from what is right. ValueError for unequal lengths.
    """
    known, is_right, others = _read(scores, right, waiting)
    pooled = np.sort(np.concatenate([known, others]))[::-1]
    if not pooled.size:
        return ()
    order = np.argsort(-known, kind="stable")
    wrong = np.concatenate([[0], np.cumsum(~is_right[order])])
    checked, behind = known[order], np.sort(others)[::-1]
    points = []
    for threshold in _thresholds(pooled):
        count = _above(checked, threshold)
        share = _above(pooled, threshold) / pooled.size
        points.append(Point(threshold, share, _above(behind, threshold), count, int(wrong[count])))
    return tuple(points)


def choose(points: Sequence[Point], *, target: float, confidence: float = 0.95) -> Choice:
    """The lowest of a curve's thresholds above which the error is below ``target``, with this confidence.

    Holds where the checked answers are a random part of all: then the chance that the answers above the
    chosen threshold are expected to be wrong in more than ``target`` is at most ``1 - confidence``. Few
    checked answers give no threshold rather than a doubtful one.
    """
    least = needed(target, confidence)
    checked = points[-1].checked if points else 0
    if checked < least:
        return Choice(None, "too_few" if checked else "unchecked", checked, least)
    best, carried = None, 0.0
    for point, weight in zip(points, _weights(points, checked, target, confidence), strict=True):
        level = weight + carried
        tail = float(bdtr(point.wrong, point.checked, target)) if point.checked else 1.0
        carried = level if tail <= level else 0.0
        if carried:
            best = point
    return Choice(best, "" if best else "too_wrong", checked, least)


def choose_threshold(
    scores: ArrayLike, right: ArrayLike, waiting: ArrayLike, *, target: float, confidence: float = 0.95
) -> Choice:
    """``choose`` from the curve of these."""
    return choose(risk_curve(scores, right, waiting), target=target, confidence=confidence)


def check_target(target: float) -> None:
    """Refuse an error outside (0, 1) (ValueError)."""
    if not 0 < target < 1:
        message = "target must lie in (0, 1)"
        raise ValueError(message)


def _weights(points: Sequence[Point], checked: int, target: float, confidence: float) -> list[float]:
    """What each test may err with: all of it at the starts, which no checked answer has a say in.

    The strictest threshold above which as many are expected to be checked as would have to be all right, and
    the one with twice as many, where a wrong one is forgiven. With too few for both there is one start.
    """
    error = 1 - confidence
    starts = STARTS if checked >= needed(target, 1 - error / len(STARTS)) else STARTS[:1]
    least = needed(target, 1 - error / len(starts))
    expected = [point.share * checked for point in points]
    last = len(points) - 1
    picked = {
        next((place for place, count in enumerate(expected) if count >= times * least), last)
        for times in starts
    }
    return [error / len(picked) if place in picked else 0.0 for place in range(len(points))]


def _above(falling: Floats, threshold: float) -> int:
    return int(np.searchsorted(-falling, -threshold, side="right"))


def _thresholds(pooled: Floats) -> list[float]:
    """Scores at each twentieth from the top, without repeats, falling; the last is the lowest of all."""
    places = np.ceil(np.arange(1, STEPS + 1) / STEPS * pooled.size).astype(np.int64) - 1
    return [float(value) for value in np.unique(pooled[places])[::-1]]


def _read(scores: ArrayLike, right: ArrayLike, waiting: ArrayLike) -> tuple[Floats, Bools, Floats]:
    known, others = as_floats(scores, "scores"), as_floats(waiting, "waiting")
    is_right: Bools = np.asarray(right, dtype=np.bool_)
    if is_right.shape != known.shape:
        message = "right must be as long as scores"
        raise ValueError(message)
    return known, is_right, others
