"""Variational Bayes for Dawid-Skene: people's matrices have distributions instead of values (iBCC)."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from stats.arrays import Floats, as_floats
from stats.consensus.answers import Answers
from stats.consensus.dawid_skene import diagonal_prior
from stats.consensus.em import Stopping
from stats.consensus.majority import vote_shares
from stats.consensus.result import Consensus, most_probable


def variational(
    answers: Answers,
    *,
    prior: ArrayLike | None = None,
    class_prior: float = 1.0,
    stopping: Stopping | None = None,
) -> Consensus:
    """Mean-field posterior under Dirichlet priors on the class shares and on every row of every matrix.

    ``prior`` (n_classes, n_classes) > 0 are the Dirichlet parameters of a row (``diagonal_prior`` by
    default), ``class_prior`` > 0 those of the classes; ValueError otherwise. ``confusion`` and ``marginals``
    are posterior means; ``log_likelihood`` is the evidence lower bound, which never falls from step to step.
    Gold and undefined cases as in ``dawid_skene``. Sources: Kim, Ghahramani, AISTATS 2012; Simpson et al.,
    2013.
    """
    size = answers.n_classes
    pseudo = diagonal_prior(size) if prior is None else as_floats(prior, "prior", ndim=2)
    if pseudo.shape != (size, size) or pseudo.min() <= 0 or class_prior <= 0:
        message = "prior must be (n_classes, n_classes), and priors must be positive"
        raise ValueError(message)
    limits = stopping or Stopping()
    posterior = answers.clamp(vote_shares(answers))
    bound, iteration, is_converged = -np.inf, 0, False
    rows, shares = _parameters(answers, posterior, pseudo, class_prior)
    while iteration < limits.max_iterations and not is_converged:
        previous = bound
        posterior, evidence = _expect(answers, rows, shares)
        # The bound is exact here: the posterior is the optimal one for these parameters.
        bound = evidence - _divergence(rows, pseudo) - _divergence(shares, np.full(size, class_prior))
        rows, shares = _parameters(answers, posterior, pseudo, class_prior)
        is_converged = abs(bound - previous) <= limits.tolerance * max(answers.size, 1)
        iteration += 1
    marginals = shares / shares.sum()
    posterior[np.setdiff1d(np.arange(answers.n_tasks), answers.active)] = marginals
    together = rows.sum(axis=0) - (answers.n_workers - 1) * pseudo if answers.n_workers else pseudo
    pooled = together / together.sum(axis=1, keepdims=True)
    confusion = rows / rows.sum(axis=2, keepdims=True)
    confusion[answers.per_worker == 0] = pooled
    return Consensus(
        posterior=posterior,
        label=most_probable(answers, posterior),
        marginals=marginals,
        confusion=confusion,
        pooled=pooled,
        log_likelihood=bound if answers.active.size else 0.0,
        iterations=iteration,
        converged=is_converged,
    )


def _parameters(
    answers: Answers, posterior: Floats, prior: Floats, class_prior: float
) -> tuple[Floats, Floats]:
    size = answers.n_classes
    flat = np.asarray(answers.incidence.T @ posterior).reshape(answers.n_workers, size, size)
    return flat.transpose(0, 2, 1) + prior, posterior[answers.active].sum(axis=0) + class_prior


def _expected_logs(parameters: Floats) -> Floats:
    logs: Floats = digamma(parameters) - digamma(parameters.sum(axis=-1, keepdims=True))
    return logs


def _expect(answers: Answers, rows: Floats, shares: Floats) -> tuple[Floats, float]:
    size = answers.n_classes
    table = np.ascontiguousarray(_expected_logs(rows).transpose(0, 2, 1)).reshape(-1, size)
    scores = np.asarray(answers.incidence @ table) + _expected_logs(shares)
    top = scores.max(axis=1, keepdims=True)
    likelihood = np.exp(scores - top)
    sums = likelihood.sum(axis=1, keepdims=True)
    evidence = (top + np.log(sums))[:, 0]
    if answers.gold is not None:
        evidence[answers.known] = scores[answers.known, answers.gold[answers.known]]
    return answers.clamp(likelihood / sums), float(evidence[answers.active].sum())


def _divergence(parameters: Floats, prior: Floats) -> float:
    """Sum of Kullback-Leibler divergences of Dirichlet distributions from their prior."""
    base = np.broadcast_to(prior, parameters.shape)
    terms = gammaln(parameters.sum(axis=-1)) - gammaln(parameters).sum(axis=-1)
    terms = terms - gammaln(base.sum(axis=-1)) + gammaln(base).sum(axis=-1)
    terms = terms + ((parameters - base) * _expected_logs(parameters)).sum(axis=-1)
    return float(terms.sum())
