"""Does a promised error still hold? A test that may be looked at after every audited answer.

Wald's test needs one alternative; here every error above the target is one, weighed by a Beta density. The
mean of the weighted likelihood ratio begins at one and never rises while the promise holds, so that the ratio
ever reaches ``1 / alpha`` with probability ``alpha`` at most, however often one looks. Sources: J. Ville,
Étude critique de la notion de collectif (1939); H. Robbins, Annals of Mathematical Statistics 41 (1970)
1397-1409; S. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Annals of Statistics 49 (2021) 1055-1080.
"""

from dataclasses import dataclass
from math import inf, log, log1p, sqrt

from scipy.special import betainc, betaln

from stats.intervals.interval import check_confidence, check_proportion
from stats.triage.thresholds import check_target

HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Watch:
    """``evidence``: logarithm of the weighted likelihood ratio against "the error is the target at most".

    ``low``: the error is at least this, at any time, with confidence 1 - alpha. ``is_broken``: that is
    above the target.
    """

    evidence: float
    low: float
    is_broken: bool


def watch(wrong: int, checked: int, *, target: float, alpha: float = 0.05) -> Watch:
    """What ``wrong`` of ``checked`` audited answers say by now. None checked: nothing, bound 0.

    ``alpha`` bounds the chance of ever calling a kept promise broken. ValueError for impossible counts,
    or a target or alpha outside (0, 1).
    """
    check_proportion(wrong, checked, 1 - alpha)
    check_target(target)
    check_confidence(1 - alpha)
    limit, spread = -log(alpha), 1 / sqrt(target)
    evidence = _evidence(wrong, checked, target, spread)
    return Watch(evidence, _low(wrong, checked, spread, limit), evidence >= limit)


def _evidence(wrong: int, checked: int, bound: float, spread: float) -> float:
    """Against errors of ``bound`` at most. The weights are Beta(1, spread), of what lies above the bound."""
    if not checked:
        return 0.0
    right = checked - wrong
    above = float(betainc(spread + right, 1 + wrong, 1 - bound))
    if above == 0.0:
        return -inf
    ratio = float(betaln(1 + wrong, spread + right)) + log(above)
    ratio -= float(betaln(1, spread)) + spread * log1p(-bound)
    return ratio - wrong * log(bound) - right * log1p(-bound)


def _low(wrong: int, checked: int, spread: float, limit: float) -> float:
    """The largest bound that the evidence refuses; it falls as the bound rises to the share seen."""
    if not wrong:
        return 0.0
    low, high = 0.0, min(wrong / checked, 1 - 1e-12)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle and _evidence(wrong, checked, middle, spread) >= limit:
            low = middle
        else:
            high = middle
    return low
