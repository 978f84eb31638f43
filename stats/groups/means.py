"""Means of groups of people with intervals, and whether a group differs from the others beyond chance."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from stats.arrays import Codes, Floats
from stats.intervals.mean import mean_interval


@dataclass(frozen=True, slots=True)
class GroupMean:
    """``n`` people with this ``mean`` and its 95 % interval; ``p`` of Welch's test against all others.

    ``p`` is None where it is not defined: fewer than two people on a side, or no variation at all.
    """

    n: int
    mean: float
    low: float
    high: float
    p: float | None


def group_means(values: Floats, group: Codes, n_groups: int) -> list[GroupMean | None]:
    """One entry per group, None for an empty one. ``values`` (n,) in [0, 1], one per person.

    The unit is the person, as answers of one person depend on each other. The order of people makes no
    difference, nor does renaming groups.
    """
    found: list[GroupMean | None] = []
    for place in range(n_groups):
        mine, others = np.sort(values[group == place]), np.sort(values[group != place])
        if not mine.size:
            found.append(None)
            continue
        interval = mean_interval(float(mine.sum()), float((mine**2).sum()), mine.size)
        found.append(
            GroupMean(mine.size, float(mine.mean()), interval.low, interval.high, welch(mine, others))
        )
    return found


def welch(one: Floats, two: Floats) -> float | None:
    """Two-sided p of a difference of means, variances unequal (B. L. Welch, Biometrika 34, 1947)."""
    if one.size < 2 or two.size < 2:
        return None
    a, b = float(one.var(ddof=1)) / one.size, float(two.var(ddof=1)) / two.size
    if a + b <= 0:
        return None
    t = (float(one.mean()) - float(two.mean())) / (a + b) ** 0.5
    freedom = (a + b) ** 2 / (a**2 / (one.size - 1) + b**2 / (two.size - 1))
    return float(min(1.0, 2 * stdtr(freedom, -abs(t))))
