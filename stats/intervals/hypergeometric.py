"""The exact interval for a share of a finite population, from a sample drawn without return."""

from math import exp, lgamma

import numpy as np

from stats.intervals.interval import Interval, check_proportion

# A tail that is a shade under the level by rounding alone does not exclude a count.
ROUNDING = 1e-9


def hypergeometric(successes: int, drawn: int, population: int, *, confidence: float = 0.95) -> Interval:
    """Interval for K/N: K successes among ``population`` = N items, of which ``drawn`` were looked at.

    From the least K with P(X >= successes) > tail to the greatest with P(X <= successes) > tail, where X is
    hypergeometric and tail = (1 - confidence) / 2. Covers at least ``confidence`` for every K. Both bounds
    are whole items: never fewer than the successes seen, never more than these and all that was not drawn.
    Drawn whole, the share is known. ValueError unless 0 <= successes <= drawn <= population.

    Source: J. P. Buonaccorsi, The American Statistician 41 (1987) 215-218. W. Wang, JASA 110 (2015) 1491-1499
    has a shorter one, whose bounds for one count depend on those for all others.
    """
    check_proportion(successes, drawn, confidence)
    if not 0 < population >= drawn:
        message = "drawn <= population, and a population, are required"
        raise ValueError(message)
    tail = (1 - confidence) / 2 * (1 - ROUNDING)
    least = _least(successes, drawn, population, tail)
    most = population - _least(drawn - successes, drawn, population, tail)
    return Interval(least / population, most / population, confidence)


def _least(successes: int, drawn: int, population: int, tail: float) -> int:
    """The least K in the population with P(X >= successes) > ``tail``, which grows with K."""
    low = successes
    # Here successes are what is expected: no level below a half excludes that.
    high = min(population - drawn + successes, -(-successes * population // max(drawn, 1)))
    while low < high:
        middle = (low + high) // 2
        if _at_least(successes, drawn, population, middle) > tail:
            high = middle
        else:
            low = middle + 1
    return low


def _at_least(successes: int, drawn: int, population: int, among: int) -> float:
    """P(X >= successes) where ``among`` of the population are successes: the first term, and ratios on."""
    first = _log_choose(among, successes) + _log_choose(population - among, drawn - successes)
    first -= _log_choose(population, drawn)
    at = np.arange(successes, min(among, drawn), dtype=np.float64)
    ratios = (among - at) * (drawn - at) / ((at + 1) * (population - among - drawn + at + 1))
    return exp(first) * (1 + float(np.cumprod(ratios).sum()))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
