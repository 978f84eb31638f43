"""Boxes (or time intervals) of a whole project: which objects there are, and where."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats, as_codes
from stats.regions.existence import (
    Existence,
    SightRates,
    best_by_expected_f1,
    existence_under,
    fit_rates,
)
from stats.regions.grouping import Overlap, group_drawings
from stats.regions.iou import box_iou
from stats.regions.localization import (
    Localization,
    fit_localization,
    object_sizes,
    weighted_places,
)
from stats.regions.sight import Sight, sight_of

# A looser limit than for showing disagreement: two drawings of one object must not become two objects.
SAME_OBJECT = 0.65
FIRST_ACCURACY, ACCURACY_STRENGTH = 0.8, 4.0

Iou = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class RegionConsensus:
    """One row per cluster of drawings, ordered by task, then by first drawing.

    ``task`` (c,); ``coordinates`` (c, d) precision-weighted; ``label`` (c,) the most probable class and its
    ``label_probability``; ``probability`` (c,) that the object exists; ``kept`` (c,) whether it belongs to
    the set of greatest expected F1, which is ``expected_f1``; ``cluster`` (n_drawings,) each drawing's row.
    ``existence`` has the rates per person; ``deviation`` (n_workers,) is a person's localization noise as a
    share of the object's size, with its interval in ``localization``. ``error`` (c, d): standard errors of
    the coordinates.
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
    localization: Localization
    error: Floats

    @property
    def deviation(self) -> Floats:
        """Everybody's localization noise."""
        return self.localization.deviation


@dataclass(frozen=True, slots=True, eq=False)
class RegionModel:
    """What a project's drawings say of its people: enough to merge a task alone as in the whole.

    ``localization``: how exactly everybody draws; ``accuracy`` (n_workers,) of classes, ``class_share``
    (n_classes,); objects with at least the probability ``threshold`` are kept, for an expected F1 of twice
    that.
    """

    sight: SightRates
    localization: Localization
    accuracy: Floats
    class_share: Floats
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class Drawings:
    """Checked columns as ``region_consensus`` takes them, and which drawings mean one object.

    ``cluster`` (n,) of each drawing, ``cluster_task`` (c,); ``scale`` (c,): what noise is measured by;
    ``sight``: who looked where.
    """

    worker: Codes
    place: Floats
    label: Codes
    cluster: Codes
    cluster_task: Codes
    scale: Floats
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
    other_class: float = 1.0,
    relative: bool = True,
    overlap: Overlap | None = None,
) -> Drawings:
    """Check and cluster the columns; see ``region_consensus``.

    ``other_class``: what an overlap is worth between classes; ``relative``: noise is measured by the object's
    size, else in the units of the coordinates. ``overlap``: IoU of drawings by their rows, where coordinates
    do not tell it.
    """
    tasks, workers = as_codes(task, "task", limit=n_tasks), as_codes(worker, "worker", limit=n_workers)
    places = np.asarray(coordinates, dtype=np.float64)
    places = places.reshape(tasks.size, -1) if places.size else places.reshape(0, 4)
    labels = np.zeros(tasks.size, np.int32) if label is None else as_codes(label, "label", limit=n_classes)
    if not tasks.size == workers.size == len(places) == labels.size:
        message = "task, worker, coordinates and label must have the same length"
        raise ValueError(message)
    # In an order of their own, so that the order of drawings does not decide between equally near ones.
    order = np.lexsort((labels, *places.T[::-1], workers, tasks)).astype(np.int32)

    def worth(rows: Codes) -> Floats:
        same = labels[rows][:, None] == labels[rows]
        shared = iou(places[rows], places[rows]) if overlap is None else overlap(rows)
        return shared * np.where(same, 1.0, other_class)

    cluster, cluster_task = group_drawings(tasks, workers, order, worth, limit=limit)
    even = weighted_places(cluster, np.ones(tasks.size), places, cluster_task.size)
    scale = object_sizes(even) if relative else np.ones(cluster_task.size)
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
    return Drawings(workers, places, labels, cluster, cluster_task, scale, sight, n_classes)


def fit_regions(drawn: Drawings) -> RegionModel:
    """Learn everybody's rates, noise and accuracy from all drawings of a project."""
    sight = fit_rates(drawn.sight)
    existence = existence_under(sight, drawn.sight)
    _, score = best_by_expected_f1(existence.probability, float(existence.unseen.sum()))
    localization = fit_localization(
        drawn.cluster, drawn.worker, drawn.place, drawn.scale, drawn.sight.n_workers
    )
    share, accuracy = _class_accuracy(drawn)
    return RegionModel(sight, localization, accuracy, share, score / 2)


def regions_under(model: RegionModel, drawn: Drawings) -> RegionConsensus:
    """The objects in some tasks under a model; of the drawings it was fitted to the same as there."""
    existence = existence_under(model.sight, drawn.sight)
    weight = 1 / model.localization.deviation[drawn.worker] ** 2
    where = weighted_places(drawn.cluster, weight, drawn.place, len(drawn.cluster_task))
    total = np.bincount(drawn.cluster, weight, minlength=len(where))
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
        localization=model.localization,
        error=(drawn.scale / np.sqrt(total))[:, None] * np.sqrt(model.localization.edges),
    )


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
