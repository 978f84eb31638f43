"""Items that are harder or easier than others: what an answer says at each of three levels.

An item at difficulty d takes d from the log-odds of a right answer, of everybody and for every class; over
all items d is spread normally around 0. Three points stand for the normal distribution (Gauss-Hermite).
"""

from collections.abc import Iterator

import numpy as np

from stats.arrays import Codes, Floats

POINTS = (-(3.0**0.5), 0.0, 3.0**0.5)
WEIGHTS = (1 / 6, 2 / 3, 1 / 6)
# So much flatter a logistic curve is, in squares of the spread, after it is averaged over a normal one.
FLATTER = 0.346
SMALL = 1e-9


def at_levels(logs: Floats, right: Floats, label: Codes, spread: float) -> Iterator[tuple[float, Floats]]:
    """A level at a time: the log of its weight, and log P(answer | class) of n answers there (n, K).

    ``logs`` (n, K) is the same over all levels, ``right`` (n, K) the chance of a right answer to each class,
    ``label`` (n,) what was said. Wrong answers keep their proportions. The log-odds are stretched first, so
    that the mean over the levels stays about what it was. ``spread`` 0 is one level: ``logs`` themselves.
    """
    if spread == 0 or logs.shape[1] == 1:
        yield 0.0, logs
        return
    rows = np.arange(label.size)
    chance = np.clip(right, SMALL, 1 - SMALL)
    # Plain logarithms of sums: numpy's log1p and logaddexp take several times as long.
    missed = np.log(1 - chance)
    odds = (np.log(chance) - missed) * (1 + FLATTER * spread**2) ** 0.5
    base = logs - missed
    base[rows, label] = odds[rows, label]
    np.exp(odds, out=odds)
    for point, weight in zip(POINTS, WEIGHTS, strict=True):
        level = odds * np.exp(-spread * point)
        level += 1
        np.log(level, out=level)
        np.subtract(base, level, out=level)
        level[rows, label] -= spread * point
        yield float(np.log(weight)), level


def together(scores: Iterator[Floats]) -> Floats:
    """(n, K) log of the sum over levels of what each says."""
    total = next(scores)
    for one in scores:
        apart = np.abs(total - one)
        np.negative(apart, out=apart)
        np.exp(apart, out=apart)
        apart += 1
        np.log(apart, out=apart)
        total = np.maximum(total, one)
        total += apart
    return total


def surely_better(gains: Floats, *, errors: float) -> bool:
    """Whether gains in log-probability, one a task, add up to more than so many standard errors."""
    if gains.size < 2:
        return False
    return bool(gains.sum() > errors * gains.std() * gains.size**0.5)
