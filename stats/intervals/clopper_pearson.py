"""The exact (Clopper-Pearson) interval for a share."""

from scipy.special import betaincinv

from stats.intervals.interval import Interval, check_proportion


def clopper_pearson(successes: float, trials: float, *, confidence: float = 0.95) -> Interval:
    """Exact binomial interval: covers at least ``confidence``, usually more. No trials: [0, 1].

    Bounds are the tail quantiles of Beta(k, n-k+1) and Beta(k+1, n-k). Source: Clopper, Pearson,
    Biometrika 26 (1934) 404-413.
    """
    check_proportion(successes, trials, confidence)
    tail = (1 - confidence) / 2
    failures = trials - successes
    low = 0.0 if successes == 0 else float(betaincinv(successes, failures + 1, tail))
    high = 1.0 if failures == 0 else float(betaincinv(successes + 1, failures, 1 - tail))
    return Interval(low, high, confidence)
