"""One-coin model: every worker has one accuracy, whatever the class; errors fall evenly on the others."""

import numpy as np

from stats.arrays import Floats
from stats.consensus.answers import Answers
from stats.consensus.em import FLOOR, Stopping, log_table
from stats.consensus.majority import vote_shares
from stats.consensus.result import Consensus, most_probable
from stats.consensus.steps import Steps


def one_coin(
    answers: Answers,
    *,
    prior: tuple[float, float] = (2.0, 1.0),
    balanced: bool = False,
    stopping: Stopping | None = None,
) -> Consensus:
    """EM for one accuracy a per worker; a vote weighs log(a (K-1) / (1-a)).

    ``prior`` are pseudo-counts of right and wrong answers given to everybody (MAP); ``balanced`` holds the
    class shares equal instead of learning them. Same undefined cases as ``dawid_skene``. With one class
    everything is certain. Source: the homogeneous case of Dawid, Skene (1979); also ZenCrowd (Demartini et
    al., WWW 2012).
    """
    limits = stopping or Stopping()
    steps = Steps(answers)
    steps.begin(vote_shares(answers))
    previous, iteration, is_converged = -np.inf, 0, False
    accuracy, marginals, likelihood = np.empty(0), np.empty(0), 0.0
    while iteration < limits.max_iterations and not is_converged:
        accuracy = _accuracy(answers, steps.counts(), prior)
        marginals = _marginals(answers, steps.class_sums()[0], balanced=balanced)
        logs = log_table(_matrices(accuracy, answers.n_classes))
        likelihood = steps.update(logs, np.maximum(marginals, FLOOR)[None])
        is_converged = abs(likelihood - previous) <= limits.tolerance * max(answers.size, 1)
        previous, iteration = likelihood, iteration + 1
    posterior = steps.table()
    return Consensus(
        posterior=posterior,
        label=most_probable(answers, posterior),
        marginals=marginals,
        confusion=_matrices(accuracy, answers.n_classes),
        pooled=_matrices(_pooled(answers, accuracy, prior), answers.n_classes)[0],
        log_likelihood=likelihood,
        iterations=iteration,
        converged=is_converged,
    )


def _accuracy(answers: Answers, counts: Floats, prior: tuple[float, float]) -> Floats:
    right = np.diagonal(counts, axis1=1, axis2=2).sum(axis=1) + prior[0]
    total = answers.per_worker + prior[0] + prior[1]
    share: Floats = np.divide(right, total, out=np.full(answers.n_workers, 0.5), where=total > 0)
    return share


def _pooled(answers: Answers, accuracy: Floats, prior: tuple[float, float]) -> Floats:
    if answers.size == 0:
        total = prior[0] + prior[1]
        return np.array([prior[0] / total if total else 0.5])
    return np.array([answers.per_worker @ accuracy / answers.size])


def _marginals(answers: Answers, sums: Floats, *, balanced: bool) -> Floats:
    if balanced or answers.active.size == 0:
        return np.full(answers.n_classes, 1 / answers.n_classes)
    share: Floats = sums / answers.active.size
    return share


def _matrices(accuracy: Floats, classes: int) -> Floats:
    """(n, classes, classes) with the accuracy on the diagonal and the rest spread evenly."""
    if classes == 1:
        return np.ones((len(accuracy), 1, 1))
    off = ((1 - accuracy) / (classes - 1))[:, None, None]
    return off + (accuracy[:, None, None] - off) * np.eye(classes)
