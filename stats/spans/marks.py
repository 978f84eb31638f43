"""Marked spans of a project as arrays, checked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Codes, as_codes


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Half-open spans (n,), in tokens of their text, and who looked at which (n_views,); sorted, once each.

    ``length`` (n_tasks,) tokens of every text.
    """

    task: Codes
    worker: Codes
    start: Codes
    end: Codes
    label: Codes
    view_task: Codes
    view_worker: Codes
    length: Codes
    n_tasks: int
    n_workers: int
    n_classes: int


def marks(
    task: ArrayLike,
    worker: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    label: ArrayLike,
    *,
    n_workers: int,
    n_classes: int,
    length: ArrayLike,
    views: tuple[ArrayLike, ArrayLike] | None,
) -> Marks:
    """Check and sort; raises ValueError naming what is wrong. Equal marks of one person count once."""
    lengths = as_codes(length, "length", limit=2**31 - 1)
    n_tasks = lengths.size
    columns = np.stack(
        [
            as_codes(task, "task", limit=n_tasks),
            as_codes(worker, "worker", limit=n_workers),
            as_codes(start, "start", limit=2**31 - 1),
            as_codes(end, "end", limit=2**31 - 1),
            as_codes(label, "label", limit=n_classes),
        ]
    )
    if columns.shape[1] and ((columns[2] >= columns[3]) | (columns[3] > lengths[columns[0]])).any():
        message = "spans must not be empty, nor end after their text"
        raise ValueError(message)
    columns = np.unique(columns, axis=1)
    seen = [columns[0], columns[1]] if views is None else [np.asarray(each) for each in views]
    pairs = np.stack(
        [
            np.concatenate([as_codes(seen[0], "views", limit=n_tasks), columns[0]]),
            np.concatenate([as_codes(seen[1], "views", limit=n_workers), columns[1]]),
        ]
    )
    pairs = np.unique(pairs, axis=1)
    return Marks(
        task=columns[0],
        worker=columns[1],
        start=columns[2],
        end=columns[3],
        label=columns[4],
        view_task=pairs[0],
        view_worker=pairs[1],
        length=lengths,
        n_tasks=n_tasks,
        n_workers=n_workers,
        n_classes=n_classes,
    )
