"""Which drawings of several people mean one object, whatever they are."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from stats.arrays import Codes, Floats
from stats.regions.clustering import cluster_regions

Overlap = Callable[[Codes], Floats]
MOST_KEPT = 10_000_000  # cells of tables


def group_drawings(
    task: Codes, worker: Codes, order: Codes, overlap: Overlap, *, limit: float
) -> tuple[Codes, Codes]:
    """Each drawing's cluster (n,), and each cluster's task, clusters in the order of their first drawing.

    ``overlap`` gives the IoU (m, m) of some drawings of one task; ``order`` (n,) sorts the drawings by task
    and must not depend on how they came, as it decides between equally near ones. Drawings of different
    people cluster as in ``cluster_regions``, while their mean 1 - IoU is at most ``limit``.
    """
    place = np.empty(task.size, dtype=np.int64)
    place[order] = np.arange(task.size)
    tables = _Tables(task, place, overlap)
    found: list[Codes] = []
    for members in _chains(order, task, tables, limit):
        far = 1 - tables.of_some(members)
        owners = worker[members].tolist()
        if len(set(owners)) == len(owners) and far.max() <= limit:
            found.append(members)  # all are near to all: what the clustering would come to
        else:
            found += [members[list(part)] for part in cluster_regions(far, owners, limit=limit)]
    found.sort(key=lambda members: int(place[members].min()))
    cluster = np.zeros(task.size, dtype=np.int32)
    for number, members in enumerate(found):
        cluster[members] = number
    return cluster, np.array([task[members[0]] for members in found], dtype=np.int32)


class _Tables:
    """Overlaps in whole tasks and then in parts of them; what was computed is kept while it is not much."""

    def __init__(self, task: Codes, place: NDArray[np.int64], overlap: Overlap) -> None:
        self._task, self._place, self._overlap = task, place, overlap
        self._kept: dict[int, tuple[int, Floats]] = {}
        self._cells = 0

    def of_task(self, rows: Codes) -> Floats:
        """IoU (m, m) of all drawings of a task, in the order of their places."""
        table = self._overlap(rows)
        self._cells += table.size
        if rows.size and self._cells <= MOST_KEPT:
            self._kept[int(self._task[rows[0]])] = int(self._place[rows[0]]), table
        return table

    def of_some(self, rows: Codes) -> Floats:
        """IoU (m, m) of some drawings of a task."""
        start, table = self._kept.get(int(self._task[rows[0]]), (0, None))
        if table is None:
            return self._overlap(rows)
        inside = self._place[rows] - start
        part: Floats = table[np.ix_(inside, inside)]
        return part


def _chains(order: Codes, task: Codes, tables: _Tables, limit: float) -> list[Codes]:
    """Drawings that are connected by near ones: only within a chain can there be a cluster."""
    from scipy.sparse import coo_array  # when used: the web need not wait for it
    from scipy.sparse.csgraph import connected_components

    near: list[Codes] = []
    for rows in np.split(order, np.flatnonzero(np.diff(task[order])) + 1):
        pairs = np.nonzero(np.triu(1 - tables.of_task(rows) <= limit, 1))
        near.append(np.stack([rows[side] for side in pairs]))
    one, other = np.concatenate(near, axis=1)
    graph = coo_array((np.ones(one.size, dtype=np.int8), (one, other)), shape=(order.size, order.size))
    _, chain = connected_components(graph, directed=False)
    by_chain = order[np.argsort(chain[order], kind="stable")]
    parts = np.split(by_chain, np.flatnonzero(np.diff(chain[by_chain])) + 1)
    return [part for part in parts if part.size]
