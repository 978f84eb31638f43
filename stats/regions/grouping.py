"""Which drawings of several people mean one object, whatever they are."""

from collections.abc import Callable

import numpy as np

from stats.arrays import Codes, Floats
from stats.regions.clustering import cluster_regions

Overlap = Callable[[Codes], Floats]


def group_drawings(
    task: Codes, worker: Codes, order: Codes, overlap: Overlap, *, limit: float
) -> tuple[Codes, Codes]:
    """Each drawing's cluster (n,), and each cluster's task, clusters in the order of their first drawing.

    ``overlap`` gives the IoU (m, m) of some drawings of one task; ``order`` (n,) sorts the drawings by task
    and must not depend on how they came, as it decides between equally near ones. Drawings of different
    people cluster as in ``cluster_regions``, while their mean 1 - IoU is at most ``limit``.
    """
    found: list[Codes] = []
    for members in _chains(order, task, overlap, limit):
        far = 1 - overlap(members)
        owners = worker[members].tolist()
        if len(set(owners)) == len(owners) and far.max() <= limit:
            found.append(members)  # all are near to all: what the clustering would come to
        else:
            found += [members[list(part)] for part in cluster_regions(far, owners, limit=limit)]
    place = np.empty(task.size, dtype=np.int64)
    place[order] = np.arange(task.size)
    found.sort(key=lambda members: int(place[members].min()))
    cluster = np.zeros(task.size, dtype=np.int32)
    for number, members in enumerate(found):
        cluster[members] = number
    return cluster, np.array([task[members[0]] for members in found], dtype=np.int32)


def _chains(order: Codes, task: Codes, overlap: Overlap, limit: float) -> list[Codes]:
    """Drawings that are connected by near ones: only within a chain can there be a cluster."""
    from scipy.sparse import coo_array  # when used: the web need not wait for it
    from scipy.sparse.csgraph import connected_components

    near: list[Codes] = []
    for rows in np.split(order, np.flatnonzero(np.diff(task[order])) + 1):
        pairs = np.nonzero(np.triu(1 - overlap(rows) <= limit, 1))
        near.append(np.stack([rows[side] for side in pairs]))
    one, other = np.concatenate(near, axis=1)
    graph = coo_array((np.ones(one.size, dtype=np.int8), (one, other)), shape=(order.size, order.size))
    _, chain = connected_components(graph, directed=False)
    by_chain = order[np.argsort(chain[order], kind="stable")]
    parts = np.split(by_chain, np.flatnonzero(np.diff(chain[by_chain])) + 1)
    return [part for part in parts if part.size]
