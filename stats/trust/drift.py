"""Whether somebody gets worse: accuracy of late, and a CUSUM with a stated rate of false alarms."""

from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from stats.arrays import Bools, Codes, Floats, as_codes, as_floats
from stats.intervals.interval import check_confidence

HALF_LIFE = 200.0
BASELINE = 100  # the first answers of a person, by which the later ones are measured
RUN_LENGTH = 10_000  # answers between two false alarms, on average
WORSE = 3.0  # the odds of an error, times this, are what the CUSUM is tuned to find
MOST_ERRORS = 0.45  # whoever errs more often has no good state to leave
LEAST_ERRORS = 0.005
SURE_OF_USUAL = 0.8
STEPS = np.exp(np.linspace(np.log(LEAST_ERRORS), np.log(MOST_ERRORS), 80))


@dataclass(frozen=True, eq=False)
class Recent:
    """Per person (n,): accuracy of late, the ``effective`` number of answers behind it, a Beta interval."""

    accuracy: Floats
    low: Floats
    high: Floats
    effective: Floats


def recent_accuracy(
    person: ArrayLike,
    right: ArrayLike,
    *,
    n_people: int,
    half_life: float = HALF_LIFE,
    confidence: float = 0.95,
) -> Recent:
    """Exponentially forgotten counts: an answer counts half as much after ``half_life`` further ones.

    Columns in the order in which the answers were given; ``right`` in [0, 1]. With weights w the effective
    size is (sum w)² / sum w², at most 2 half_life / ln 2 (577 at 200). Interval: Beta at that size under
    Jeffreys' prior; the accuracy is the weighted mean, NaN without answers (interval [0, 1]).
    """
    check_confidence(confidence)
    who, x = as_codes(person, "person", limit=n_people), as_floats(right, "right")
    if x.size != who.size or half_life <= 0 or (x.size and (x.min() < 0 or x.max() > 1)):
        message = "right must lie in [0, 1], one for each answer, and half_life be positive"
        raise ValueError(message)
    later = _places(who[::-1])[::-1]
    weight = 0.5 ** (later / half_life)
    total, squares, hits = (
        np.bincount(who, weights=each, minlength=n_people) for each in (weight, weight**2, weight * x)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        accuracy, effective = hits / total, np.where(total > 0, total**2 / squares, 0.0)
    known = np.where(total > 0, accuracy, 0.5) * effective
    tail = (1 - confidence) / 2
    low, high = (betaincinv(known + 0.5, effective - known + 0.5, each) for each in (tail, 1 - tail))
    empty = total == 0
    return Recent(accuracy, np.where(empty, 0.0, low), np.where(empty, 1.0, high), effective)


def _places(who: Codes) -> Codes:
    """How many answers of the same person stand before each."""
    order = np.argsort(who, kind="stable")
    starts = np.flatnonzero(np.diff(who[order], prepend=-1))
    sizes = np.diff(starts, append=who.size)
    places = np.empty(who.size, dtype=np.int32)
    places[order] = np.arange(who.size) - np.repeat(starts, sizes)
    return places


@dataclass(frozen=True, slots=True)
class Cusum:
    """One-sided CUSUM of errors on a lattice: an error adds ``up``, a right answer takes 1, never below 0;
    at ``alarm`` it alarms. Tuned to an error rate that rises from ``usual`` to ``worse``."""

    usual: float
    worse: float
    up: int
    alarm: int

    def run_length(self, errors: float) -> float:
        """Average number of answers until an alarm if a share ``errors`` of them is wrong; exact."""
        return _run_length(errors, self.up, self.alarm)


@lru_cache(maxsize=256)
def cusum(usual: float, *, run_length: float = RUN_LENGTH, times: float = WORSE) -> Cusum:
    """The CUSUM for somebody who errs in a share ``usual``: at least ``run_length`` answers between alarms.

    The likelihood ratio of odds of an error ``times`` as high, its two steps brought to the nearest whole
    ratio, so that the average run length is exact: that of a Markov chain over the levels below the alarm
    (D. Brook, D. A. Evans, Biometrika 59 (1972) 539-549). The alarm is the lowest level that keeps
    ``run_length``. Source: E. S. Page, Biometrika 41 (1954) 100-115.
    """
    if not 0 < usual < 1 or times <= 1 or run_length < 1:
        message = "0 < usual < 1, times > 1 and run_length >= 1 are required"
        raise ValueError(message)
    odds = usual / (1 - usual) * times
    worse = odds / (1 + odds)
    up = max(1, round(log(worse / usual) / -log((1 - worse) / (1 - usual))))
    low, high = 0, up
    while _run_length(usual, up, high) < run_length:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _run_length(usual, up, middle) < run_length:
            low = middle
        else:
            high = middle
    return Cusum(usual, worse, up, high)


def _run_length(errors: float, up: int, alarm: int) -> float:
    steps = np.eye(alarm)
    level = np.arange(alarm)
    np.subtract.at(steps, (level, np.maximum(level - 1, 0)), 1 - errors)
    stays = level + up < alarm
    np.subtract.at(steps, (level[stays], level[stays] + up), errors)
    return float(np.linalg.solve(steps, np.ones(alarm))[0])


@dataclass(frozen=True, slots=True)
class Watch:
    """What the CUSUM says of one person.

    ``usual``: the share of errors it assumes, None where it does not watch; ``read``: how many answers; its
    ``level`` now, the level of the ``alarm``, and the place of the answer at which it first alarmed, with the
    place from which on the level stayed above 0 until then: the likeliest beginning of the change.
    """

    usual: float | None
    read: int
    level: int
    alarm: int
    alarmed_at: int | None
    changed_at: int
    run_length: float


NOT_WATCHED = Watch(None, 0, 0, 0, None, 0, 0.0)


def watch(right: Bools, *, since: int = 0, baseline: int = BASELINE) -> Watch:
    """Run one person's answers, in order, through the CUSUM that fits the first ``baseline`` of them.

    The usual share of errors is not their own estimate but its upper 80 % bound (Beta(wrong + 1, right + 1)),
    raised to the next of eighty steps: whoever was lucky at first would be called worse soon after. With it
    simulated people of constant skill raise fewer alarms than the run length says, over their first 300
    answers and over 4,000 (tested); with the median they raise three times as many at first. ``since``:
    somebody looked at the answers before this place, so that the baseline begins anew there. Nobody is
    watched before it is full, nor whoever errs in more than 45 %.
    """
    begin = since + baseline
    if right.size < begin:
        return NOT_WATCHED
    wrong = int(baseline - right[since:begin].sum())
    bound = float(betaincinv(wrong + 1, baseline - wrong + 1, SURE_OF_USUAL))
    if bound > MOST_ERRORS:
        return NOT_WATCHED
    chart = cusum(float(STEPS[np.searchsorted(STEPS, bound - 1e-12)]))
    sums = np.cumsum(np.where(right[begin:], -1, chart.up))
    lowest = np.minimum(np.minimum.accumulate(sums), 0) if sums.size else sums
    level = sums - lowest
    over = np.flatnonzero(level >= chart.alarm)
    quiet = np.flatnonzero(level[: over[0]] == 0) if over.size else over
    return Watch(
        usual=chart.usual,
        read=int(sums.size),
        level=int(level[-1]) if level.size else 0,
        alarm=chart.alarm,
        alarmed_at=begin + int(over[0]) if over.size else None,
        changed_at=begin + (int(quiet[-1]) + 1 if quiet.size else 0),
        run_length=chart.run_length(chart.usual),
    )
