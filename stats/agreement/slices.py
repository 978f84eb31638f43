"""Alpha of parts of the data, and whether a part differs from the rest by more than chance."""

from dataclasses import dataclass
from math import exp, log

import numpy as np
from scipy.special import ndtri, stdtr

from stats.agreement.estimate import BLOCK, Coefficient, Measure
from stats.agreement.table_alpha import TableAlpha
from stats.arrays import Bools, Floats
from stats.intervals.interval import Interval, check_confidence
from stats.intervals.wilson import wilson

NO_PAIRS = "no item has two answers"


class FixedAlpha:
    """Rows: an item's disagreement and its answers; the disagreement by chance is that of all data."""

    def __init__(self, expected: float) -> None:
        self._expected = expected

    def terms(self, rows: Floats) -> Floats:
        return rows

    def value(self, sums: Floats) -> Floats:
        alpha: Floats = 1 - sums[:, 0] / sums[:, 1] / (self._expected if self._expected > 0 else np.nan)
        return alpha

    def reason(self, sums: Floats) -> str:
        return "all answers are equal: there is no variation to agree on"

    def answers(self, sums: Floats) -> float:
        return float(sums[1])

    def expected(self, sums: Floats) -> float:
        return self._expected


SliceMeasure = TableAlpha | FixedAlpha


@dataclass(frozen=True, slots=True)
class Slice:
    """The alpha of a part with its standard error, and its difference from the rest with the p-value of none.

    ``difference`` and ``p`` are None where the part or the rest is too small or has no alpha.
    """

    alpha: Coefficient
    error: float | None
    difference: float | None
    p: float | None


def alpha_of(
    measure: SliceMeasure, rows: Floats, *, confidence: float = 0.95
) -> tuple[Coefficient, float | None]:
    """Alpha of these items, and its standard error by the jackknife over items.

    The interval is normal for the logarithm of 1 - alpha, so that it never exceeds 1. Where nobody ever
    differs the jackknife knows nothing: then the low end is what Wilson's bound for "none of n" allows.
    """
    check_confidence(confidence)
    if len(rows) == 0:
        return Coefficient(None, NO_PAIRS, 0, 0), None
    sums = measure.terms(rows).sum(axis=0)
    answers = round(measure.answers(sums))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(measure.value(sums[None])[0])
    if not np.isfinite(value):
        return Coefficient(None, measure.reason(sums), len(rows), answers), None
    if len(rows) < 2:
        return Coefficient(value, None, 1, answers), None
    z = float(ndtri((1 + confidence) / 2))
    far = 1 - value
    if far < 1e-12:
        most = wilson(0, len(rows), confidence=confidence).high / measure.expected(sums)
        interval = Interval(1 - most, 1.0, confidence)
        return Coefficient(value, None, len(rows), answers, interval), most / z
    error = _jackknife(measure, rows, sums)
    reach = z * error / far
    interval = Interval(1 - far * exp(reach), 1 - far * exp(-reach), confidence)
    return Coefficient(value, None, len(rows), answers, interval), error


def compare_slice(
    measure: SliceMeasure, rows: Floats, inside: Bools, *, least: int = 10, confidence: float = 0.95
) -> Slice:
    """The part ``inside`` (n,) of the items ``rows`` (n, k) and the rest.

    A two-sided test of equal alphas: Welch's t on the logarithm of 1 - alpha (on alpha itself where one side
    never differs), with jackknife errors; not tried where either side has fewer than ``least`` items.
    """
    alpha, error = alpha_of(measure, rows[inside], confidence=confidence)
    rest, rest_error = alpha_of(measure, rows[~inside], confidence=confidence)
    sizes = int(inside.sum()), int(inside.size - inside.sum())
    if alpha.value is None or rest.value is None or not error or not rest_error or min(sizes) < least:
        return Slice(alpha, error, None, None)
    difference = alpha.value - rest.value
    far, rest_far = 1 - alpha.value, 1 - rest.value
    if min(far, rest_far) > 1e-12:
        gap = log(far) - log(rest_far)
        parts = (error / far) ** 2, (rest_error / rest_far) ** 2
    else:
        gap, parts = difference, (error**2, rest_error**2)
    freedom = sum(parts) ** 2 / sum(part**2 / (size - 1) for part, size in zip(parts, sizes, strict=True))
    p = 2 * float(stdtr(freedom, -abs(gap) / sum(parts) ** 0.5))
    return Slice(alpha, error, difference, min(p, 1.0))


def _jackknife(measure: Measure, rows: Floats, sums: Floats) -> float:
    """Standard error: alpha without each item in turn."""
    count = len(rows)
    step = max(1, BLOCK // rows.shape[1])
    total = squares = 0.0
    center = 0.0
    for start in range(0, count, step):
        with np.errstate(divide="ignore", invalid="ignore"):
            without = measure.value(sums - measure.terms(rows[start : start + step]))
        known = without[np.isfinite(without)]
        if start == 0 and known.size:
            center = float(known.mean())
        total += float((known - center).sum())
        squares += float(((known - center) ** 2).sum())
    variance = max(squares / count - (total / count) ** 2, 0.0)
    return float(((count - 1) * variance) ** 0.5)
