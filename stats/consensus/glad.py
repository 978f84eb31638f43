"""GLAD: a right answer depends on the person's ability and on the item's easiness."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from stats.arrays import Floats
from stats.consensus.answers import Answers
from stats.consensus.em import Stopping
from stats.consensus.majority import vote_shares
from stats.consensus.result import Consensus, most_probable

# Steps of L-BFGS in each maximization: a better guess is enough, the next expectation follows at once.
STEPS = 5


@dataclass(frozen=True, eq=False)
class Glad:
    """The consensus, each person's ``ability`` (n_workers,) and each item's ``easiness`` (n_tasks,) > 0."""

    consensus: Consensus
    ability: Floats
    easiness: Floats


def glad(answers: Answers, *, stopping: Stopping | None = None) -> Glad:
    """EM for P(right) = 1 / (1 + exp(-ability * easiness)); errors fall evenly on the other classes.

    Ability and the logarithm of easiness have normal priors of mean 1 and variance 1, as in the source;
    people and items without answers stay there. Classes are equally likely beforehand. Gold and undefined
    cases as in ``dawid_skene``; ``confusion`` is what a person does on items of mean easiness. With one class
    everything is certain. Source: Whitehill, Ruvolo, Wu, Bergsma, Movellan, NIPS 2009.
    """
    limits = stopping or Stopping(tolerance=1e-4, max_iterations=50)
    posterior = answers.clamp(vote_shares(answers))
    ability, log_easiness = np.ones(answers.n_workers), np.ones(answers.n_tasks)
    likelihood, iteration, is_converged = -np.inf, 0, False
    has_choice = answers.n_classes > 1 and answers.size > 0
    while iteration < limits.max_iterations and not is_converged and has_choice:
        previous = likelihood
        ability, log_easiness = _maximize(answers, posterior, ability, log_easiness)
        posterior, likelihood = _expect(answers, ability, log_easiness)
        is_converged = abs(likelihood - previous) <= limits.tolerance * max(answers.size, 1)
        iteration += 1
    size = answers.n_classes
    marginals = posterior[answers.active].mean(axis=0) if answers.active.size else np.full(size, 1 / size)
    posterior[np.setdiff1d(np.arange(answers.n_tasks), answers.active)] = marginals
    easiness = np.exp(log_easiness)
    typical = float(easiness[answers.active].mean()) if answers.active.size else float(np.e)
    right = expit(ability * typical) if size > 1 else np.ones(answers.n_workers)
    mean = np.array([answers.per_worker @ right / answers.size]) if answers.size else np.array([1 / size])
    confusion, pooled = _matrices(right, size), _matrices(mean, size)[0]
    confusion[answers.per_worker == 0] = pooled
    consensus = Consensus(
        posterior=posterior,
        label=most_probable(answers, posterior),
        marginals=marginals,
        confusion=confusion,
        pooled=pooled,
        log_likelihood=likelihood if np.isfinite(likelihood) and answers.active.size else 0.0,
        iterations=iteration,
        converged=is_converged or not has_choice,
    )
    return Glad(consensus, ability, easiness)


def _matrices(right: Floats, size: int) -> Floats:
    off = ((1 - right) / max(size - 1, 1))[:, None, None]
    return off + (right[:, None, None] - off) * np.eye(size)


def _maximize(
    answers: Answers, posterior: Floats, ability: Floats, log_easiness: Floats
) -> tuple[Floats, Floats]:
    """A few steps up the expected log-likelihood with its priors."""
    from scipy.optimize import minimize  # when used: the web need not wait for it

    agreed = posterior[answers.task, answers.label]
    spread = np.log(max(answers.n_classes - 1, 1))
    people = answers.n_workers

    def loss(point: Floats) -> tuple[float, Floats]:
        a, b = point[:people], point[people:]
        scale = np.exp(np.clip(b, -10, 10))
        x = a[answers.worker] * scale[answers.task]
        value = agreed * -np.logaddexp(0, -x) + (1 - agreed) * (-np.logaddexp(0, x) - spread)
        slope = agreed - expit(x)
        of_a = np.bincount(answers.worker, slope * scale[answers.task], minlength=people)
        of_b = np.bincount(answers.task, slope * x, minlength=answers.n_tasks)
        total = value.sum() - ((a - 1) ** 2).sum() / 2 - ((b - 1) ** 2).sum() / 2
        return -float(total), -np.concatenate([of_a - (a - 1), of_b - (b - 1)])

    start = np.concatenate([ability, log_easiness])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return found[:people], np.clip(found[people:], -10, 10)


def _expect(answers: Answers, ability: Floats, log_easiness: Floats) -> tuple[Floats, float]:
    size = answers.n_classes
    x = ability[answers.worker] * np.exp(log_easiness)[answers.task]
    wrong = -np.logaddexp(0, x) - np.log(size - 1)
    gain = -np.logaddexp(0, -x) - wrong
    cell = answers.task.astype(np.int64) * size + answers.label
    scores = np.bincount(cell, gain, minlength=answers.n_tasks * size).reshape(-1, size)
    scores += np.bincount(answers.task, wrong, minlength=answers.n_tasks)[:, None] - np.log(size)
    top = scores.max(axis=1, keepdims=True)
    shares = np.exp(scores - top)
    sums = shares.sum(axis=1, keepdims=True)
    evidence = (top + np.log(sums))[:, 0]
    if answers.gold is not None:
        evidence[answers.known] = scores[answers.known, answers.gold[answers.known]]
    return answers.clamp(shares / sums), float(evidence[answers.active].sum())
