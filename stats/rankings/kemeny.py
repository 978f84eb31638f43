"""One ranking from several: Borda's mean places and Kemeny's least disagreement."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats.arrays import Bools, Codes, Floats, as_weights

Longs = NDArray[np.int64]
# Up to so many items every order is considered (by dynamic programming over sets).
MOST_EXACT = 12
# Costs that differ by less are equal.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class MergedRanking:
    """``order``: items, best first; ``cost``: weight of pairwise preferences that it contradicts.

    ``exact``: no other order costs less; else it is a local optimum.
    """

    order: tuple[int, ...]
    cost: float
    exact: bool


def preferences(ranks: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """(n, n): weight of the people who rank i before j, half of it where they tie them.

    ``ranks`` (m, n): smaller is better, NaN where a person did not rank an item (that pair is then not
    counted). ``weights`` (m,), >= 0, one each by default.
    """
    table = _table(ranks)
    weight = as_weights(weights, "weights", size=len(table))
    before = np.zeros((table.shape[1], table.shape[1]))
    for row, each in zip(table, weight, strict=True):
        # Comparisons with NaN are false: pairs that were not ranked add nothing.
        before += each * (row[:, None] < row) + each / 2 * (row[:, None] == row)
    np.fill_diagonal(before, 0.0)
    return before


def borda(ranks: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Share of preferences won by each item (n,), in [0, 1], 1 = before all others; NaN if never compared.

    With complete rankings this is Borda's score. Arguments as for ``preferences``.
    """
    return _won(preferences(ranks, weights))


def kemeny(ranks: ArrayLike, weights: ArrayLike | None = None) -> MergedRanking:
    """The order that contradicts least weight of pairwise preferences; exact for up to 12 items.

    Beyond that local search (moving one item at a time) from Borda's order. Equally good orders: that nearest
    to Borda's, then by index. Equal rankings give that ranking. Arguments as for ``preferences``. Source:
    Kemeny, Daedalus 88 (1959) 577-591.
    """
    return least_contradiction(preferences(ranks, weights))


def least_contradiction(before: Floats) -> MergedRanking:
    """The same from what is preferred, pair by pair: ``before`` (n, n) as ``preferences`` gives it.

    It may hold probabilities: the cost is then the expected number of pairs that stand the wrong way round.
    """
    score = np.nan_to_num(_won(before), nan=0.5)
    start = sorted(range(len(before)), key=lambda item: (-round(float(score[item]), 9), item))
    # Items renamed by their Borda place, so that among equals the first found is the nearest to it.
    named = before[np.ix_(start, start)]
    exact = len(start) <= MOST_EXACT
    if (np.triu(named - named.T) >= -ROUNDING).all():
        places = list(range(len(start)))  # Borda's order contradicts no majority, so none costs less
    else:
        places = _exact(named) if exact else _search(named)
    cost = float(np.tril(named[np.ix_(places, places)], -1).sum())
    return MergedRanking(tuple(start[place] for place in places), cost, exact)


def undisputed(before: Floats) -> tuple[Codes, Bools, Floats]:
    """Borda's orders (m, n) of many tables (m, n, n), whether they contradict no majority (m,), and the
    tables in that order. Where they do not, they are those of ``least_contradiction``, to the bit.
    """
    met = (before + before.transpose(0, 2, 1)).sum(axis=2)
    score = np.divide(before.sum(axis=2), met, out=np.full(met.shape, 0.5), where=met > 0)
    places = np.array([[-round(each, 9) for each in row] for row in score.tolist()]).reshape(met.shape)
    order = np.argsort(places, axis=1, kind="stable")
    named = in_order(before, order)
    upper = np.triu_indices(before.shape[1], 1)
    ahead = named[:, upper[0], upper[1]] - named[:, upper[1], upper[0]]
    is_clear: Bools = np.logical_and.reduce(ahead >= -ROUNDING, axis=1)
    return order.astype(np.int32), is_clear, named


def in_order(before: Floats, order: Codes | Longs) -> Floats:
    """Tables (m, n, n) with their rows and columns in these orders (m, n)."""
    table: Floats = before[np.arange(len(before))[:, None, None], order[:, :, None], order[:, None, :]]
    return table


def _won(before: Floats) -> Floats:
    won, met = before.sum(axis=1), (before + before.T).sum(axis=1)
    share: Floats = np.divide(won, met, out=np.full(len(before), np.nan), where=met > 0)
    return share


def _table(ranks: ArrayLike) -> Floats:
    table = np.asarray(ranks, dtype=np.float64)
    if table.ndim != 2 or np.isinf(table).any():
        message = "ranks must have two dimensions and be finite or NaN"
        raise ValueError(message)
    return table


def _exact(before: Floats) -> list[int]:
    """Best order of every set of items that come first, from smaller sets (Held and Karp)."""
    size = len(before)
    # Put behind a set, an item contradicts those who wanted it before them.
    contradicted = np.zeros((size, 1))
    for other in range(size):
        contradicted = np.hstack([contradicted, contradicted + before[:, [other]]])
    behind = contradicted.tolist()
    costs, last = [0.0] * (1 << size), [0] * (1 << size)
    for group in range(1, 1 << size):
        members = [item for item in range(size) if group >> item & 1]
        options = [costs[group ^ 1 << item] + behind[item][group ^ 1 << item] for item in members]
        least = min(options)
        at = max(index for index, option in enumerate(options) if option <= least + ROUNDING)
        costs[group], last[group] = options[at], members[at]
    order: list[int] = []
    group = (1 << size) - 1
    while group:
        order.append(last[group])
        group ^= 1 << last[group]
    return order[::-1]


def _search(before: Floats) -> list[int]:
    """Move single items to where they cost least until none gains."""
    order = list(range(len(before)))
    gained = True
    while gained:
        gained = False
        for item in order:
            rest = [other for other in order if other != item]
            # Cost of standing at each place: those who want it after what is behind it, and the contrary.
            behind = np.concatenate([np.cumsum(before[rest, item][::-1])[::-1], [0.0]])
            ahead = np.concatenate([[0.0], np.cumsum(before[item, rest])])
            cost = behind + ahead
            here = order.index(item)
            place = int(cost.argmin())
            if cost[place] < cost[here] - ROUNDING:
                order = [*rest[:place], item, *rest[place:]]
                gained = True
    return order
