"""Polygons that several people drew of one object, and those of a whole project: one outline each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats, as_codes, as_weights
from stats.numbers.weighted import weighted_medians
from stats.regions.existence import Existence, best_by_expected_f1, existence_under, fit_rates
from stats.regions.grouping import group_drawings
from stats.regions.matching import Matching, match
from stats.regions.polygons import as_polygon, polygon_ious
from stats.regions.sight import sight_of

POINTS = 64
STRAIGHT = 0.002  # so far off the line, by the size of the whole, a point does not matter
SAME_OBJECT = 0.65


@dataclass(frozen=True, slots=True, eq=False)
class PolygonConsensus:
    """One row per cluster of drawings, ordered by task, then by first drawing.

    ``task`` (c,); ``polygons``: (m, 2) of each; ``probability`` (c,) that the object exists; ``kept`` (c,)
    whether it belongs to the set of greatest expected F1, which is ``expected_f1``; ``cluster`` (n_drawings,)
    each drawing's row. ``existence`` has the rates per person.
    """

    task: Codes
    polygons: tuple[Floats, ...]
    probability: Floats
    kept: Bools
    expected_f1: float
    cluster: Codes
    existence: Existence


def match_polygons(a: Sequence[ArrayLike], b: Sequence[ArrayLike], *, limit: float = 1.0) -> Matching:
    """Which polygon is which: one to one, of the greatest total IoU; pairs have 1 - IoU below ``limit``."""
    first, second = _checked(a, "a"), _checked(b, "b")
    table = polygon_ious([*first, *second])[: len(first), len(first) :]
    return match(1 - table, limit=limit)


def fuse_polygons(polygons: Sequence[ArrayLike], weights: ArrayLike | None = None) -> Floats | None:
    """One outline (m, 2) of several polygons of one object.

    Each is walked in 64 steps of equal length, from where it lies best beside the one with the greatest total
    IoU; the result is the weighted median of every step, by coordinates, without those on straight lines.
    Where that crosses itself, and where all agree, it is the one with the greatest total IoU. None without
    polygons or weight. Raises ValueError for a polygon that is not simple.
    """
    checked = _checked(polygons, "polygons")
    weight = as_weights(weights, "weights", size=len(checked))
    if not checked or weight.sum() == 0:
        return None
    return _one_of(checked, weight)


def polygon_consensus(
    task: ArrayLike,
    worker: ArrayLike,
    polygons: Sequence[ArrayLike],
    *,
    n_tasks: int,
    n_workers: int,
    views: tuple[ArrayLike, ArrayLike] | None = None,
    trust: ArrayLike | None = None,
    limit: float = SAME_OBJECT,
) -> PolygonConsensus:
    """Infer objects from parallel columns of task and worker and as many polygons.

    As ``region_consensus``: drawings cluster by IoU, existence by everybody's rates, ``views`` are columns of
    task and worker of all who looked. Outlines as in ``fuse_polygons``, weighing ``trust`` (n_workers,), by
    default one each; where nobody who is trusted drew, all weigh alike. No drawings: no rows. Raises
    ValueError for codes out of range and polygons that are not simple.
    """
    tasks, workers = as_codes(task, "task", limit=n_tasks), as_codes(worker, "worker", limit=n_workers)
    checked = _checked(polygons, "polygons")
    if not tasks.size == workers.size == len(checked):
        message = "task, worker and polygons must have the same length"
        raise ValueError(message)
    weight = as_weights(trust, "trust", size=n_workers)
    # In an order of their own, so that the order of drawings does not decide between equally near ones.
    corners = np.array([[*each.min(axis=0), *each.max(axis=0)] for each in checked]).reshape(-1, 4)
    order = np.lexsort((*corners.T[::-1], workers, tasks)).astype(np.int32)
    cluster, cluster_task = group_drawings(
        tasks, workers, order, lambda rows: polygon_ious([checked[row] for row in rows]), limit=limit
    )
    seen_task, seen_by = (tasks, workers) if views is None else views
    sight = sight_of(
        cluster, workers, cluster_task=cluster_task, view_task=seen_task, view_worker=seen_by,
        n_tasks=n_tasks, n_workers=n_workers,
    )  # fmt: skip
    existence = existence_under(fit_rates(sight), sight)
    kept, score = best_by_expected_f1(existence.probability, float(existence.unseen.sum()))
    outlines = []
    for each in range(cluster_task.size):
        rows = np.flatnonzero(cluster == each)
        trusted = weight[workers[rows]] if weight[workers[rows]].sum() > 0 else np.ones(rows.size)
        outlines.append(_one_of([checked[row] for row in rows], trusted))
    return PolygonConsensus(
        cluster_task, tuple(outlines), existence.probability, kept, score, cluster, existence
    )


def _checked(polygons: Sequence[ArrayLike], name: str) -> list[Floats]:
    return [as_polygon(each, f"{name}[{at}]") for at, each in enumerate(polygons)]


def _one_of(polygons: Sequence[Floats], weight: Floats) -> Floats:
    overlap = polygon_ious(polygons)
    middle = int((overlap @ weight).round(12).argmax())
    if overlap[middle][weight > 0].min() > 1 - 1e-12:
        return polygons[middle]
    columns = _aligned(polygons, middle).reshape(len(polygons), -1)
    outline = weighted_medians(columns, weight).reshape(POINTS, 2)
    for each in (_thinned(outline), outline):
        try:
            return as_polygon(each, "outline")
        except ValueError:
            continue
    return polygons[middle]


def _thinned(outline: Floats) -> Floats:
    """Without the points between others that are hardly off the way, by its size (Douglas-Peucker)."""
    limit = STRAIGHT * float(np.sqrt(np.ptp(outline, axis=0).prod()))
    # From the outermost point, so that it does not matter where somebody began to draw.
    outermost = int(((outline - outline.mean(axis=0)) ** 2).sum(axis=1).argmax())
    outline = np.roll(outline, -outermost, axis=0)
    far = int(((outline - outline[0]) ** 2).sum(axis=1).argmax())
    around = np.vstack([outline, outline[:1]])
    kept = {0, far}
    waiting = [(0, far), (far, len(outline))]
    while waiting:
        start, stop = waiting.pop()
        between = around[start + 1 : stop] - around[start]
        along = around[stop] - around[start]
        length = float(np.hypot(*along))
        off = np.abs(along[0] * between[:, 1] - along[1] * between[:, 0])
        if off.size and length > 0 and off.max() > limit * length:
            corner = start + 1 + int(off.argmax())
            kept.add(corner)
            waiting += [(start, corner), (corner, stop)]
    return outline[sorted(kept)]


def _aligned(polygons: Sequence[Floats], middle: int) -> Floats:
    """Every outline in equal steps (k, 64, 2), counterclockwise, from where it is nearest to one of them."""
    walked = [_walked(polygon) for polygon in polygons]
    turns = (np.arange(POINTS)[:, None] + np.arange(POINTS)) % POINTS
    return np.stack(
        [each[turns[int(((each[turns] - walked[middle]) ** 2).sum(axis=(1, 2)).argmin())]] for each in walked]
    )


def _walked(polygon: Floats) -> Floats:
    x, y = (polygon - polygon[0]).T
    if (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() < 0:
        polygon = polygon[::-1]
    around = np.vstack([polygon, polygon[:1]])
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(around, axis=0).T))])
    at = np.arange(POINTS) / POINTS * length[-1]
    return np.stack([np.interp(at, length, column) for column in around.T], axis=1)
