"""The expectation-maximization loop over confusion matrices, shared by the Dawid-Skene variants.

One sparse product each way per iteration. With two classes one number per task (the log-odds) carries the
posterior, which makes both products matrix times vector.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit

from stats.arrays import Floats, Longs
from stats.consensus.answers import Answers
from stats.consensus.majority import vote_shares
from stats.consensus.result import Consensus, most_probable
from stats.consensus.steps import Steps

# A probability estimated as zero still leaves a way out: log 1e-12 is -27.6, decisive but finite.
FLOOR = 1e-12

Prior = Callable[[Floats], Floats]


class Posterior(Protocol):
    """Per-task posteriors in whatever form is quickest."""

    def expected_counts(self) -> Floats:
        """(n_workers, n_classes, n_classes): [w, j, l] = expected answers l of w on tasks of class j."""

    def class_sums(self) -> Floats:
        """(n_classes,) expected number of tasks of each class."""

    def update(self, marginals: Floats, confusion: Floats) -> float:
        """Recompute the posteriors under the model; returns the log-likelihood."""

    def table(self) -> Floats:
        """(n_tasks, n_classes)."""


@dataclass(frozen=True, kw_only=True)
class Stopping:
    """Stop when the log-likelihood per answer moves by less than ``tolerance``, or at the limit."""

    tolerance: float = 1e-5
    max_iterations: int = 200


def run_em(answers: Answers, *, prior: Prior, class_prior: float, stopping: Stopping) -> Consensus:
    """Alternate the two steps from the vote shares.

    ``prior`` gets the pooled expected counts (n_classes, n_classes) and gives the pseudo-counts to add to
    every worker's; ``class_prior`` is added to every class. Same input, same bits.
    """
    state: Posterior = _TwoClasses(answers) if answers.n_classes == 2 else _ManyClasses(answers)
    previous, iteration, is_converged = -np.inf, 0, False
    marginals, confusion, pooled = _maximize(answers, state, prior, class_prior)
    likelihood = state.update(marginals, confusion)
    while iteration < stopping.max_iterations and not is_converged:
        previous, iteration = likelihood, iteration + 1
        marginals, confusion, pooled = _maximize(answers, state, prior, class_prior)
        likelihood = state.update(marginals, confusion)
        is_converged = abs(likelihood - previous) <= stopping.tolerance * max(answers.size, 1)
    posterior = answers.clamp(state.table())
    return Consensus(
        posterior=posterior,
        label=most_probable(answers, posterior),
        marginals=marginals,
        confusion=confusion,
        pooled=pooled,
        log_likelihood=likelihood,
        iterations=iteration,
        converged=is_converged,
    )


def _maximize(
    answers: Answers, state: Posterior, prior: Prior, class_prior: float
) -> tuple[Floats, Floats, Floats]:
    sums = state.class_sums() + class_prior
    total = sums.sum()
    marginals = sums / total if total > 0 else np.full(answers.n_classes, 1 / answers.n_classes)
    counts = state.expected_counts()
    together = counts.sum(axis=0)
    pooled = normalize_rows(together, _uniform(answers.n_classes))
    confusion = normalize_rows(counts + prior(together), pooled)
    confusion[answers.per_worker == 0] = pooled
    return marginals, confusion, pooled


def _uniform(size: int) -> Floats:
    return np.full((size, size), 1 / size)


def normalize_rows(counts: Floats, fallback: Floats) -> Floats:
    """Rows of counts (..., K, K) as probabilities; a row without any count takes the fallback's row."""
    totals = counts.sum(axis=-1, keepdims=True)
    shape = np.broadcast_shapes(counts.shape, fallback.shape)
    result: Floats = np.divide(counts, totals, out=np.broadcast_to(fallback, shape).copy(), where=totals > 0)
    return result


def log_table(confusion: Floats, used: Longs | None = None) -> Floats:
    """(n_workers * n_classes, n_classes): row (w, l), column j = log P(w answers l | j), floored.

    ``used``: the rows that matter, ascending (``Answers.used``). Where they are less than half of all, the
    others stay 0: of hundreds of classes a person names a few.
    """
    n_classes = confusion.shape[-1]
    if used is None or 2 * used.size >= confusion.shape[0] * n_classes:
        logs = np.log(np.maximum(confusion, FLOOR))
        return np.ascontiguousarray(logs.transpose(0, 2, 1)).reshape(-1, n_classes)
    table = np.zeros((confusion.shape[0] * n_classes, n_classes))
    worker, label = np.divmod(used, n_classes)
    table[used] = np.log(np.maximum(confusion[worker, :, label], FLOOR))
    return table


class _ManyClasses:
    def __init__(self, answers: Answers) -> None:
        self._steps, self._used = Steps(answers), answers.used
        self._steps.begin(vote_shares(answers))

    def expected_counts(self) -> Floats:
        return self._steps.counts()

    def class_sums(self) -> Floats:
        sums: Floats = self._steps.class_sums()[0]
        return sums

    def update(self, marginals: Floats, confusion: Floats) -> float:
        return self._steps.update(log_table(confusion, self._used), np.maximum(marginals, FLOOR)[None])

    def table(self) -> Floats:
        return self._steps.table()


class _TwoClasses:
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._matrix = answers.incidence
        self._transposed = self._matrix.T
        self._known = answers.known
        self._gold = np.empty(0) if answers.gold is None else answers.gold[self._known].astype(np.float64)
        self._second = np.ascontiguousarray(vote_shares(answers)[:, 1])
        self._active = answers.active
        self._all_active = self._active.size == answers.n_tasks
        cell = answers.worker.astype(np.int64) * 2 + answers.label
        self._totals = np.bincount(cell, minlength=answers.n_workers * 2).astype(np.float64)

    def expected_counts(self) -> Floats:
        second = np.asarray(self._transposed @ self._second)
        both = np.stack([np.maximum(self._totals - second, 0.0), second])
        return np.ascontiguousarray(both.reshape(2, -1, 2).transpose(1, 0, 2))

    def class_sums(self) -> Floats:
        second = self._second if self._all_active else self._second[self._active]
        sum_second = float(second.sum())
        return np.array([second.size - sum_second, sum_second])

    def update(self, marginals: Floats, confusion: Floats) -> float:
        logs = log_table(confusion)
        prior = np.log(np.maximum(marginals, FLOOR))
        odds = np.asarray(self._matrix @ (logs[:, 1] - logs[:, 0])) + (prior[1] - prior[0])
        gain = np.maximum(odds, 0.0) + np.log1p(np.exp(-np.abs(odds)))
        gain[self._known] = odds[self._known] * self._gold
        self._second = expit(odds)
        self._second[self._known] = self._gold
        gains = gain if self._all_active else gain[self._active]
        return float(gains.sum() + gains.size * prior[0] + self._totals @ logs[:, 0])

    def table(self) -> Floats:
        return np.column_stack([1.0 - self._second, self._second])
