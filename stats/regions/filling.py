"""The pixels inside outlines, as run lengths: time and memory go with the edges, not with the pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stats.arrays import Floats
from stats.regions.run_lengths import Integers, Runs


def filled(rings: Sequence[Floats], height: int, width: int) -> Runs:
    """The pixels whose middle lies inside any of the ``rings``, each (n, 2) of x, y.

    What a ring goes around twice is outside of it. Parts beyond the image are left out.

    >>> filled([np.array([[1.0, 1.0], [3.0, 1.0], [3.0, 4.0], [1.0, 4.0]])], 5, 4).edges.tolist()
    [6, 9, 11, 14]
    """
    edges = [_edges(ring, height, width) for ring in rings]
    at = np.concatenate([np.zeros(0, np.int64), *edges])
    step = np.concatenate([np.zeros(0, np.int64), *(np.where(np.arange(e.size) % 2, -1, 1) for e in edges)])
    order = np.argsort(at, kind="stable")
    places, first = np.unique(at[order], return_index=True)
    if not places.size:
        return Runs(height, width, places)
    inside = np.cumsum(np.add.reduceat(step[order], first)) > 0
    before = np.concatenate([[False], inside[:-1]])
    return Runs(height, width, places[inside != before])


def _edges(ring: Floats, height: int, width: int) -> Integers:
    """Where the runs of one ring begin and end, ascending."""
    (x1, y1), (x2, y2) = ring.T, np.roll(ring, -1, axis=0).T
    first = np.clip(np.ceil(np.minimum(x1, x2) - 0.5), 0, width).astype(np.int64)
    last = np.clip(np.ceil(np.maximum(x1, x2) - 0.5), 0, width).astype(np.int64)
    times = last - first
    edge = np.repeat(np.arange(times.size), times)
    column = np.arange(edge.size) - np.repeat(np.cumsum(times) - times, times) + first[edge]
    along = (column + 0.5 - x1[edge]) / (x2[edge] - x1[edge])
    down = y1[edge] + along * (y2[edge] - y1[edge])
    row = np.clip(np.ceil(down - 0.5), 0, height).astype(np.int64)
    # A place that is crossed twice is none: the line turns there, or one column ends where the next begins.
    places, crossed = np.unique(column * height + row, return_counts=True)
    ends: Integers = places[crossed % 2 == 1]
    return ends
