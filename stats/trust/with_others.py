"""How often a person says what the others, without that person, find most probable."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from stats.arrays import Codes, Floats
from stats.intervals.interval import check_confidence


@dataclass(frozen=True, eq=False)
class WithOthers:
    """Per person (n,): ``agreement`` in [0, 1] on ``items``; ``corrected`` beyond chance (Cohen's kappa).

    NaN without items; ``corrected`` is NaN too where chance alone agrees fully. The interval of ``corrected``
    holds the chance as it is.
    """

    items: Floats
    agreement: Floats
    low: Floats
    high: Floats
    corrected: Floats
    corrected_low: Floats
    corrected_high: Floats


def agreement_with_others(
    person: Codes, label: Codes, others: Codes, *, n_people: int, n_classes: int, confidence: float = 0.95
) -> WithOthers:
    """From parallel columns of answers: who, what, and the class of the others (-1: they say nothing).

    Wilson's interval. Chance is the sum over classes of the person's share times that of the others on the
    same items.
    """
    check_confidence(confidence)
    kept = others >= 0
    person, label, others = person[kept], label[kept], others[kept]
    items = np.bincount(person, minlength=n_people).astype(np.float64)
    same = np.bincount(person, weights=label == others, minlength=n_people).astype(np.float64)
    shares = [
        np.bincount(person.astype(np.int64) * n_classes + side, minlength=n_people * n_classes).reshape(
            n_people, n_classes
        )
        for side in (label, others)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        agreement = same / items
        chance = (shares[0] * shares[1]).sum(axis=1) / items**2
        low, high = wilson_bounds(same, items, confidence=confidence)
        room = np.where(1 - chance > 1e-12, 1 - chance, np.nan)
        beyond = [(each - chance) / room for each in (agreement, low, high)]
    return WithOthers(items, agreement, low, high, *beyond)


def wilson_bounds(successes: Floats, trials: Floats, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's interval of many shares at once; [0, 1] without trials."""
    z = float(ndtri((1 + confidence) / 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = successes / trials
        shrink = 1 + z * z / trials
        center = (share + z * z / (2 * trials)) / shrink
        half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2)) / shrink
    low = np.where(trials > 0, np.where(successes <= 0, 0.0, np.maximum(center - half, 0.0)), 0.0)
    high = np.where(trials > 0, np.where(successes >= trials, 1.0, np.minimum(center + half, 1.0)), 1.0)
    return low, high
