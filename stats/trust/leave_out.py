"""Judging people by a consensus that does not contain their own answers."""

from collections.abc import Iterator

import numpy as np

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.em import log_table
from stats.consensus.result import Consensus

# Answers handled at once: bounds the extra memory to this many rows of posteriors.
CHUNK = 1 << 17


def left_out_counts(answers: Answers, consensus: Consensus, *, gold_only: bool = False) -> Floats:
    """(n_workers, K, K): [w, j, l] = expected answers l of w on class j, seen by the others only.

    For every answer the task's posterior is recomputed without all answers of that worker on that task; gold
    tasks count with their known class. A task that nobody else answered and that is no gold says nothing
    about the worker and is left out, so the sums may be smaller than the number of answers. ``gold_only``
    counts gold tasks alone. The matrices of the others stay as fitted (they saw the worker's answers, with
    little weight). Feed the result to ``skill_posterior``.
    """
    counts = np.zeros((answers.n_workers, answers.n_classes, answers.n_classes))
    for rows, posterior in left_out_posteriors(answers, consensus, gold_only=gold_only):
        add_counts(counts, answers, rows, posterior)
    return counts


def left_out_posteriors(
    answers: Answers, consensus: Consensus, *, gold_only: bool = False
) -> Iterator[tuple[Codes, Floats]]:
    """A chunk of answers at a time: their rows, and (rows, K) what the others say of their tasks.

    Zeros where nobody else says anything. The terms are those of ``left_out_counts``.
    """
    scores, pairs = _scores(answers, consensus)
    own = consensus.temper * log_table(consensus.confusion)
    for start in range(0, answers.size, CHUNK):
        rows = np.arange(start, min(start + CHUNK, answers.size), dtype=np.int32)
        yield rows, _posterior(answers, rows, scores, own, pairs, gold_only=gold_only)


def _scores(answers: Answers, consensus: Consensus) -> tuple[Floats, tuple[Codes, Codes, Floats]]:
    """Log-joint of every task; and of every answer its (worker, task) pair, with the pairs' sizes and
    sums."""
    table = consensus.temper * log_table(consensus.confusion)
    prior = np.log(np.maximum(consensus.marginals, 1e-12))
    scores: Floats = np.asarray(answers.incidence @ table) + prior
    key = answers.task.astype(np.int64) * answers.n_workers + answers.worker
    unique, pair, size = np.unique(key, return_inverse=True, return_counts=True)
    sums = np.zeros((0, answers.n_classes))
    if unique.size < answers.size:
        cell = answers.worker.astype(np.int64) * answers.n_classes + answers.label
        sums = np.column_stack([np.bincount(pair, weights=column[cell]) for column in table.T])
    return scores, (pair.astype(np.int32), size.astype(np.int32), sums)


def _posterior(
    answers: Answers,
    rows: Codes,
    scores: Floats,
    own: Floats,
    pairs: tuple[Codes, Codes, Floats],
    *,
    gold_only: bool,
) -> Floats:
    pair, size, sums = pairs
    task = answers.task[rows]
    cell = answers.worker[rows].astype(np.int64) * answers.n_classes + answers.label[rows]
    rest = scores[task] - (sums[pair[rows]] if sums.size else own[cell])
    rest -= rest.max(axis=1, keepdims=True)
    posterior = np.exp(rest)
    posterior /= posterior.sum(axis=1, keepdims=True)
    has_others = answers.per_task[task] > size[pair[rows]]
    posterior[~has_others | gold_only] = 0.0
    if answers.gold is not None:
        gold = answers.gold[task]
        known = np.flatnonzero(gold >= 0)
        posterior[known] = 0.0
        posterior[known, gold[known]] = 1.0
    return posterior


def add_counts(counts: Floats, answers: Answers, rows: Codes, posterior: Floats) -> None:
    """Add answers on what others say of their tasks to ``counts`` (n_workers, K, K), in place."""
    cell = answers.worker[rows].astype(np.int64) * answers.n_classes + answers.label[rows]
    for truth in range(answers.n_classes):
        flat = np.bincount(cell, weights=posterior[:, truth], minlength=counts[:, truth].size)
        counts[:, truth] += flat.reshape(answers.n_workers, answers.n_classes)
