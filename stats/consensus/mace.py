"""MACE: every answer is either the truth, or drawn from the person's own habit."""

import numpy as np

from stats.arrays import Floats
from stats.consensus.answers import Answers
from stats.consensus.em import FLOOR, Stopping, log_table
from stats.consensus.majority import vote_shares
from stats.consensus.result import Consensus, most_probable


def mace(answers: Answers, *, smoothing: float = 0.1, stopping: Stopping | None = None) -> Consensus:
    """EM for each person's competence (share of answers that know the truth) and their habit otherwise.

    P(answer | truth) = competence [answer = truth] + (1 - competence) habit[answer]. ``smoothing`` >= 0
    (ValueError) are pseudo-counts of either kind and of every class of the habit. Classes are equally likely
    beforehand, as in the source, so marginals are the mean posterior but have no say. Starts from the vote
    shares instead of at random, so the same input gives the same bits. Gold and undefined cases as in
    ``dawid_skene``. Source: Hovy, Berg-Kirkpatrick, Vaswani, Hovy, NAACL 2013.
    """
    if smoothing < 0:
        message = "smoothing must not be negative"
        raise ValueError(message)
    limits, size = stopping or Stopping(), answers.n_classes
    posterior = answers.clamp(vote_shares(answers))
    competence = np.full(answers.n_workers, 0.5)
    habit = np.full((answers.n_workers, size), 1 / size)
    likelihood, iteration, is_converged = -np.inf, 0, False
    while iteration < limits.max_iterations and not is_converged:
        previous = likelihood
        competence, habit = _maximize(answers, posterior, competence, habit, smoothing)
        posterior, likelihood = _expect(answers, _matrices(competence, habit))
        is_converged = abs(likelihood - previous) <= limits.tolerance * max(answers.size, 1)
        iteration += 1
    marginals = posterior[answers.active].mean(axis=0) if answers.active.size else np.full(size, 1 / size)
    posterior[np.setdiff1d(np.arange(answers.n_tasks), answers.active)] = marginals
    confusion = _matrices(competence, habit)
    pooled = np.full((size, size), 1 / size)
    if answers.size:
        pooled = np.tensordot(answers.per_worker / answers.size, confusion, axes=1)
    confusion[answers.per_worker == 0] = pooled
    return Consensus(
        posterior=posterior,
        label=most_probable(answers, posterior),
        marginals=marginals,
        confusion=confusion,
        pooled=pooled,
        log_likelihood=likelihood if answers.active.size else 0.0,
        iterations=iteration,
        converged=is_converged,
    )


def _matrices(competence: Floats, habit: Floats) -> Floats:
    knows = competence[:, None, None] * np.eye(habit.shape[1])
    return knows + ((1 - competence)[:, None] * habit)[:, None, :]


def _maximize(
    answers: Answers, posterior: Floats, competence: Floats, habit: Floats, smoothing: float
) -> tuple[Floats, Floats]:
    size = answers.n_classes
    by_answer = np.asarray(answers.incidence.T @ posterior).reshape(answers.n_workers, size, size)
    agreed = np.ascontiguousarray(np.diagonal(by_answer, axis1=1, axis2=2))
    by_habit = (1 - competence)[:, None] * habit
    share = by_habit / np.maximum(competence[:, None] + by_habit, FLOOR)
    guessed = by_answer.sum(axis=2) - agreed * (1 - share)
    knew = (agreed * (1 - share)).sum(axis=1)
    total = knew + guessed.sum(axis=1) + 2 * smoothing
    competence = np.divide(knew + smoothing, total, out=np.full(total.shape, 0.5), where=total > 0)
    spread = guessed + smoothing
    sums = spread.sum(axis=1, keepdims=True)
    habit = np.divide(spread, sums, out=np.full(spread.shape, 1 / size), where=sums > 0)
    return competence, habit


def _expect(answers: Answers, confusion: Floats) -> tuple[Floats, float]:
    scores = np.asarray(answers.incidence @ log_table(confusion)) - np.log(answers.n_classes)
    top = scores.max(axis=1, keepdims=True)
    shares = np.exp(scores - top)
    sums = shares.sum(axis=1, keepdims=True)
    evidence = (top + np.log(sums))[:, 0]
    if answers.gold is not None:
        evidence[answers.known] = scores[answers.known, answers.gold[answers.known]]
    return answers.clamp(shares / sums), float(evidence[answers.active].sum())
