"""The two steps of expectation-maximization over confusion matrices, in few passes over the tasks.

Most of the time of a fit goes into walking over (n_tasks, K) numbers, not into arithmetic. So nothing is
added to, taken from or divided by them: the shares of the classes and the sums of the rows go into the
products that read them.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from stats.arrays import Bools, Codes, Floats
from stats.consensus.answers import Answers

# Above this many answers the steps for many classes run in single precision: twice as fast, and far more
# exact than the estimates are. Sums over tasks stay double.
SINGLE_PRECISION_FROM = 200_000
# Rows handled at once: all passes over them find them in the processor's cache.
CHUNK = 1 << 12
# Likelihoods whose sum is nearer to the smallest number that there is are taken again beside the largest of
# them, before digits are lost.
NEAR = 1e20


class Steps:
    """Posteriors of all tasks, ``likelihood * classes * share``: (n_tasks, K), (copies, K) and (n_tasks,).

    ``copies`` crowds of equal size may lie behind one another in ``answers``, each with class shares of its
    own. ``idle`` tasks (by default those without answer and gold) are left out of all sums, and of
    ``telling`` only the true ones go into ``counts``. Same input, same bits.
    """

    def __init__(
        self,
        answers: Answers,
        *,
        copies: int = 1,
        idle: Bools | None = None,
        telling: Bools | None = None,
    ) -> None:
        self._answers, self._copies = answers, copies
        is_single = answers.size >= SINGLE_PRECISION_FROM
        self._precision: type[np.floating[Any]] = np.float32 if is_single else np.float64
        self._matrix = answers.incidence.astype(self._precision, copy=False)
        pointer, columns = self._matrix.indptr, self._matrix.indices
        self._task = np.repeat(np.arange(answers.n_tasks), np.diff(pointer))
        self._weighted = sparse.csc_array(
            (np.ones(columns.size, dtype=self._precision), columns, pointer), shape=self._matrix.shape[::-1]
        )
        if idle is None:
            idle = np.ones(answers.n_tasks, dtype=np.bool_)
            idle[answers.active] = False
        self._idle = np.flatnonzero(idle)
        self._lone = np.empty(0, dtype=np.int64) if telling is None else np.flatnonzero(~telling)
        known = answers.known
        self._gold = np.empty(0, dtype=np.int32) if answers.gold is None else answers.gold[known]
        self._copy_of_known = known // max(answers.n_tasks // copies, 1)

    def begin(self, posterior: Floats) -> None:
        """Start from these posteriors (n_tasks, K), rows of idle tasks whatever they are."""
        self._likelihood: NDArray[Any] = posterior.astype(self._precision)
        self._classes = np.ones((self._copies, self._answers.n_classes))
        self._share = np.ones(self._answers.n_tasks, dtype=self._precision)
        self._share[self._idle] = 0.0

    def counts(self) -> Floats:
        """(n_workers, K, K): [w, j, l] = expected answers l of w on tasks of class j."""
        size = self._answers.n_classes
        share = self._share
        if self._lone.size:
            share = share.copy()
            share[self._lone] = 0.0
        np.take(share, self._task, out=self._weighted.data)
        flat = np.asarray(self._weighted @ self._likelihood, dtype=np.float64)
        flat.reshape(self._copies, -1, size)[...] *= self._classes[:, None]
        return np.ascontiguousarray(flat.reshape(-1, size, size).transpose(0, 2, 1))

    def class_sums(self) -> Floats:
        """(copies, K) expected number of tasks of each class."""
        sums = np.zeros(self._classes.shape)
        for copy, rows in self._chunks():
            sums[copy] += self._share[rows] @ self._likelihood[rows]
        sums *= self._classes
        return sums

    def update(self, logs: Floats, classes: Floats) -> float:
        """The posteriors under log P(answer | class), (n_workers * K, K) as of ``log_table``, none above 0,
        and shares of the classes (copies, K) > 0; returns the log-likelihood."""
        table = logs.astype(self._precision, copy=False)
        self._classes, shares = classes, classes.astype(self._precision)
        likelihood = self._likelihood = np.asarray(self._matrix @ table)
        known = self._answers.known
        told = likelihood[known, self._gold] + np.log(classes[self._copy_of_known, self._gold])
        sums = np.empty(len(likelihood), dtype=self._precision)
        for copy, rows in self._chunks():
            part = likelihood[rows]
            np.exp(part, out=part)
            np.matmul(part, shares[copy], out=sums[rows])
        evidence = np.zeros(len(likelihood))
        small = np.flatnonzero(sums < NEAR * np.finfo(self._precision).tiny)
        if small.size:
            evidence[small], sums[small] = self._beside_the_largest(small.astype(np.int32), table, shares)
        likelihood[known] = 0.0
        likelihood[known, self._gold] = 1.0
        evidence += np.log(sums)
        evidence[known] = told
        sums[known] = shares[self._copy_of_known, self._gold]
        evidence[self._idle] = 0.0
        self._share = 1 / sums
        self._share[self._idle] = 0.0
        return float(evidence.sum())

    def _beside_the_largest(
        self, tasks: Codes, table: NDArray[Any], shares: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Take the likelihoods of these tasks over the largest of each; return its log, and the sums."""
        scores = np.asarray(self._matrix[tasks] @ table)
        top = scores.max(axis=1)
        part = self._likelihood[tasks] = np.exp(scores - top[:, None])
        copy = tasks // (self._answers.n_tasks // self._copies)
        return top, (part * shares[copy]).sum(axis=1)

    def table(self) -> Floats:
        """(n_tasks, K) the posteriors, after an update; those of idle tasks are the shares of the classes."""
        table: Floats = self._likelihood.astype(np.float64)
        table.reshape(self._copies, -1, table.shape[1])[...] *= self._classes[:, None]
        table /= table.sum(axis=1, keepdims=True)
        return table

    def _chunks(self) -> list[tuple[int, slice]]:
        """Copy and rows, a few at a time."""
        size = self._answers.n_tasks // self._copies
        return [
            (copy, slice(copy * size + start, copy * size + min(start + CHUNK, size)))
            for copy in range(self._copies)
            for start in range(0, size, CHUNK)
        ]
