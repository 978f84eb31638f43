"""Segments of a whole project: which there are, where they begin and end, and of which class they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats, as_floats, as_weights
from stats.regions.detection import drawings, fit_regions, regions_under
from stats.regions.existence import Existence
from stats.regions.iou import span_iou
from stats.regions.localization import Localization
from stats.segments.boundaries import fuse_boundaries

# Segments that share a third of what they cover together may be one; of other classes a little more.
SAME_SEGMENT = 0.65
OTHER_CLASS = 0.9
TOUCH = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class SegmentConsensus:
    """One row per cluster of drawings, ordered by task, then by first drawing.

    ``task`` (c,); ``start`` and ``end`` (c,) seconds, with ``start_interval`` and ``end_interval`` (c, 2) of
    95 %; ``boundary`` (c, 2): numbers of the two boundaries, equal where one segment ends as another begins.
    ``label`` (c,) the most probable class and ``label_probability``; ``probability`` (c,) that there is such
    a segment; ``kept`` (c,) whether it belongs to the set of greatest expected F1, which is ``expected_f1``;
    ``cluster`` (n_drawings,) each drawing's row. Of people: ``existence`` has the rates, ``noise`` the
    standard deviation of their boundaries in seconds, with its interval.
    """

    task: Codes
    start: Floats
    end: Floats
    start_interval: Floats
    end_interval: Floats
    boundary: Codes
    label: Codes
    label_probability: Floats
    probability: Floats
    kept: Bools
    expected_f1: float
    cluster: Codes
    existence: Existence
    noise: Localization


def segment_consensus(
    task: ArrayLike,
    worker: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    label: ArrayLike | None = None,
    *,
    n_tasks: int,
    n_workers: int,
    n_classes: int = 1,
    views: tuple[ArrayLike, ArrayLike] | None = None,
    trust: ArrayLike | None = None,
    touch: float = TOUCH,
    limit: float = SAME_SEGMENT,
) -> SegmentConsensus:
    """Infer segments from parallel columns of task, worker, start and end in seconds, and class (n,).

    Drawings of different people cluster by temporal IoU, and existence and class are inferred, as in
    ``region_consensus``; ``views``: columns of task and worker of all who looked, needed where somebody drew
    nothing. Boundaries are averaged with weights ``trust`` (n_workers,) >= 0, by default one each, over
    everybody's squared noise in seconds; see ``fuse_boundaries`` for ``touch``. No drawings: no rows. Raises
    ValueError for codes out of range, times that are not finite, and ends that are not after starts.
    """
    times = np.stack([as_floats(start, "start"), as_floats(end, "end")], axis=1)
    if (times[:, 1] <= times[:, 0]).any():
        message = "every end must be after its start"
        raise ValueError(message)
    weight = as_weights(trust, "trust", size=n_workers)
    drawn = drawings(
        task, worker, times, label,
        n_tasks=n_tasks, n_workers=n_workers, n_classes=n_classes, views=views, iou=span_iou, limit=limit,
        other_class=OTHER_CLASS, relative=False,
    )  # fmt: skip
    found = regions_under(fit_regions(drawn), drawn)
    fused, noise = fuse_boundaries(drawn, weight, touch=touch)
    return SegmentConsensus(
        task=found.task,
        start=fused.time[:, 0],
        end=fused.time[:, 1],
        start_interval=np.stack([fused.low[:, 0], fused.high[:, 0]], axis=1),
        end_interval=np.stack([fused.low[:, 1], fused.high[:, 1]], axis=1),
        boundary=fused.number,
        label=found.label,
        label_probability=found.label_probability,
        probability=found.probability,
        kept=found.kept,
        expected_f1=found.expected_f1,
        cluster=found.cluster,
        existence=found.existence,
        noise=noise,
    )
