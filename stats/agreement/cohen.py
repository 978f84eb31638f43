"""Cohen's kappa of two raters, plain or weighted."""

from numpy.typing import ArrayLike

from stats.agreement.estimate import Bootstrap, Coefficient
from stats.agreement.two_raters import estimate_from_table
from stats.arrays import Floats


def _chance(rows: Floats, columns: Floats, weights: Floats) -> Floats:
    expected: Floats = ((rows @ weights) * columns).sum(axis=1)
    return expected


def cohen_kappa(
    table: ArrayLike, *, weights: ArrayLike | str | None = None, bootstrap: Bootstrap | None = None
) -> Coefficient:
    """(p_o - p_e) / (1 - p_e), p_e = sum w_kl a_k b_l of the two raters' own class shares; in [-1, 1].

    ``table`` (K, K) from ``contingency``; ``weights`` as in ``pair_weights``. Undefined (None): no common
    item, or both raters used one and the same class throughout. Source: J. Cohen, Educational and
    Psychological Measurement 20 (1960) 37-46; weighted: Psychological Bulletin 70 (1968) 213-220.
    """
    return estimate_from_table(table, _chance, weights, bootstrap)
