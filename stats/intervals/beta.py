"""Bayesian intervals for a share: the Beta posterior, and Jeffreys' choice of prior."""

from scipy.special import betainc, betaincinv

from stats.arrays import Floats
from stats.intervals.interval import Interval, check_confidence, check_proportion


def beta_interval(a: float, b: float, *, confidence: float = 0.95) -> Interval:
    """Equal-tailed credible interval of Beta(a, b), a > 0 and b > 0 (ValueError otherwise)."""
    check_confidence(confidence)
    if a <= 0 or b <= 0:
        message = "a and b must be positive"
        raise ValueError(message)
    tail = (1 - confidence) / 2
    return Interval(float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail)), confidence)


def credible(
    successes: float, trials: float, *, prior: tuple[float, float] = (1.0, 1.0), confidence: float = 0.95
) -> Interval:
    """Credible interval of a share under a Beta prior (uniform by default); no trials gives the prior's."""
    check_proportion(successes, trials, confidence)
    return beta_interval(prior[0] + successes, prior[1] + trials - successes, confidence=confidence)


def credible_bounds(successes: Floats, trials: Floats, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """``low`` and ``high`` of ``credible``, uniform prior, for many shares at once; the same bits."""
    check_confidence(confidence)
    _check_counts(successes, trials)
    return quantiles(1.0 + successes, 1.0 + trials - successes, confidence)


def quantiles(a: Floats, b: Floats, confidence: float) -> tuple[Floats, Floats]:
    """The ends of the equal-tailed intervals of Beta(a, b), all a and b > 0; unchecked."""
    tail = (1 - confidence) / 2
    return betaincinv(a, b, tail), betaincinv(a, b, 1 - tail)


def jeffreys(successes: float, trials: float, *, confidence: float = 0.95) -> Interval:
    """Jeffreys interval, Beta(k + 1/2, n - k + 1/2), its bound set to 0 at k = 0 and to 1 at k = n.

    With no trials nothing is known: [0, 1]. Source: Brown, Cai, DasGupta, Statistical Science 16 (2001)
    101-133.
    """
    plain = credible(successes, trials, prior=(0.5, 0.5), confidence=confidence)
    low = 0.0 if successes == 0 else plain.low
    high = 1.0 if successes == trials else plain.high
    return Interval(low, high, confidence)


def probability_below(
    threshold: float, successes: float, trials: float, *, prior: tuple[float, float] = (1.0, 1.0)
) -> float:
    """P(share < threshold) given the counts, under a Beta prior; in [0, 1]. Never undefined.

    For example, 7 right of 10 leave P(accuracy < 0.8) = 0.84 under the uniform prior: no ground for a ban.
    """
    check_proportion(successes, trials, 0.5)
    _check_threshold(threshold)
    return float(betainc(prior[0] + successes, prior[1] + trials - successes, threshold))


def probabilities_below(threshold: float, successes: Floats, trials: Floats) -> Floats:
    """``probability_below``, uniform prior, for many shares at once; the same bits."""
    _check_threshold(threshold)
    _check_counts(successes, trials)
    found: Floats = betainc(1.0 + successes, 1.0 + trials - successes, threshold)
    return found


def _check_threshold(threshold: float) -> None:
    if not 0 <= threshold <= 1:
        message = "threshold must lie in [0, 1]"
        raise ValueError(message)


def _check_counts(successes: Floats, trials: Floats) -> None:
    if ((successes < 0) | (successes > trials)).any():
        message = "successes must lie in [0, trials]"
        raise ValueError(message)
