"""Conger's kappa: Cohen's for more than two raters, each with class shares of their own."""

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.counts import item_counts, pair_weights
from stats.agreement.estimate import Coefficient
from stats.agreement.percent import percent_agreement
from stats.arrays import as_codes


def conger_kappa(
    item: ArrayLike,
    rater: ArrayLike,
    label: ArrayLike,
    *,
    n_items: int,
    n_raters: int,
    n_classes: int,
    weights: ArrayLike | str | None = None,
) -> Coefficient:
    """(p_a - p_e) / (1 - p_e), p_e the chance that two different raters agree by their own class shares.

    Parallel columns of codes (n_answers,); a rater's shares are over the items they answered, and raters
    without answers are left out. At most 1; with two raters of the same items Cohen's kappa. Undefined
    (None): no item has two answers, fewer than two raters, or chance agreement is complete. Source: Conger,
    Psychological Bulletin 88 (1980) 322-328; missing answers as in Gwet, Handbook of Inter-Rater Reliability.
    """
    raters, labels = as_codes(rater, "rater", limit=n_raters), as_codes(label, "label", limit=n_classes)
    counts = item_counts(item, labels, n_items=n_items, n_classes=n_classes)
    if raters.size != labels.size:
        message = "rater and label must have the same length"
        raise ValueError(message)
    observed = percent_agreement(counts, weights=weights)
    own = item_counts(raters, labels, n_items=n_raters, n_classes=n_classes).astype(np.float64)
    own = own[own.sum(axis=1) > 0]
    if observed.value is None or len(own) < 2:
        return Coefficient(None, observed.reason or "fewer than two raters", observed.items, observed.answers)
    shares = own / own.sum(axis=1, keepdims=True)
    mean = shares.mean(axis=0)
    apart = (shares - mean).T @ (shares - mean) / (len(shares) - 1)
    table = pair_weights(weights, n_classes)
    chance = float((table * (np.outer(mean, mean) - apart / len(shares))).sum())
    if 1 - chance <= 1e-12:
        return Coefficient(None, "chance agreement is complete", observed.items, observed.answers)
    return Coefficient((observed.value - chance) / (1 - chance), None, observed.items, observed.answers)
