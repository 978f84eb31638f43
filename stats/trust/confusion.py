"""What is known of one person's confusion matrix: a Dirichlet posterior per true class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats
from stats.intervals.beta import quantiles
from stats.intervals.interval import check_confidence


@dataclass(frozen=True, eq=False)
class Skill:
    """Accuracy of each person, per class and overall, with equal-tailed credible intervals; all in [0, 1].

    confusion (n, K, K) posterior mean: [w, j, l] = P(w answers l | truth j)
    class_accuracy, class_low, class_high (n, K): P(right | truth j)
    accuracy, low, high (n,): averaged over the classes by their shares
    evidence (n, K): (expected) number of answers on each true class; 0 means the prior alone speaks
    """

    confusion: Floats
    class_accuracy: Floats
    class_low: Floats
    class_high: Floats
    accuracy: Floats
    low: Floats
    high: Floats
    evidence: Floats
    confidence: float


def skill_posterior(
    counts: ArrayLike,
    *,
    prior: ArrayLike | None = None,
    marginals: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Skill:
    """Posterior of confusion matrices from (expected) counts (n, K, K), [w, truth, answer].

    ``prior`` (K, K) > 0 are Dirichlet pseudo-counts, 1/K everywhere by default, so one answer's worth per
    row; ``marginals`` (K,) weigh the classes in the overall accuracy, by default as the person met them
    (equally where there is no evidence). The right share in a row is exactly Beta; the overall accuracy is a
    weighted sum of independent Betas, given the interval of the Beta with the same mean and variance. Never
    undefined: with no answers the intervals are the prior's, wide.
    """
    check_confidence(confidence)
    seen = as_floats(counts, "counts", ndim=3)
    size = seen.shape[2]
    pseudo = np.full((size, size), 1 / size) if prior is None else as_floats(prior, "prior", ndim=2)
    if seen.shape[1] != size or pseudo.shape != (size, size) or (pseudo <= 0).any() or (seen < 0).any():
        message = "counts must be (n, K, K) and >= 0, prior (K, K) and > 0"
        raise ValueError(message)
    alpha = seen + pseudo
    total = alpha.sum(axis=2)
    right = np.diagonal(alpha, axis1=1, axis2=2)
    share = right / total
    evidence: Floats = seen.sum(axis=2)
    weight = _class_weights(evidence, marginals)
    mean = (weight * share).sum(axis=1)
    # One class: every answer is right by definition, and there is nothing to be unsure of.
    variance = (weight**2 * share * (1 - share) / (total + 1)).sum(axis=1)
    class_low, class_high = _beta_bounds(right, total - right, confidence)
    low, high = moment_bounds(mean, variance, confidence)
    return Skill(
        alpha / total[..., None], share, class_low, class_high, mean, low, high, evidence, confidence
    )


def _class_weights(evidence: Floats, marginals: ArrayLike | None) -> Floats:
    if marginals is not None:
        given = as_floats(marginals, "marginals")
        return np.broadcast_to(given / given.sum(), evidence.shape)
    total = evidence.sum(axis=1, keepdims=True)
    even = np.full(evidence.shape, 1 / evidence.shape[1])
    weight: Floats = np.divide(evidence, total, out=even, where=total > 0)
    return weight


def _beta_bounds(a: Floats, b: Floats, confidence: float) -> tuple[Floats, Floats]:
    is_certain = b <= 0
    safe = np.where(is_certain, 1.0, b)
    low, high = quantiles(a, safe, confidence)
    return np.where(is_certain, 1.0, low), np.where(is_certain, 1.0, high)


def moment_bounds(mean: Floats, variance: Floats, confidence: float) -> tuple[Floats, Floats]:
    is_certain = variance <= 0
    spread = np.where(is_certain, 1.0, variance)
    size = np.maximum(mean * (1 - mean) / spread - 1, 1e-9)
    low, high = quantiles(np.maximum(mean * size, 1e-9), np.maximum((1 - mean) * size, 1e-9), confidence)
    return np.where(is_certain, mean, low), np.where(is_certain, mean, high)
