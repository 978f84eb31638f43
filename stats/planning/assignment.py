"""Who gets what: how much one more answer of a person would tell about an item, and how to share out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Codes, Floats, as_floats

CHUNK_CELLS = 4_000_000


def certainty_gain(posterior: ArrayLike, confusion: ArrayLike) -> Floats:
    """Expected rise of sum(q²) by one answer of a person, (n,) in [0, 1): 0 for whoever answers by chance.

    posterior (n, K): what is known of each item, rows sum to 1. confusion (K, K): row = truth, as in
    ``Consensus``. sum(q²) is the probability that a class drawn from q is right. QASCA (Zheng et al., SIGMOD
    2015) takes the rise of max(q), ``accuracy_gain`` here, which is 0 wherever one answer alone cannot change
    the leading class: it does not tell such items apart. The quadratic score is strictly proper: every
    answer that tells something raises it. ValueError on shapes that do not fit or on negative values.
    """
    shares, matrix = _checked(posterior, confusion)
    found = np.empty(len(shares))
    for rows in _chunks(len(shares), matrix.size):
        joint = shares[rows, :, None] * matrix
        chance = joint.sum(axis=1)
        squares = np.divide((joint**2).sum(axis=1), chance, out=np.zeros_like(chance), where=chance > 0)
        found[rows] = squares.sum(axis=1) - (shares[rows] ** 2).sum(axis=1)
    return np.maximum(found, 0.0)


def accuracy_gain(posterior: ArrayLike, confusion: ArrayLike) -> Floats:
    """Expected rise of max(q) by one answer of a person, (n,) in [0, 1): the Accuracy* score of QASCA.

    Arguments and errors as in ``certainty_gain``.
    """
    shares, matrix = _checked(posterior, confusion)
    found = np.empty(len(shares))
    for rows in _chunks(len(shares), matrix.size):
        found[rows] = (shares[rows, :, None] * matrix).max(axis=1).sum(axis=1) - shares[rows].max(axis=1)
    return np.maximum(found, 0.0)


def share_out(gain: ArrayLike, free: ArrayLike, room: int) -> list[Codes]:
    """Give each item's free places to the people of whom most is gained: each person's items, best first.

    gain (people, n): 0 or less where the person should not get the item. free (n,): places of each item;
    room: the most items for one person. The greatest gain of all is settled first, ties by item, then by
    person: the same numbers give the same lists. ValueError on shapes that do not fit or negative counts.
    """
    table, places = np.asarray(gain, dtype=np.float64), np.asarray(free, dtype=np.int64).copy()
    if table.ndim != 2 or places.shape != table.shape[1:] or (places < 0).any() or room < 0:
        message = "gain must be (people, n), free (n,) and not negative, room >= 0"
        raise ValueError(message)
    people, items = np.nonzero(table > 0)
    order = np.lexsort((people, items, -table[people, items]))
    lists: list[list[int]] = [[] for _ in table]
    for person, item in zip(people[order].tolist(), items[order].tolist(), strict=True):
        if places[item] and len(lists[person]) < room:
            places[item] -= 1
            lists[person].append(item)
    return [np.array(found, dtype=np.int32) for found in lists]


def _checked(posterior: ArrayLike, confusion: ArrayLike) -> tuple[Floats, Floats]:
    shares = as_floats(posterior, "posterior", ndim=2)
    matrix = as_floats(confusion, "confusion", ndim=2)
    if matrix.shape != (shares.shape[1], shares.shape[1]) or (shares < 0).any() or (matrix < 0).any():
        message = "posterior must be (n, K), confusion (K, K), and none negative"
        raise ValueError(message)
    return shares, matrix


def _chunks(rows: int, cells: int) -> Sequence[slice]:
    step = max(1, CHUNK_CELLS // max(1, cells))
    return [slice(start, start + step) for start in range(0, rows, step)]
