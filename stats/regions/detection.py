"""Boxes (or time intervals) of a whole project: which objects there are, and where."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats, as_codes
from stats.regions.clustering import cluster_regions
from stats.regions.existence import Existence, best_by_expected_f1, infer_existence
from stats.regions.iou import box_iou

# A looser limit than for showing disagreement: two drawings of one object must not become two objects.
SAME_OBJECT = 0.65
NOISE_STRENGTH = 10.0
ACCURACY_STRENGTH = 4.0

Iou = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class RegionConsensus:
    """One row per cluster of drawings, ordered by task, then by first drawing.

    ``task`` (c,); ``coordinates`` (c, d) precision-weighted; ``label`` (c,) the most probable class and its
    ``label_probability``; ``probability`` (c,) that the object exists; ``kept`` (c,) whether it belongs to
    the set of greatest expected F1, which is ``expected_f1``; ``cluster`` (n_drawings,) each drawing's row.
    ``existence`` has the rates per person; ``deviation`` (n_workers,) is a person's localization noise as a
    share of the object's size.
    """

    task: Codes
    coordinates: Floats
    label: Codes
    label_probability: Floats
    probability: Floats
    kept: Bools
    expected_f1: float
    cluster: Codes
    existence: Existence
    deviation: Floats


def region_consensus(
    task: ArrayLike,
    worker: ArrayLike,
    coordinates: ArrayLike,
    label: ArrayLike | None = None,
    *,
    n_tasks: int,
    n_workers: int,
    n_classes: int = 1,
    views: tuple[ArrayLike, ArrayLike] | None = None,
    iou: Iou = box_iou,
    limit: float = SAME_OBJECT,
) -> RegionConsensus:
    """Infer objects from parallel columns of task, worker, coordinates (n, d) and class (n,).

    ``coordinates``: corners x1, y1, x2, y2 with ``box_iou``, or start, end with ``span_iou``. Drawings of
    different people cluster while their mean 1 - IoU is at most ``limit``. ``views``: columns of task and
    worker of all who looked, needed where somebody drew nothing; by default those who drew. Existence as in
    ``infer_existence``; coordinates weighted by one over each person's squared noise (shrunk); class by a
    vote with each person's accuracy. No drawings: no rows. Raises ValueError for codes out of range.
    """
    tasks, workers = as_codes(task, "task", limit=n_tasks), as_codes(worker, "worker", limit=n_workers)
    places = np.asarray(coordinates, dtype=np.float64)
    places = places.reshape(tasks.size, -1) if places.size else places.reshape(0, 4)
    labels = np.zeros(tasks.size, np.int32) if label is None else as_codes(label, "label", limit=n_classes)
    if not tasks.size == workers.size == len(places) == labels.size:
        message = "task, worker, coordinates and label must have the same length"
        raise ValueError(message)
    cluster, cluster_task = _clusters(tasks, workers, places, iou, limit)
    seen_task, seen_by = (tasks, workers) if views is None else views
    existence = infer_existence(
        cluster,
        workers,
        cluster_task=cluster_task,
        view_task=seen_task,
        view_worker=seen_by,
        n_tasks=n_tasks,
        n_workers=n_workers,
    )
    kept, score = best_by_expected_f1(existence.probability, float(existence.unseen.sum()))
    where, deviation = _places(cluster, workers, places, len(cluster_task), n_workers)
    name, sure = vote_labels(
        cluster, workers, labels, n_clusters=len(cluster_task), n_workers=n_workers, n_classes=n_classes
    )
    return RegionConsensus(
        cluster_task, where, name, sure, existence.probability, kept, score, cluster, existence, deviation
    )


def _clusters(tasks: Codes, workers: Codes, places: Floats, iou: Iou, limit: float) -> tuple[Codes, Codes]:
    """Each drawing's cluster (n,), and each cluster's task."""
    # In an order of their own, so that the order of drawings does not decide between equally near ones.
    order = np.lexsort((*places.T[::-1], workers, tasks)).astype(np.int32)
    found: list[Codes] = []
    for members in _chains(order, tasks, places, iou, limit):
        far = 1 - iou(places[members], places[members])
        owners = workers[members].tolist()
        if len(set(owners)) == len(owners) and far.max() <= limit:
            found.append(members)  # all are near to all: what the clustering would come to
        else:
            found += [members[list(part)] for part in cluster_regions(far, owners, limit=limit)]
    place = np.empty(tasks.size, dtype=np.int64)
    place[order] = np.arange(tasks.size)
    found.sort(key=lambda members: int(place[members].min()))
    cluster = np.zeros(tasks.size, dtype=np.int32)
    for number, members in enumerate(found):
        cluster[members] = number
    return cluster, np.array([tasks[members[0]] for members in found], dtype=np.int32)


def _chains(order: Codes, tasks: Codes, places: Floats, iou: Iou, limit: float) -> list[Codes]:
    """Drawings that are connected by near ones: only within a chain can there be a cluster."""
    from scipy.sparse import coo_array  # when used: the web need not wait for it
    from scipy.sparse.csgraph import connected_components

    near: list[Codes] = []
    for rows in np.split(order, np.flatnonzero(np.diff(tasks[order])) + 1):
        pairs = np.nonzero(np.triu(1 - iou(places[rows], places[rows]) <= limit, 1))
        near.append(np.stack([rows[side] for side in pairs]))
    one, other = np.concatenate(near, axis=1)
    graph = coo_array((np.ones(one.size, dtype=np.int8), (one, other)), shape=(order.size, order.size))
    _, chain = connected_components(graph, directed=False)
    by_chain = order[np.argsort(chain[order], kind="stable")]
    parts = np.split(by_chain, np.flatnonzero(np.diff(chain[by_chain])) + 1)
    return [part for part in parts if part.size]


def _places(
    cluster: Codes, workers: Codes, places: Floats, n_clusters: int, n_workers: int
) -> tuple[Floats, Floats]:
    """Precision-weighted coordinates (c, d) and everybody's noise relative to the size."""
    size = _size(places)
    deviation = np.ones(n_workers)
    count = np.bincount(cluster, minlength=n_clusters)[cluster]
    shared = count >= 2
    where = np.zeros((n_clusters, places.shape[1]))
    for _ in range(10):
        weight = 1 / deviation[workers] ** 2
        total = np.bincount(cluster, weight, minlength=n_clusters)
        for axis in range(places.shape[1]):
            where[:, axis] = np.bincount(cluster, weight * places[:, axis], minlength=n_clusters) / total
        if not shared.any():
            break
        # A drawing has pulled the average towards itself; this is what is left of its own noise.
        free = np.maximum(1 - weight / total[cluster], 0.05)
        off = ((places - where[cluster]) ** 2).mean(axis=1) / size**2 / free
        crowd = max(float(np.median(off[shared])), 1e-8)
        off = np.minimum(off, 25 * crowd)
        squares = np.bincount(workers, off * shared, minlength=n_workers)
        answers = np.bincount(workers, shared, minlength=n_workers)
        pooled = max(float(off[shared].mean()), 1e-8)
        deviation = np.sqrt((squares + NOISE_STRENGTH * pooled) / (answers + NOISE_STRENGTH))
    return where, deviation


