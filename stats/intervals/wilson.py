"""The Wilson score interval for a share."""

from math import sqrt

from scipy.special import ndtri

from stats.intervals.interval import Interval, check_proportion


def wilson(successes: float, trials: float, *, confidence: float = 0.95) -> Interval:
    """Score interval for ``successes`` of ``trials`` (may be fractional, for weighted counts).

    (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n). With no trials nothing is known: [0, 1].
    Source: E. B. Wilson, JASA 22 (1927) 209-212.
    """
    check_proportion(successes, trials, confidence)
    if trials == 0:
        return Interval(0.0, 1.0, confidence)
    z = float(ndtri((1 + confidence) / 2))
    share = successes / trials
    shrink = 1 + z * z / trials
    center = (share + z * z / (2 * trials)) / shrink
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / shrink
    # At 0 and n the exact bound is 0 and 1; rounding must not move it.
    low = 0.0 if successes == 0 else max(0.0, center - half)
    high = 1.0 if successes == trials else min(1.0, center + half)
    return Interval(low, high, confidence)
