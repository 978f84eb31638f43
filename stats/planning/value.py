"""What more answers to an item are worth: the expected rise of the probability that its answer is right."""

from functools import cache
from itertools import combinations_with_replacement
from math import factorial, prod

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats

NAMED = 5  # leading classes that are told apart; all others are one
AHEAD = 4  # answers that are looked ahead at most
CHUNK = 2_000  # items at a time


def value_of_more(
    posterior: ArrayLike, confusion: ArrayLike, most: ArrayLike, *, temper: float = 1.0
) -> Floats:
    """Expected rise of max(q) per further answer, (n,) in [0, 1): the best over 1 to ``most`` more of them.

    posterior (n, K): rows sum to 1. confusion (K, K), row = truth: of the average person. most (n,): how many
    more may be asked; 0 or less gives 0, beyond ``AHEAD`` it counts as that. temper in (0, 1]: what an answer
    counts in the posterior (``robust_consensus``).

    One answer is not enough to look at: after one vote, one more of an equal person cannot change the leading
    class, but two can, so its value alone would be 0. Looking ahead at a fixed number of answers is a lower
    bound of what asking one at a time is worth. Beyond ``NAMED`` leading classes the rest is taken together,
    a lower bound too. ValueError on shapes that do not fit, on negative values, or on another temper.
    """
    shares, matrix = as_floats(posterior, "posterior", ndim=2), as_floats(confusion, "confusion", ndim=2)
    steps = np.minimum(np.asarray(most, dtype=np.int64), AHEAD)
    if matrix.shape != (shares.shape[1], shares.shape[1]) or steps.shape != shares.shape[:1]:
        message = "posterior must be (n, K), confusion (K, K) and most (n,)"
        raise ValueError(message)
    if (shares < 0).any() or (matrix < 0).any() or not 0 < temper <= 1:
        message = "values must not be negative, and temper must lie in (0, 1]"
        raise ValueError(message)
    told = matrix**temper
    told /= np.maximum(told.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    few, answers, certain = _lumped(shares, told)
    value = np.zeros(len(shares))
    for step in range(1, int(steps.max(initial=0)) + 1):
        rows = np.nonzero(steps >= step)[0]
        after = _certainty_after(few[rows], answers[rows], certain[rows], step)
        value[rows] = np.maximum(value[rows], (after - shares[rows].max(axis=1)) / step)
    return value


def _lumped(shares: Floats, matrix: Floats) -> tuple[Floats, Floats, Floats]:
    """(n, L) leading classes and the rest; (n, L, L) how they are answered; (n, L) how far each is one class.

    The last is 1 but for the rest, of which only the likeliest class can be given as the answer.
    """
    n, size = shares.shape
    order = np.argsort(-shares, axis=1, kind="stable")
    if size <= NAMED + 1:
        ordered = np.take_along_axis(shares, order, axis=1)
        return ordered, matrix[order[:, :, None], order[:, None, :]], np.ones_like(ordered)
    named, rest = order[:, :NAMED], order[:, NAMED:]
    lead, tail = np.take_along_axis(shares, named, axis=1), np.take_along_axis(shares, rest, axis=1)
    mass = tail.sum(axis=1, keepdims=True)
    even = np.full_like(tail, 1 / tail.shape[1])
    weight = np.divide(tail, mass, out=even, where=mass > 0)
    answers = np.empty((n, NAMED + 1, NAMED + 1))
    answers[:, :NAMED, :NAMED] = matrix[named[:, :, None], named[:, None, :]]
    answers[:, NAMED, :NAMED] = np.einsum("nr,nrk->nk", weight, matrix[rest[:, :, None], named[:, None, :]])
    answers[:, :, NAMED] = np.maximum(1 - answers[:, :, :NAMED].sum(axis=2), 0)
    certain = np.ones((n, NAMED + 1))
    certain[:, NAMED] = weight.max(axis=1)
    return np.hstack([lead, mass]), answers, certain


def _certainty_after(shares: Floats, answers: Floats, certain: Floats, count: int) -> Floats:
    """(n,): expected max(q) after ``count`` answers, over everything that they may say."""
    counts, ways = _outcomes(shares.shape[1], count)
    total = np.empty(len(shares))
    for start in range(0, len(shares), CHUNK):
        rows = slice(start, start + CHUNK)
        logs = np.log(np.maximum(answers[rows], np.finfo(float).tiny))
        joint = (shares[rows] * certain[rows])[:, :, None] * np.exp(logs @ counts.T)
        total[rows] = joint.max(axis=1) @ ways
    return total


@cache
def _outcomes(size: int, count: int) -> tuple[Floats, Floats]:
    """(outcomes, size) how often each answer comes among ``count``; (outcomes,) in how many orders."""
    chosen = list(combinations_with_replacement(range(size), count))
    counts = np.array([[each.count(answer) for answer in range(size)] for each in chosen], dtype=np.float64)
    ways = [factorial(count) / prod(factorial(int(each)) for each in row) for row in counts]
    return counts, np.array(ways)
