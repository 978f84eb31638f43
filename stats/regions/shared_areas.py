"""What pairs of simple polygons share, exactly, for many pairs at once.

All pairs are cut into slabs at all corners and crossings; within a slab no two edges cross, so that what the
two share there is its length at the middle times the slab's width. Common edges and corners need no special
case. Time and memory grow with the edges that stand above each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.arrays import Floats

Indexes = NDArray[np.intp]

MOST_EDGES = 200_000  # of pairs that are looked at together


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Edges (n, 4) of one side of all pairs, whose they are, and which row begins where each ends."""

    pair: Indexes
    ends: Floats
    following: Indexes

    @property
    def low(self) -> Floats:
        """The left end of each."""
        return np.minimum(self.ends[:, 0], self.ends[:, 2])

    @property
    def high(self) -> Floats:
        """The right end of each."""
        return np.maximum(self.ends[:, 0], self.ends[:, 2])


def shared_areas(a: Sequence[Floats], b: Sequence[Floats]) -> Floats:
    """Area that lies in both of two checked polygons, for each pair of ``a`` (n) and ``b`` (n): (n,)."""
    areas = np.zeros(len(a))
    start, edges = 0, 0
    for stop, (one, other) in enumerate(zip(a, b, strict=True), start=1):
        edges += len(one) + len(other)
        if edges > MOST_EDGES or stop == len(a):
            areas[start:stop] = _shared(a[start:stop], b[start:stop])
            start, edges = stop, 0
    return areas


def _shared(a: Sequence[Floats], b: Sequence[Floats]) -> Floats:
    # Around their common middle, for exactness.
    middle = [(one.mean(axis=0) + other.mean(axis=0)) / 2 for one, other in zip(a, b, strict=True)]
    sides = _edges(a, middle), _edges(b, middle)
    crossed, crossed_at = _crossings(*sides)
    # Numbers in the order of pair, then x, so that one search serves all pairs.
    xs, place = np.unique(
        np.concatenate([*(side.ends[:, 0] for side in sides), crossed_at]), return_inverse=True
    )
    number = np.concatenate([*(side.pair for side in sides), crossed]) * xs.size + place
    cuts = np.unique(number)
    cut, cut_pair = xs[cuts % xs.size], cuts // xs.size
    split = len(sides[0].pair)
    found = [
        _above(side, np.searchsorted(cuts, own), cut)
        for side, own in zip(sides, (number[:split], number[split : split + len(sides[1].pair)]), strict=True)
    ]
    slab, height = (np.concatenate(columns) for columns in zip(*found, strict=True))
    of_a = np.arange(slab.size) < found[0][0].size
    by_height = np.argsort(height)
    # Few slabs sort several times as fast as small numbers.
    few = slab.astype(np.uint16) if cuts.size < 2**16 else slab
    order = by_height[np.argsort(few[by_height], kind="stable")]
    slab, height, of_a = slab[order], height[order], of_a[order]
    # Every slab has an even number of edges of each, so that counting on from the last one does no harm.
    both = (np.cumsum(of_a) % 2 == 1) & (np.cumsum(~of_a) % 2 == 1)
    inside = np.flatnonzero(both[:-1])
    pieces = (height[inside + 1] - height[inside]) * (cut[slab[inside] + 1] - cut[slab[inside]])
    areas: Floats = np.bincount(cut_pair[slab[inside]], pieces, minlength=len(a)).astype(np.float64)
    return areas


def _edges(polygons: Sequence[Floats], middle: Sequence[Floats]) -> _Edges:
    size = np.array([len(each) for each in polygons])
    pair = np.repeat(np.arange(size.size), size)
    corners = np.concatenate(polygons) - np.array(middle)[pair]
    following = np.arange(1, pair.size + 1)
    following[np.cumsum(size) - 1] -= size
    return _Edges(pair, np.hstack([corners, corners[following]]), following)


def _crossings(a: _Edges, b: _Edges) -> tuple[Indexes, Floats]:
    """The points where an edge of one polygon crosses one of the other's: pair and x."""
    first, second = edges_beside(a.low, a.high, b.low, b.high, a.pair, b.pair)
    start_a, along_a = a.ends[first, :2], a.ends[first, 2:] - a.ends[first, :2]
    start_b, along_b = b.ends[second, :2], b.ends[second, 2:] - b.ends[second, :2]
    across = cross(along_a, along_b)
    with np.errstate(divide="ignore", invalid="ignore"):
        on_a = cross(start_b - start_a, along_b) / across
        on_b = cross(start_b - start_a, along_a) / across
        hit = (across != 0) & (on_a >= 0) & (on_a <= 1) & (on_b >= 0) & (on_b <= 1)
    return a.pair[first[hit]], start_a[hit, 0] + on_a[hit] * along_a[hit, 0]


def _above(side: _Edges, at: Indexes, cut: Floats) -> tuple[Indexes, Floats]:
    """Where lines through the middle of slabs meet edges that begin at a cut: slab and height."""
    until = at[side.following]
    edge, slab = _ranges(np.minimum(at, until), np.maximum(at, until))
    x1, y1, x2, y2 = side.ends[edge].T
    middle = (cut[slab] + cut[slab + 1]) / 2
    return slab, y1 + (middle - x1) / (x2 - x1) * (y2 - y1)


def edges_beside(
    low_a: Floats, high_a: Floats, low_b: Floats, high_b: Floats, of_a: Indexes, of_b: Indexes
) -> tuple[Indexes, Indexes]:
    """Rows of ``a`` and of ``b`` that stand above each other somewhere, where both are of the same pair."""
    xs, place = np.unique(np.concatenate([low_a, high_a, low_b, high_b]), return_inverse=True)
    pair = np.concatenate([of_a, of_a, of_b, of_b]) * xs.size + place
    cuts = np.cumsum([low_a.size, low_a.size, low_b.size])
    from_a, to_a, from_b, to_b = np.split(pair, cuts)
    by_a, by_b = np.argsort(from_a, kind="stable"), np.argsort(from_b, kind="stable")
    # Of two the one that begins later begins within the other.
    sorted_a, sorted_b = from_a[by_a], from_b[by_b]
    first, place_b = _ranges(
        np.searchsorted(sorted_b, from_a, "left"), np.searchsorted(sorted_b, to_a, "right")
    )
    second, place_a = _ranges(
        np.searchsorted(sorted_a, from_b, "right"), np.searchsorted(sorted_a, to_b, "right")
    )
    return np.concatenate([first, by_a[place_a]]), np.concatenate([by_b[place_b], second])


def _ranges(start: Indexes, stop: Indexes) -> tuple[Indexes, Indexes]:
    """Pairs of a row and each number from its ``start`` up to its ``stop``."""
    count = stop - start
    row = np.repeat(np.arange(count.size), count)
    return row, np.arange(row.size) - np.repeat(np.cumsum(count) - count, count) + start[row]


def cross(u: Floats, v: Floats) -> Floats:
    """Cross products of vectors (…, 2)."""
    product: Floats = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return product


def sides_of(edges: Floats, others: Floats) -> Floats:
    """Where the ends of each other edge (n, 4) lie by the line of an edge (n, 4).

    -1 on both sides of it, 0 where one is on it, 1 on one side (n,).
    """
    start, along = edges[:, :2], edges[:, 2:] - edges[:, :2]
    one, other = (np.sign(cross(along, others[:, at : at + 2] - start)) for at in (0, 2))
    sides: Floats = one * other
    return sides
