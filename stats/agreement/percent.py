"""Percent agreement: how often two answers to one item are the same."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement.counts import estimate_from_counts, pair_weights
from stats.agreement.estimate import Bootstrap, Coefficient
from stats.arrays import Floats


class PairAgreement:
    """Terms that percent agreement and the kappas share.

    Columns: [m_i >= 2], P_i = sum_k n_ik (r_ik - 1) / (m_i (m_i - 1)) or 0 where m_i = 1, 1, and n_ik / m_i
    for every class, where r_ik = sum_l w_kl n_il.
    """

    def __init__(self, weights: Floats) -> None:
        self.weights = weights

    def terms(self, rows: Floats) -> Floats:
        answers = rows.sum(axis=1)
        is_paired = (answers >= 2).astype(np.float64)
        pairs = np.where(answers >= 2, answers * (answers - 1), 1.0)
        agreeing = is_paired * (rows * (rows @ self.weights - 1)).sum(axis=1) / pairs
        return np.column_stack([is_paired, agreeing, np.ones(len(rows)), rows / answers[:, None]])

    def value(self, sums: Floats) -> Floats:
        observed: Floats = sums[:, 1] / sums[:, 0]
        return observed

    def reason(self, sums: Floats) -> str:
        return "no item has two answers"


class ChanceCorrected(PairAgreement):
    """(p_a - p_e) / (1 - p_e); ``chance`` gives p_e (r,) from class shares (r, K) and the weights."""

    def __init__(self, weights: Floats, chance: Callable[[Floats, Floats], Floats]) -> None:
        super().__init__(weights)
        self._chance = chance

    def value(self, sums: Floats) -> Floats:
        observed = super().value(sums)
        chance = self._chance(sums[:, 3:] / sums[:, 2:3], self.weights)
        # Chance agreement of one (but for rounding) leaves nothing to correct for.
        room = np.where(1 - chance > 1e-12, 1 - chance, np.nan)
        corrected: Floats = (observed - chance) / room
        return corrected

    def reason(self, sums: Floats) -> str:
        if sums[0] == 0:
            return super().reason(sums)
        return "only one class occurs" if np.count_nonzero(sums[3:]) == 1 else "chance agreement is complete"


def percent_agreement(
    counts: ArrayLike, *, weights: ArrayLike | str | None = None, bootstrap: Bootstrap | None = None
) -> Coefficient:
    """Mean over items of the share of agreeing pairs of answers, in [0, 1].

    ``counts`` (n_items, K); items with one answer are left out. Undefined (None) when no item has two. With
    ``weights`` (see ``pair_weights``) near misses count in part.
    """
    measure = PairAgreement(pair_weights(weights, np.asarray(counts).shape[-1]))
    return estimate_from_counts(measure, counts, bootstrap)
