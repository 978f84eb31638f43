"""Categorical answers as three columns of codes, and the sparse form in which inference reads them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from stats.arrays import Bools, Codes, Floats, Longs, as_codes


@dataclass(frozen=True, eq=False)
class Answers:
    """Who answered what on which task: three parallel int32 columns (n_answers,), one row per answer.

    ``gold`` (n_tasks,) holds the known class of a task, -1 where none is known; None: no gold at all. A
    worker may have answered a task more than once. Raises ValueError on codes out of range or unequal
    lengths.
    """

    task: Codes
    worker: Codes
    label: Codes
    n_tasks: int
    n_workers: int
    n_classes: int
    gold: Codes | None = None

    def __post_init__(self) -> None:
        if self.n_classes < 1 or self.n_tasks < 0 or self.n_workers < 0:
            message = "n_classes must be >= 1, n_tasks and n_workers >= 0"
            raise ValueError(message)
        object.__setattr__(self, "task", as_codes(self.task, "task", limit=self.n_tasks))
        object.__setattr__(self, "worker", as_codes(self.worker, "worker", limit=self.n_workers))
        object.__setattr__(self, "label", as_codes(self.label, "label", limit=self.n_classes))
        if not self.task.size == self.worker.size == self.label.size:
            message = "task, worker and label must have the same length"
            raise ValueError(message)
        if self.gold is not None:
            gold = as_codes(self.gold, "gold", limit=self.n_classes, missing=True)
            object.__setattr__(self, "gold", gold)
            if gold.size != self.n_tasks:
                message = "gold must have one entry per task"
                raise ValueError(message)

    @property
    def size(self) -> int:
        return int(self.task.size)

    @cached_property
    def per_task(self) -> Codes:
        """Number of answers of each task (n_tasks,)."""
        return np.bincount(self.task, minlength=self.n_tasks).astype(np.int32)

    @cached_property
    def per_worker(self) -> Codes:
        """Number of answers of each worker (n_workers,)."""
        return np.bincount(self.worker, minlength=self.n_workers).astype(np.int32)

    @cached_property
    def counts(self) -> Codes:
        """How many answers of each class each task has (n_tasks, n_classes)."""
        cell = self.task.astype(np.int64) * self.n_classes + self.label
        flat = np.bincount(cell, minlength=self.n_tasks * self.n_classes)
        return flat.reshape(self.n_tasks, self.n_classes).astype(np.int32)

    @cached_property
    def known(self) -> Codes:
        """Indices of the tasks with a gold class."""
        gold = np.empty(0, dtype=np.int32) if self.gold is None else self.gold
        return np.flatnonzero(gold >= 0).astype(np.int32)

    @cached_property
    def active(self) -> Codes:
        """Indices of the tasks that say anything: answered, or gold."""
        said = self.per_task > 0
        said[self.known] = True
        return np.flatnonzero(said).astype(np.int32)

    @cached_property
    def incidence(self) -> "sparse.csr_array":
        """Sparse (n_tasks, n_workers * n_classes): a one per answer in the column of (worker, label).

        Posteriors are this matrix times a table of log-probabilities; expected confusion counts are its
        transpose times the posteriors. Rows are gathered by two counting sorts rather than by comparison.
        """
        size, width = self.size, self.n_workers * self.n_classes
        column = self.worker.astype(np.int64) * self.n_classes + self.label
        ones = np.ones(size)
        by_answer = sparse.csc_array((ones, self.task, np.arange(size + 1)), shape=(self.n_tasks, size))
        by_task = by_answer.tocsr()
        index_type = np.int32 if max(size, width) < np.iinfo(np.int32).max else np.int64
        indices = column[by_task.indices].astype(index_type)
        return sparse.csr_array(
            (ones, indices, by_task.indptr.astype(index_type)), shape=(self.n_tasks, width)
        )

    @cached_property
    def used(self) -> Longs:
        """Columns of ``incidence`` that hold an answer, ascending: the classes that each person named."""
        said = np.zeros(self.n_workers * self.n_classes, dtype=np.bool_)
        said[self.incidence.indices] = True
        return np.flatnonzero(said).astype(np.int64, copy=False)

    @cached_property
    def compared(self) -> Bools:
        """(n_tasks,) whether a task tells how good people are: two of them answered, or gold is known."""
        found = np.zeros(self.n_tasks, dtype=np.bool_)
        busy = np.flatnonzero(self.per_task > 0)
        if busy.size:
            rows = self.incidence
            who = rows.indices // self.n_classes
            first = np.minimum.reduceat(who, rows.indptr[busy])
            found[busy] = first != np.maximum.reduceat(who, rows.indptr[busy])
        found[self.known] = True
        return found

    def clamp(self, posterior: Floats) -> Floats:
        """Overwrite the rows (in place) of gold tasks with certainty; returns the same array."""
        if self.gold is not None:
            posterior[self.known] = 0.0
            posterior[self.known, self.gold[self.known]] = 1.0
        return posterior
