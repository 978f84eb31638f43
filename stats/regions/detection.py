"""Boxes (or time intervals) of a whole project: which objects there are, and where."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats, as_codes
from stats.regions.clustering import cluster_regions
from stats.regions.existence import (
    Existence,
    SightRates,
    best_by_expected_f1,
    existence_under,
    fit_rates,
)
from stats.regions.iou import box_iou
from stats.regions.sight import Sight, sight_of

# A looser limit than for showing disagreement: two drawings of one object must not become two objects.
SAME_OBJECT = 0.65
NOISE_STRENGTH = 10.0
FIRST_ACCURACY, ACCURACY_STRENGTH = 0.8, 4.0

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


@dataclass(frozen=True, slots=True, eq=False)
class RegionModel:
    """What a project's drawings say of its people: enough to merge a task alone as in the whole.

    ``deviation`` (n_workers,) localization noise, ``accuracy`` (n_workers,) of classes, ``class_share``
    (n_classes,); objects with at least the probability ``threshold`` are kept, for an expected F1 of twice
    that.
    """

    sight: SightRates
    deviation: Floats
    accuracy: Floats
    class_share: Floats
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class Drawings:
    """Checked columns as ``region_consensus`` takes them, and which drawings mean one object.

    ``cluster`` (n,) of each drawing, ``cluster_task`` (c,); ``sight``: who looked where.
    """

    worker: Codes
    place: Floats
    label: Codes
    cluster: Codes
    cluster_task: Codes
    sight: Sight
    n_classes: int


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
    drawn = drawings(
        task, worker, coordinates, label,
        n_tasks=n_tasks, n_workers=n_workers, n_classes=n_classes, views=views, iou=iou, limit=limit,
    )  # fmt: skip
    return regions_under(fit_regions(drawn), drawn)


def drawings(
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
) -> Drawings:
    """Check and cluster the columns; see ``region_consensus``."""
    tasks, workers = as_codes(task, "task", limit=n_tasks), as_codes(worker, "worker", limit=n_workers)
    places = np.asarray(coordinates, dtype=np.float64)
    places = places.reshape(tasks.size, -1) if places.size else places.reshape(0, 4)
    labels = np.zeros(tasks.size, np.int32) if label is None else as_codes(label, "label", limit=n_classes)
    if not tasks.size == workers.size == len(places) == labels.size:
        message = "task, worker, coordinates and label must have the same length"
        raise ValueError(message)
    cluster, cluster_task = _clusters(tasks, workers, places, iou, limit)
    seen_task, seen_by = (tasks, workers) if views is None else views
    sight = sight_of(
        cluster,
        workers,
        cluster_task=cluster_task,
        view_task=seen_task,
        view_worker=seen_by,
        n_tasks=n_tasks,
        n_workers=n_workers,
    )
    return Drawings(workers, places, labels, cluster, cluster_task, sight, n_classes)


def fit_regions(drawn: Drawings) -> RegionModel:
    """Learn everybody's rates, noise and accuracy from all drawings of a project."""
    sight = fit_rates(drawn.sight)
    existence = existence_under(sight, drawn.sight)
    _, score = best_by_expected_f1(existence.probability, float(existence.unseen.sum()))
    n_workers = drawn.sight.n_workers
    deviation = _noise(drawn.cluster, drawn.worker, drawn.place, len(drawn.cluster_task), n_workers)
    share, accuracy = _class_accuracy(drawn)
    return RegionModel(sight, deviation, accuracy, share, score / 2)


