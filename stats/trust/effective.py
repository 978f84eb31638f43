"""From what answers are worth to what is said of people: effective answers, and intervals as wide as that."""

from dataclasses import dataclass

import numpy as np

from stats.arrays import Floats
from stats.trust.confusion import Skill, moment_bounds


@dataclass(frozen=True, eq=False)
class ByOthers:
    """``skill`` of W people; its evidence is the effective number of answers.

    counts (W, K, K)  effective answers [w, class, answer]
    n, correct (W,)   effective answers in all, and right ones; of gold alone the exact numbers
    variance (W,)     of the accuracy
    """

    skill: Skill
    counts: Floats
    n: Floats
    correct: Floats
    variance: Floats

    @property
    def accuracy(self) -> Floats:
        return self.skill.accuracy

    @property
    def low(self) -> Floats:
        return self.skill.low

    @property
    def high(self) -> Floats:
        return self.skill.high


@dataclass(frozen=True, eq=False)
class Estimate:
    """Of W people, before it is said how many answers that is worth.

    confusion, counts (W, K, K): matrices, and expected answers [w, class, answer]
    seen, weight (W, K): expected answers on each class, and ``class_weights`` of that
    right, known, by_class (W, K): the chance of a right answer on each class, its variance if the truth were
    known, and its variance; variance (W,): that of the accuracy
    """

    confusion: Floats
    counts: Floats
    seen: Floats
    weight: Floats
    right: Floats
    known: Floats
    by_class: Floats
    variance: Floats


def class_weights(seen: Floats) -> Floats:
    """(W, K) share of each class in what a person answered (W, K); even where nothing is known."""
    total = seen.sum(axis=1, keepdims=True)
    even = np.full(seen.shape, 1 / seen.shape[1])
    share: Floats = np.divide(seen, total, out=even, where=total > 0)
    return share


def stated(found: Estimate, confidence: float) -> ByOthers:
    """Accuracy with its interval, and the effective answers behind it."""
    weight, seen, total = found.weight, found.seen, found.seen.sum(axis=1)
    mean: Floats = (weight * found.right).sum(axis=1)
    ideal = (weight**2 * found.known).sum(axis=1)
    variance, by_class, share, size = found.variance, found.by_class, found.right, seen.shape[1]
    evidence = seen * np.minimum(found.known / by_class, 1.0)
    counts = found.counts * np.divide(evidence, seen, out=np.zeros_like(seen), where=seen > 0)[..., None]
    n = total * np.minimum(ideal / variance, 1.0)
    right = np.divide(
        found.counts.diagonal(axis1=1, axis2=2).sum(axis=1),
        total,
        out=np.zeros(len(n)),
        where=n > 0,
    )
    if size == 1:
        mean, variance, by_class = np.ones(len(n)), np.zeros(len(n)), np.zeros((len(n), 1))
        share = np.ones_like(share)
    means = np.concatenate([mean[:, None], share], axis=1)
    low, high = moment_bounds(means, np.concatenate([variance[:, None], by_class], axis=1), confidence)
    skill = Skill(
        found.confusion, share, low[:, 1:], high[:, 1:], mean, low[:, 0], high[:, 0], evidence, confidence
    )
    return ByOthers(skill, counts, n, n * right, variance)
