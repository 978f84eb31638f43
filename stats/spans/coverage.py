"""Which parts of the texts are marked: for long spans whose exact ends are a matter of taste."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats
from stats.regions.detection import region_consensus
from stats.regions.existence import best_by_expected_f1
from stats.regions.iou import span_iou
from stats.spans.clusters import SAME_SPAN
from stats.spans.marks import marks


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """One row per token of all texts after one another: text t's are rows ``offset[t]`` to ``offset[t + 1]``.

    ``probability`` (tokens, n_classes) that a token belongs to a span of the class; ``kept`` the same shape:
    the tokens of greatest expected F1, which is ``expected_f1``.
    """

    offset: Codes
    probability: Floats
    kept: Bools
    expected_f1: float

    def runs(self, task: int, label: int) -> list[tuple[int, int]]:
        """The kept stretches of a class in a text, half-open, in tokens."""
        row = self.kept[self.offset[task] : self.offset[task + 1], label]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(np.int8), [0]]))).tolist()
        return list(zip(edges[::2], edges[1::2], strict=True))


def span_coverage(
    task: ArrayLike,
    worker: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    label: ArrayLike,
    *,
    length: ArrayLike,
    n_workers: int,
    n_classes: int,
    views: tuple[ArrayLike, ArrayLike] | None = None,
) -> Coverage:
    """Probability of every token from parallel columns as for ``span_consensus``.

    Marks cluster and exist as there; within a cluster a token has the share of its marks that cover it. So
    people who agree that there is something and not where it ends make a sure core with unsure edges, where
    exact spans would all be improbable. Nobody marked anything: all 0. Order and repetition do not matter.
    Raises ValueError for codes, places or lengths out of range.
    """
    marked = marks(
        task, worker, start, end, label,
        n_workers=n_workers, n_classes=n_classes, length=length, views=views,
    )  # fmt: skip
    offset = np.concatenate([[0], np.cumsum(marked.length.astype(np.int64))])
    # What begins or ends at each token; their running sum is what covers it.
    change = np.zeros((int(offset[-1]) + 1, n_classes))
    if marked.task.size:
        found = region_consensus(
            marked.task,
            marked.worker,
            np.stack([marked.start, marked.end], axis=1).astype(np.float64),
            n_tasks=marked.n_tasks,
            n_workers=marked.n_workers,
            views=(marked.view_task, marked.view_worker),
            iou=span_iou,
            limit=SAME_SPAN,
        )
        part = (found.probability / np.bincount(found.cluster))[found.cluster]
        np.add.at(change, (offset[marked.task] + marked.start, marked.label), part)
        np.add.at(change, (offset[marked.task] + marked.end, marked.label), -part)
    probability = np.clip(np.cumsum(change, axis=0)[:-1], 0.0, 1.0)
    probability[probability < 1e-12] = 0.0
    covered = probability > 0
    kept = np.zeros(probability.shape, dtype=np.bool_)
    kept[covered], score = best_by_expected_f1(probability[covered])
    return Coverage(offset, probability, kept, score)
