"""How much a person's answers depend on the truth at all."""

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats


def spammer_score(confusion: ArrayLike) -> Floats:
    """(n,) in [0, 1] from confusion matrices (n, K, K): 0 = answers ignore the truth, 1 = they reveal it.

    sum over c < c' and k of (A_ck - A_c'k)², over K(K-1): mean squared difference of the rows. For two
    classes (sensitivity + specificity - 1)². A person who is reliably wrong scores high: their answers carry
    information. NaN for K = 1, where nothing can depend on the truth. Source: Raykar, Yu, JMLR 13
    (2012) 491-518.
    """
    table = as_floats(confusion, "confusion", ndim=3)
    size = table.shape[1]
    if size == 1:
        return np.full(len(table), np.nan)
    # The sum over pairs of rows in closed form: K sum |A_c|² - |sum A_c|².
    squares = (table**2).sum(axis=(1, 2)) * size - (table.sum(axis=1) ** 2).sum(axis=1)
    score: Floats = np.clip(squares / (size * (size - 1)), 0.0, 1.0)
    return score
