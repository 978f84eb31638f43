"""Gwet's AC1 and AC2, which do not collapse when one class is very common."""

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.counts import estimate_from_counts, pair_weights
from stats.agreement.estimate import Bootstrap, Coefficient
from stats.agreement.percent import ChanceCorrected
from stats.arrays import Floats


def _chance(shares: Floats, weights: Floats) -> Floats:
    classes = len(weights)
    if classes == 1:
        return np.ones(len(shares))
    spread: Floats = (shares * (1 - shares)).sum(axis=1) * weights.sum() / (classes * (classes - 1))
    return spread


def gwet_ac(
    counts: ArrayLike, *, weights: ArrayLike | str | None = None, bootstrap: Bootstrap | None = None
) -> Coefficient:
    """AC1; with ``weights`` AC2. p_e = T / (K (K-1)) sum p_k (1 - p_k), T = sum of all weights; at most 1.

    ``counts`` (n_items, K), items with one answer counting for the p_k only. K is the number of classes that
    could have been given, also those that never were, so a single observed class is fine (value 1) when K >
    1. Undefined (None): no item has two answers, or K = 1. Source: K. L. Gwet, British Journal of
    Mathematical and Statistical Psychology 61 (2008) 29-48.
    """
    measure = ChanceCorrected(pair_weights(weights, np.asarray(counts).shape[-1]), _chance)
    return estimate_from_counts(measure, counts, bootstrap, minimum=1)
