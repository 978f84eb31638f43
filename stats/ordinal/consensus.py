"""Dawid-Skene for ratings: neighbors are confused more than levels far apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Codes, Floats, as_codes

ROUNDS = 100
CHANGE = 1e-5
# Pseudo-answers without a shift, and with the crowd's noise, in what is estimated of each person.
SHIFT_STRENGTH = 5.0
NOISE_STRENGTH = 5.0
LEVEL_STRENGTH = 1.0
LEAST_NOISE = 0.05
# Share of answers that mean nothing, so that one slip does not outweigh everybody.
SLIPS = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class RatingConsensus:
    """``posterior`` (n_tasks, K); ``level`` (n_tasks,) its median, -1 without answers; ``mean`` (n_tasks,),
    NaN there.

    ``shift`` (n_workers,): by how many levels a person rates higher than the crowd; ``deviation`` of their
    answers around that; of people without answers 0 and the crowd's. ``marginals`` (K,) the levels' shares.
    """

    posterior: Floats
    level: Codes
    mean: Floats
    shift: Floats
    deviation: Floats
    marginals: Floats


def rating_consensus(
    task: ArrayLike, worker: ArrayLike, label: ArrayLike, *, n_tasks: int, n_workers: int, n_classes: int
) -> RatingConsensus:
    """MAP EM from parallel columns of codes (n_answers,), levels 0..K-1 in order.

    A person's confusion matrix has two numbers only: from true level t they answer l with probability like
    exp(-(l - t - shift)² / 2 noise), among the levels there are. So neighbors are confused more than levels
    far apart, what is known of one level tells of the others, and a rare level needs no answers of its own.
    Both numbers are shrunk to the crowd's. The level is the posterior median, which loses least in absolute
    error. Equal answers of unshifted people give that answer. Order does not matter. Source: Dawid, Skene,
    Applied Statistics 28 (1979) 20-28, with the matrices of a discretized normal.
    """
    tasks, workers = as_codes(task, "task", limit=n_tasks), as_codes(worker, "worker", limit=n_workers)
    labels = as_codes(label, "label", limit=n_classes)
    if not tasks.size == workers.size == labels.size:
        message = "task, worker and label must have the same length"
        raise ValueError(message)
    votes = np.zeros((n_tasks, n_classes))
    np.add.at(votes, (tasks, labels), 1.0)
    answered = votes.sum(axis=1) > 0
    posterior = (votes + 0.1) / (votes + 0.1).sum(axis=1, keepdims=True)
    marginals = np.full(n_classes, 1 / max(n_classes, 1))
    shift, noise = np.zeros(n_workers), np.ones(n_workers)
    for _ in range(ROUNDS if n_classes else 0):
        before = posterior
        shift, noise = _people(posterior, tasks, workers, labels, shift)
        levels = posterior[answered].sum(axis=0) + LEVEL_STRENGTH
        marginals = levels / levels.sum()
        logs = np.tile(np.log(marginals), (n_tasks, 1))
        np.add.at(logs, tasks, np.log(confusion(shift, noise, n_classes)[workers, :, labels]))
        posterior = np.exp(logs - logs.max(axis=1, keepdims=True))
        posterior /= posterior.sum(axis=1, keepdims=True)
        if np.abs(posterior - before).max(initial=0.0) < CHANGE:
            break
    level = np.where(answered, posterior_median(posterior), -1).astype(np.int32)
    mean = np.where(answered, posterior @ np.arange(n_classes), np.nan)
    return RatingConsensus(posterior, level, mean, shift, np.sqrt(noise), marginals)


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


def _people(
    posterior: Floats, tasks: Codes, workers: Codes, labels: Codes, shift: Floats
) -> tuple[Floats, Floats]:
    """Everybody's shift, which are 0 in the mean, and noise variance, shrunk."""
    size = shift.size
    levels = np.arange(posterior.shape[1])
    truth = posterior @ levels
    spread = posterior @ levels**2 - truth**2
    answers = np.bincount(workers, minlength=size)
    gap = labels - truth[tasks]
    shift = np.bincount(workers, gap, minlength=size) / (answers + SHIFT_STRENGTH)
    if answers.sum():
        shift -= (answers > 0) * np.average(shift, weights=answers)
    squares = (gap - shift[workers]) ** 2 + spread[tasks]
    crowd = max(float(squares.mean()), LEAST_NOISE) if squares.size else 1.0
    summed = np.bincount(workers, squares, minlength=size)
    noise = (summed + NOISE_STRENGTH * crowd) / (answers + NOISE_STRENGTH)
    return shift, np.maximum(noise, LEAST_NOISE)
