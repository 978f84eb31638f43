"""Brennan and Prediger's coefficient: chance means answering evenly at random."""

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.counts import estimate_from_counts, pair_weights
from stats.agreement.estimate import Bootstrap, Coefficient
from stats.agreement.percent import ChanceCorrected
from stats.arrays import Floats


def _chance(shares: Floats, weights: Floats) -> Floats:
    return np.full(len(shares), weights.mean())


def brennan_prediger(
    counts: ArrayLike, *, weights: ArrayLike | str | None = None, bootstrap: Bootstrap | None = None
) -> Coefficient:
    """(p_a - p_e) / (1 - p_e) with p_e = mean of the weights, 1/K unweighted; at most 1.

    ``counts`` (n_items, K), K possible classes. Undefined (None): no item has two answers, or K = 1.
    Source: Brennan, Prediger, Educational and Psychological Measurement 41 (1981) 687-699.
    """
    measure = ChanceCorrected(pair_weights(weights, np.asarray(counts).shape[-1]), _chance)
    return estimate_from_counts(measure, counts, bootstrap, minimum=1)
