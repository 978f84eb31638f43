"""Many tests at once: which findings remain when the number of tests is taken into account."""

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p-values (n,): those below q are findings of which at most a share q is false, on average.

    p_(i) n / i, made monotone from the largest down, at most 1; in the order of the input. Holds for
    independent and positively dependent tests. Raises ValueError for values outside [0, 1].
    Source: Y. Benjamini, Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300.
    """
    values = as_floats(p, "p")
    if values.size == 0:
        return values
    if values.min() < 0 or values.max() > 1:
        message = "p must lie in [0, 1]"
        raise ValueError(message)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * values.size / np.arange(1, values.size + 1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
