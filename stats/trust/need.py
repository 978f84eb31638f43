"""How much one more known answer of a person would tell, for sharing out gold."""

from math import sqrt

from stats.intervals.beta import probability_below

# Of the uniform distribution on [0, 1]: what is known of somebody who was never graded.
UNIFORM_DEVIATION = sqrt(1 / 12)


def need_of_gold(right: float, graded: float, *, bar: float) -> float:
    """In [0, 1]: 1 for somebody never graded, near 0 for somebody well known, good or bad.

    The larger of two uncertainties under a uniform prior, a = right + 1, b = graded - right + 1: the
    posterior standard deviation sqrt(ab / ((a + b)² (a + b + 1))) as a share of the prior's, and 4 p (1 - p)
    where p = P(accuracy < bar), which is 1 when it is a toss-up on which side of the bar the person is.
    Raises ValueError for impossible counts or a bar outside [0, 1].
    """
    below = probability_below(bar, right, graded)
    a, b = right + 1, graded - right + 1
    deviation = sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    return min(1.0, max(deviation / UNIFORM_DEVIATION, 4 * below * (1 - below)))
