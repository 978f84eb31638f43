"""Who agrees with whom: between two people, and between each person and all others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.agreement.comparisons import Comparisons
from stats.arrays import Codes, Floats
from stats.intervals.interval import Interval
from stats.intervals.mean import mean_interval


@dataclass(frozen=True, slots=True)
class Between:
    """How much two sides agree on ``items`` that both answered.

    ``agreement``: mean nearness in [0, 1]. ``corrected``: beyond chance, (agreement - chance) / (1 - chance),
    None where chance alone agrees fully. Both intervals hold the chance as it is.
    """

    first: int
    second: int
    items: int
    differ: int
    agreement: float
    interval: Interval
    corrected: float | None
    corrected_interval: Interval | None


def between_pairs(
    comparisons: Comparisons, raters: Codes, *, weights: Floats | None = None, chance: float | None = None
) -> list[Between]:
    """Each two of ``raters`` that share an item; ``first`` and ``second`` are their codes.

    With classes, chance comes from the two people's own shares of classes on the items they share, so that
    ``corrected`` is Cohen's kappa under these ``weights``. Else ``chance`` is the nearness of any two of
    all answers.
    """
    place = _places(comparisons, raters)
    one, two = place[comparisons.rater[comparisons.first]], place[comparisons.rater[comparisons.second]]
    keep = (one >= 0) & (two >= 0) & (one != two)
    left = np.where(one < two, comparisons.first, comparisons.second)[keep]
    right = np.where(one < two, comparisons.second, comparisons.first)[keep]
    size = raters.size
    pair = place[comparisons.rater[left]].astype(np.int64) * size + place[comparisons.rater[right]]
    near = comparisons.nearness[keep]
    sums = _sums(pair, near, size**2)
    count = np.bincount(pair, minlength=size**2)
    expected = np.full(size**2, np.nan if chance is None else chance)
    if comparisons.label is not None and weights is not None:
        expected = _expected(
            pair, comparisons.label[left], comparisons.label[right], np.ones(pair.size), weights, size**2
        )
    return [
        _between(int(raters[at // size]), int(raters[at % size]), int(count[at]), sums, expected[at], int(at))
        for at in np.flatnonzero(count)
    ]


def between_others(
    comparisons: Comparisons, n_raters: int, *, weights: Floats | None = None, chance: float | None = None
) -> list[Between]:
    """Each rater and all the others who answered the same items; ``first`` is the rater, ``second`` is -1.

    An item counts once, by the mean nearness to the others' answers, however many there are. Chance as in
    ``between_pairs``, the others' shares of classes item by item.
    """
    mine = np.concatenate([comparisons.first, comparisons.second])
    other = np.concatenate([comparisons.second, comparisons.first])
    near = np.concatenate([comparisons.nearness, comparisons.nearness])
    answers = comparisons.item.size
    others = np.bincount(mine, minlength=answers)
    used = np.flatnonzero(others)
    mean = np.bincount(mine, weights=near, minlength=answers)[used] / others[used]
    who = comparisons.rater[used]
    sums = _sums(who.astype(np.int64), mean, n_raters)
    count = np.bincount(who, minlength=n_raters)
    expected = np.full(n_raters, np.nan if chance is None else chance)
    if comparisons.label is not None and weights is not None:
        expected = _expected(
            comparisons.rater[mine].astype(np.int64),
            comparisons.label[mine],
            comparisons.label[other],
            1 / others[mine],
            weights,
            n_raters,
        )
    return [
        _between(int(at), -1, int(count[at]), sums, expected[at], int(at)) for at in np.flatnonzero(count)
    ]


def _sums(group: NDArray[np.int64], near: Floats, groups: int) -> list[Floats]:
    """Per group the sum, the sum of squares, and how many are not alike."""
    columns = (near, near**2, (near < 1).astype(np.float64))
    return [
        np.bincount(group, weights=each, minlength=groups).astype(np.float64, copy=False) for each in columns
    ]


def _places(comparisons: Comparisons, raters: Codes) -> Codes:
    highest = int(max(comparisons.rater.max(initial=-1), raters.max(initial=-1)))
    place = np.full(highest + 1, -1, dtype=np.int32)
    place[raters] = np.arange(raters.size, dtype=np.int32)
    return place


def _expected(
    group: NDArray[np.int64],
    left: Codes,
    right: Codes,
    share: Floats,
    weights: Floats,
    groups: int,
) -> Floats:
    """Per group the mean nearness of independent answers with the classes' shares on either side."""
    size = len(weights)
    a, b = (
        np.bincount(group * size + side, weights=share, minlength=groups * size).reshape(groups, size)
        for side in (left, right)
    )
    total = a.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance: Floats = ((a @ weights) * b).sum(axis=1) / total**2
    return chance


def _between(first: int, second: int, items: int, sums: list[Floats], expected: float, at: int) -> Between:
    total, squares, differ = (float(each[at]) for each in sums)
    agreement = min(total / items, 1.0)
    interval = mean_interval(min(total, items), min(squares, total), items)
    room = 1 - expected
    is_defined = bool(np.isfinite(expected)) and room > 1e-12

    def correct(value: float) -> float:
        return float((value - expected) / room)

    return Between(
        first=first,
        second=second,
        items=items,
        differ=round(differ),
        agreement=agreement,
        interval=interval,
        corrected=correct(agreement) if is_defined else None,
        corrected_interval=Interval(correct(interval.low), correct(interval.high), interval.confidence)
        if is_defined
        else None,
    )
