"""Scott's pi of two raters."""

from numpy.typing import ArrayLike

from stats.agreement.estimate import Bootstrap, Coefficient
from stats.agreement.two_raters import estimate_from_table
from stats.arrays import Floats


def _chance(rows: Floats, columns: Floats, weights: Floats) -> Floats:
    shares = (rows + columns) / 2
    expected: Floats = ((shares @ weights) * shares).sum(axis=1)
    return expected


def scott_pi(
    table: ArrayLike, *, weights: ArrayLike | str | None = None, bootstrap: Bootstrap | None = None
) -> Coefficient:
    """(p_o - p_e) / (1 - p_e), p_e = sum of squares of the mean class shares of both raters; in [-1, 1].

    Same arguments and undefined cases as ``cohen_kappa``; unlike it, the same whichever rater gave which
    answer. Source: W. A. Scott, Public Opinion Quarterly 19 (1955) 321-325.
    """
    return estimate_from_table(table, _chance, weights, bootstrap)
