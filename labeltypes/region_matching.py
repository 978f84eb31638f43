"""The best one-to-one matching of many regions, of which few touch each other."""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stats.arrays import Floats
from stats.regions.matching import match


def best_total(worth: Floats) -> float:
    """The greatest sum of `worth` (n, m), in [0, 1], over one-to-one pairs of rows and columns.

    Rows and columns that share no worth, directly or through others, are matched on their own: exact, and
    for thousands of regions much faster than one matching of all.
    """
    rows, columns = np.nonzero(worth)
    if not rows.size:
        return 0.0
    height, size = worth.shape[0], sum(worth.shape)
    graph = coo_array((np.ones(rows.size, dtype=np.int8), (rows, columns + height)), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    order = np.argsort(group[rows], kind="stable")
    cuts = np.flatnonzero(np.diff(group[rows][order])) + 1
    return math.fsum(_total(worth, rows[edges], columns[edges]) for edges in np.split(order, cuts))


def _total(worth: Floats, rows: np.typing.NDArray[np.intp], columns: np.typing.NDArray[np.intp]) -> float:
    """The same for the rows and columns of one group, named by its edges."""
    if rows.size == 1:
        return float(worth[rows[0], columns[0]])
    part = worth[np.ix_(np.unique(rows), np.unique(columns))]
    return math.fsum(1 - distance for distance in match(1 - part).distances)
