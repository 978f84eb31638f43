"""Fleiss' kappa, also for unequal numbers of answers and with weights."""

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.counts import estimate_from_counts, pair_weights
from stats.agreement.estimate import Bootstrap, Coefficient
from stats.agreement.percent import ChanceCorrected
from stats.arrays import Floats


def _chance(shares: Floats, weights: Floats) -> Floats:
    expected: Floats = ((shares @ weights) * shares).sum(axis=1)
    return expected


def fleiss_kappa(
    counts: ArrayLike, *, weights: ArrayLike | str | None = None, bootstrap: Bootstrap | None = None
) -> Coefficient:
    """(p_a - p_e) / (1 - p_e), p_e = sum w_kl p_k p_l, p_k = mean over items of n_ik / m_i; at most 1.

    ``counts`` (n_items, K), any number of answers per item; items with one count for the p_k only.
    With equal numbers it is Fleiss' original. Undefined (None): no item has two answers, or one class only.
    Source: J. L. Fleiss, Psychological Bulletin 76 (1971) 378-382; Gwet, Handbook of Inter-Rater Reliability.
    """
    measure = ChanceCorrected(pair_weights(weights, np.asarray(counts).shape[-1]), _chance)
    return estimate_from_counts(measure, counts, bootstrap, minimum=1)