def regions_under(model: RegionModel, drawn: Drawings) -> RegionConsensus:
    """The objects in some tasks under a model; of the drawings it was fitted to the same as there."""
    existence = existence_under(model.sight, drawn.sight)
    weight = 1 / model.deviation[drawn.worker] ** 2
    where = _weighted_places(drawn.cluster, weight, drawn.place, len(drawn.cluster_task))
    name, sure = _classes_under(model.accuracy, model.class_share, drawn)
    kept = existence.probability >= model.threshold - 1e-12
    return RegionConsensus(
        task=drawn.cluster_task,
        coordinates=where,
        label=name,
        label_probability=sure,
        probability=existence.probability,
        kept=kept,
        expected_f1=2 * model.threshold,
        cluster=drawn.cluster,
        existence=existence,
        deviation=model.deviation,
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


def _weighted_places(cluster: Codes, weight: Floats, places: Floats, n_clusters: int) -> Floats:
    total = np.bincount(cluster, weight, minlength=n_clusters)
    columns = [np.bincount(cluster, weight * column, minlength=n_clusters) / total for column in places.T]
    where: Floats = np.stack(columns, axis=1)
    return where


def _noise(cluster: Codes, workers: Codes, places: Floats, n_clusters: int, n_workers: int) -> Floats:
    """Everybody's localization noise (n_workers,) relative to the size, by turns with the places."""
    size = _size(places)
    deviation = np.ones(n_workers)
    count = np.bincount(cluster, minlength=n_clusters)[cluster]
    shared = count >= 2
    for _ in range(10 if shared.any() else 0):
        weight = 1 / deviation[workers] ** 2
        where = _weighted_places(cluster, weight, places, n_clusters)
        total = np.bincount(cluster, weight, minlength=n_clusters)
        # A drawing has pulled the average towards itself; this is what is left of its own noise.
        free = np.maximum(1 - weight / total[cluster], 0.05)
        off = ((places - where[cluster]) ** 2).mean(axis=1) / size**2 / free
        crowd = max(float(np.median(off[shared])), 1e-8)
        off = np.minimum(off, 25 * crowd)
        squares = np.bincount(workers, off * shared, minlength=n_workers)
        answers = np.bincount(workers, shared, minlength=n_workers)
        pooled = max(float(off[shared].mean()), 1e-8)
        deviation = np.sqrt((squares + NOISE_STRENGTH * pooled) / (answers + NOISE_STRENGTH))
    return deviation


def _size(places: Floats) -> Floats:
    half = places.shape[1] // 2
    sides = np.maximum(places[:, half:] - places[:, :half], 1e-9)
    size: Floats = np.exp(np.log(sides).mean(axis=1))
    return size


def _class_accuracy(drawn: Drawings) -> tuple[Floats, Floats]:
    """Shares of the classes, and everybody's accuracy in them, by one-coin EM, shrunk."""
    cluster, workers, labels, n_classes = drawn.cluster, drawn.worker, drawn.label, drawn.n_classes
    n_clusters, n_workers = len(drawn.cluster_task), drawn.sight.n_workers
    counts = np.bincount(labels, minlength=n_classes) + 1.0
    overall: Floats = counts / counts.sum()
    accuracy = np.full(n_workers, FIRST_ACCURACY)
    alone = (np.bincount(cluster, minlength=n_clusters) < 2)[cluster]
    rows = np.arange(cluster.size)
    for _ in range(20 if n_classes > 1 else 0):
        weight, logs = _class_logs(accuracy, overall, drawn)
        # As the others see it; a cluster of one says nothing of its author.
        others = logs[cluster]
        others[rows, labels] -= weight
        others = np.exp(others - others.max(axis=1, keepdims=True))
        right = others[rows, labels] / others.sum(axis=1)
        said = np.bincount(workers, ~alone, minlength=n_workers)
        agreed = np.bincount(workers, right * ~alone, minlength=n_workers)
        pooled = (agreed.sum() + 8) / (said.sum() + 10)
        accuracy = (agreed + ACCURACY_STRENGTH * pooled) / (said + ACCURACY_STRENGTH)
        accuracy = np.clip(accuracy, 1 / n_classes + 1e-3, 0.99)
    return overall, accuracy


def _class_logs(accuracy: Floats, share: Floats, drawn: Drawings) -> tuple[Floats, Floats]:
    """What each drawing's class weighs (n,), and each cluster's log-posterior (c, K), not normalized."""
    weight = np.log(accuracy * (drawn.n_classes - 1) / (1 - accuracy))[drawn.worker]
    logs = np.tile(np.log(share), (len(drawn.cluster_task), 1))
    np.add.at(logs, (drawn.cluster, drawn.label), weight)
    return weight, logs


def _classes_under(accuracy: Floats, share: Floats, drawn: Drawings) -> tuple[Codes, Floats]:
    """The most probable class of each cluster, of those that somebody gave it, and its probability.

    Ties go to the class that is commoner in all, then to the smaller code.
    """
    n_clusters = len(drawn.cluster_task)
    if drawn.n_classes < 2:
        return np.zeros(n_clusters, dtype=np.int32), np.ones(n_clusters)
    _, logs = _class_logs(accuracy, share, drawn)
    posterior = np.exp(logs - logs.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    top = np.full_like(posterior, -1.0)
    top[drawn.cluster, drawn.label] = np.round(posterior, 9)[drawn.cluster, drawn.label]
    best = (top - np.argsort(np.argsort(-share, kind="stable")) * 1e-12).argmax(axis=1).astype(np.int32)
    return best, posterior[np.arange(n_clusters), best]
