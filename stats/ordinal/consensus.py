"""Dawid-Skene for ratings: neighbors are confused more than levels far apart."""

import numpy as np

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.result import Consensus, most_probable

ROUNDS = 100
CHANGE = 1e-5
# Pseudo-answers without a shift, and with the crowd's noise, in what is estimated of each person.
SHIFT_STRENGTH = 5.0
NOISE_STRENGTH = 5.0
LEVEL_STRENGTH = 1.0
LEAST_NOISE = 0.05
# Share of answers that mean nothing, so that one slip does not outweigh everybody.
SLIPS = 0.02


def rating_consensus(answers: Answers) -> Consensus:
    """MAP EM for classes 0..K-1 that are levels in order.

    A person's confusion matrix has two numbers only: from true level t they answer l with probability like
    exp(-(l - t - shift)² / 2 noise), among the levels there are. So neighbors are confused more than levels
    far apart, what is known of one level tells of the others, and a rare level needs no answers of its own.
    Both numbers are shrunk to the crowd's; shifts are 0 in the mean unless gold says otherwise; gold is
    clamped. ``posterior_median`` gives the level that loses least in absolute error. No answers: uniform
    marginals. Order does not matter. ``log_likelihood`` is NaN. Source: Dawid, Skene, Applied Statistics 28
    (1979) 20-28, with the matrices of a discretized normal.
    """
    size = answers.n_classes
    votes = answers.counts + 0.1
    posterior = answers.clamp(votes / votes.sum(axis=1, keepdims=True))
    marginals = np.full(size, 1 / size)
    table = confusion(np.zeros(answers.n_workers), np.ones(answers.n_workers), size)
    pooled, done, moved = confusion(np.zeros(1), np.ones(1), size)[0], 0, np.inf
    while done < ROUNDS and moved >= CHANGE and answers.active.size:
        done += 1
        before = posterior
        shift, noise, crowd = _people(posterior, answers)
        table, pooled = confusion(shift, noise, size), confusion(np.zeros(1), np.full(1, crowd), size)[0]
        levels = posterior[answers.active].sum(axis=0) + LEVEL_STRENGTH
        marginals = levels / levels.sum()
        # One row per (worker, answered level), as the answers' incidence has its columns.
        logs = answers.incidence @ np.log(table).transpose(0, 2, 1).reshape(-1, size) + np.log(marginals)
        posterior = np.exp(logs - logs.max(axis=1, keepdims=True))
        posterior = answers.clamp(posterior / posterior.sum(axis=1, keepdims=True))
        moved = float(np.abs(posterior - before).max(initial=0.0))
    if not answers.active.size:
        posterior = np.tile(marginals, (answers.n_tasks, 1))
    return Consensus(
        posterior=posterior,
        label=most_probable(answers, posterior),
        marginals=marginals,
        confusion=table,
        pooled=pooled,
        log_likelihood=float("nan"),
        iterations=done,
        converged=moved < CHANGE,
    )


def posterior_median(posterior: Floats) -> Codes:
    """The level (n,) at which half of the probability of (n, K) is reached; a tie goes to the lower level."""
    reached = np.cumsum(posterior, axis=1)
    median: Codes = np.minimum((reached < 0.5 - 1e-9).sum(axis=1), posterior.shape[1] - 1).astype(np.int32)
    return median


def confusion(shift: Floats, noise: Floats, n_classes: int) -> Floats:
    """(n_workers, K, K) of people with these shifts and noise variances (n_workers,); rows: true levels."""
    levels = np.arange(n_classes)
    off = levels - levels[:, None] - shift[:, None, None]
    logs = -(off**2) / (2 * noise[:, None, None])
    table = np.exp(logs - logs.max(axis=2, keepdims=True))
    table /= table.sum(axis=2, keepdims=True)
    matrices: Floats = (1 - SLIPS) * table + SLIPS / n_classes
    return matrices


def _people(posterior: Floats, answers: Answers) -> tuple[Floats, Floats, float]:
    """Everybody's shift and noise variance, shrunk, and the crowd's noise."""
    people, worker = answers.n_workers, answers.worker
    levels = np.arange(answers.n_classes)
    truth = posterior @ levels
    spread = posterior @ levels**2 - truth**2
    count = answers.per_worker
    gap = answers.label - truth[answers.task]
    shift = np.bincount(worker, gap, minlength=people) / (count + SHIFT_STRENGTH)
    if count.sum() and not answers.known.size:
        # A common shift of all cannot be told from the levels themselves.
        shift -= (count > 0) * np.average(shift, weights=count)
    squares = (gap - shift[worker]) ** 2 + spread[answers.task]
    crowd = max(float(squares.mean()), LEAST_NOISE) if squares.size else 1.0
    summed = np.bincount(worker, squares, minlength=people)
    noise = (summed + NOISE_STRENGTH * crowd) / (count + NOISE_STRENGTH)
    return shift, np.maximum(noise, LEAST_NOISE), crowd
