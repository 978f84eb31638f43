"""Grouping regions of several people into one group per object."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Floats, as_floats

T = TypeVar("T")


def distance_table(regions: Sequence[T], distance: Callable[[T, T], float]) -> Floats:
    """Symmetric (n, n) table of a distance function, zero on the diagonal; n(n-1)/2 calls."""
    table = np.zeros((len(regions), len(regions)))
    for i, a in enumerate(regions):
        for j in range(i):
            table[i, j] = table[j, i] = distance(a, regions[j])
    return table


def cluster_regions(
    distance: ArrayLike, annotators: Sequence[int], *, limit: float = 0.5
) -> tuple[tuple[int, ...], ...]:
    """Average-linkage clusters with at most one region per annotator in each.

    ``distance`` (n, n) symmetric; ``annotators`` (n,) says whose region each is; two clusters join while
    their mean distance is <= ``limit``, nearest first, ties by index, and never when an annotator would be
    in it twice. Returns clusters as ascending indices, ordered by their first; every region is in exactly
    one. No regions: no clusters. Cost n³ in the worst case (250 regions: about 0.1 s).
    """
    size = len(annotators)
    raw = np.asarray(distance, dtype=np.float64)
    table = as_floats(raw.reshape(0, 0) if raw.shape == (0,) else raw, "distance", ndim=2)
    if table.shape != (size, size):
        message = "distance must be square, one row per annotator entry"
        raise ValueError(message)
    members: dict[int, list[int]] = {i: [i] for i in range(size)}
    who = {i: {annotator} for i, annotator in enumerate(annotators)}
    owner = np.asarray(annotators)
    links = np.where(owner[:, None] == owner[None, :], np.inf, table)
    while size:
        at = int(links.argmin())
        keep, gone = sorted(divmod(at, size))
        if not links[keep, gone] <= limit:
            break
        _join(links, members, who, keep=keep, gone=gone)
    return tuple(sorted(tuple(sorted(cluster)) for cluster in members.values()))


def _join(
    links: Floats, members: dict[int, list[int]], who: dict[int, set[int]], *, keep: int, gone: int
) -> None:
    count_keep, count_gone = len(members[keep]), len(members[gone])
    joined = (links[keep] * count_keep + links[gone] * count_gone) / (count_keep + count_gone)
    members[keep] += members.pop(gone)
    who[keep] |= who.pop(gone)
    # An infinite link means "shares an annotator"; the mean of anything with it stays infinite.
    clash: Bools = np.array(
        [i == keep or not who[keep].isdisjoint(who.get(i, ())) for i in range(len(links))]
    )
    joined[clash] = np.inf
    links[keep], links[:, keep] = joined, joined
    links[gone], links[:, gone] = np.inf, np.inf
