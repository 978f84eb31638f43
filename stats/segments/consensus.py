"""Segments of a whole project: which there are, where they begin and end, and of which class they are."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats, as_floats, as_weights
from stats.regions.detection import (
    Drawings,
    RegionConsensus,
    RegionModel,
    drawings,
    fit_regions,
    regions_under,
)
from stats.regions.existence import Existence
from stats.regions.iou import span_iou
from stats.regions.localization import Localization
from stats.segments.boundaries import Boundaries, boundaries_under, boundary_noise

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
    everybody's squared noise in seconds; see ``boundaries_under`` for ``touch``. No drawings: no rows. Raises
    ValueError for codes out of range, times that are not finite, and ends that are not after starts.
    """
    drawn = segment_drawings(
        task, worker, np.stack([as_floats(start, "start"), as_floats(end, "end")], axis=1), label,
        n_tasks=n_tasks, n_workers=n_workers, n_classes=n_classes, views=views, limit=limit,
    )  # fmt: skip
    weight = as_weights(trust, "trust", size=n_workers)
    model = fit_segments(drawn, weight, touch=touch)
    found, fused = segments_under(model, drawn, weight, touch=touch)
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
        noise=model.localization,
    )


def segment_drawings(
    task: ArrayLike,
    worker: ArrayLike,
    times: Floats,
    label: ArrayLike | None = None,
    *,
    n_tasks: int,
    n_workers: int,
    n_classes: int = 1,
    views: tuple[ArrayLike, ArrayLike] | None = None,
    limit: float = SAME_SEGMENT,
) -> Drawings:
    """Which drawings, starts and ends ``times`` (n, 2) in seconds, are of one segment; noise is in seconds.

    Raises ValueError as ``segment_consensus`` does.
    """
    if times.size and (times[:, 1] <= times[:, 0]).any():
        message = "every end must be after its start"
        raise ValueError(message)
    return drawings(
        task, worker, times, label,
        n_tasks=n_tasks, n_workers=n_workers, n_classes=n_classes, views=views, iou=span_iou, limit=limit,
        other_class=OTHER_CLASS, relative=False,
    )  # fmt: skip


def fit_segments(drawn: Drawings, trust: Floats, *, touch: float = TOUCH) -> RegionModel:
    """Learn everybody's rates, accuracy, and noise of boundaries in seconds (its ``localization``)."""
    return replace(fit_regions(drawn), localization=boundary_noise(drawn, trust, touch=touch))


def segments_under(
    model: RegionModel, drawn: Drawings, trust: Floats, *, touch: float = TOUCH
) -> tuple[RegionConsensus, Boundaries]:
    """What there is in some recordings under a model of ``fit_segments``, and where it begins and ends."""
    return (
        regions_under(model, drawn),
        boundaries_under(drawn, model.localization.deviation, trust, touch=touch),
    )
