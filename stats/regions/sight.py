"""Who looked at which task, and who of them drew which cluster: the table that existence is inferred from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, as_codes


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """Who looked at each task, padded to one width (n_tasks, V), and who of them drew each cluster (c, V)."""

    person: Codes
    looked: Bools
    task: Codes
    drew: Bools
    n_workers: int


def sight_of(
    cluster: ArrayLike,
    worker: ArrayLike,
    *,
    cluster_task: ArrayLike,
    view_task: ArrayLike,
    view_worker: ArrayLike,
    n_tasks: int,
    n_workers: int,
) -> Sight:
    """The table from columns as ``infer_existence`` takes them; raises ValueError for codes out of range."""
    tasks = as_codes(cluster_task, "cluster_task", limit=n_tasks)
    clusters = as_codes(cluster, "cluster", limit=tasks.size)
    workers = as_codes(worker, "worker", limit=n_workers)
    seen_task = np.concatenate([as_codes(view_task, "view_task", limit=n_tasks), tasks[clusters]])
    seen_by = np.concatenate([as_codes(view_worker, "view_worker", limit=n_workers), workers])
    pairs = np.unique(seen_task.astype(np.int64) * n_workers + seen_by)
    at, who = np.divmod(pairs, max(n_workers, 1))
    count = np.bincount(at, minlength=n_tasks)
    place = np.arange(at.size) - (np.cumsum(count) - count)[at]
    person = np.zeros((n_tasks, int(count.max(initial=0))), dtype=np.int32)
    looked = np.zeros(person.shape, dtype=np.bool_)
    person[at, place], looked[at, place] = who, True
    drew = np.zeros((tasks.size, person.shape[1]), dtype=np.bool_)
    column = np.searchsorted(pairs, tasks[clusters].astype(np.int64) * n_workers + workers)
    drew[clusters, place[column]] = True
    return Sight(person, looked, tasks, drew, n_workers)