def _size(places: Floats) -> Floats:
    half = places.shape[1] // 2
    sides = np.maximum(places[:, half:] - places[:, :half], 1e-9)
    size: Floats = np.exp(np.log(sides).mean(axis=1))
    return size


def vote_labels(
    cluster: Codes, workers: Codes, labels: Codes, *, n_clusters: int, n_workers: int, n_classes: int
) -> tuple[Codes, Floats]:
    """The most probable class of each cluster and its probability, by one-coin EM with shrunk accuracies.

    Ties go to the class that is commoner in all, then to the smaller code.
    """
    if n_classes < 2:
        return np.zeros(n_clusters, dtype=np.int32), np.ones(n_clusters)
    overall = np.bincount(labels, minlength=n_classes) + 1.0
    prior = np.log(overall / overall.sum())
    accuracy = np.full(n_workers, 0.8)
    posterior = np.zeros((n_clusters, n_classes))
    alone = (np.bincount(cluster, minlength=n_clusters) < 2)[cluster]
    for _ in range(20):
        weight = np.log(accuracy * (n_classes - 1) / (1 - accuracy))[workers]
        logs = np.tile(prior, (n_clusters, 1))
        np.add.at(logs, (cluster, labels), weight)
        posterior = np.exp(logs - logs.max(axis=1, keepdims=True))
        posterior /= posterior.sum(axis=1, keepdims=True)
        # As the others see it; a cluster of one says nothing of its author.
        others = logs[cluster]
        others[np.arange(cluster.size), labels] -= weight
        others = np.exp(others - others.max(axis=1, keepdims=True))
        right = others[np.arange(cluster.size), labels] / others.sum(axis=1)
        said = np.bincount(workers, ~alone, minlength=n_workers)
        agreed = np.bincount(workers, right * ~alone, minlength=n_workers)
        pooled = (agreed.sum() + 8) / (said.sum() + 10)
        accuracy = (agreed + ACCURACY_STRENGTH * pooled) / (said + ACCURACY_STRENGTH)
        accuracy = np.clip(accuracy, 1 / n_classes + 1e-3, 0.99)
    top = np.round(posterior, 9)
    best = (top - np.argsort(np.argsort(-overall, kind="stable")) * 1e-12).argmax(axis=1).astype(np.int32)
    return best, posterior[np.arange(n_clusters), best]
