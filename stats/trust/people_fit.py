"""Everybody's confusion matrix, fitted so that soft posteriors of the others do not dilute it."""

from dataclasses import dataclass

import numpy as np

from stats.arrays import Bools, Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.em import log_table
from stats.consensus.result import Consensus
from stats.consensus.steps import Steps
from stats.trust.effective import class_weights

# Pseudo-answers that hold a person to the crowd: for right or wrong, of all classes together; and how the
# wrong answers of a class spread.
RIGHT_PRIOR = 8.0
SPREAD_PRIOR = 8.0
# So many answers of the crowd make half of it known; while there are none, the prior counts as one answer.
HALF_KNOWN = 50.0
ROUNDS = 40
CHANGE = 1e-3


@dataclass(frozen=True, eq=False)
class PeopleFit:
    """W people, T tasks, K classes; ``answers`` are those of which others, or gold, say anything.

    confusion (W, K, K)  estimate of P(answer | class); counts (W, K, K) expected answers [w, class, answer]
    posterior (T, K), marginals (copies, K); prior: pseudo-answers of each row of a matrix
    """

    answers: Answers
    confusion: Floats
    counts: Floats
    posterior: Floats
    marginals: Floats
    prior: float

    @property
    def right(self) -> Floats:
        """(W, K) chance of a right answer on each class."""
        return np.clip(self.confusion.diagonal(axis1=1, axis2=2), 1e-6, 1 - 1e-6)

    @property
    def weight(self) -> Floats:
        """(W, K) share of each class in what a person answered; even where nothing is known."""
        return class_weights(self.counts.sum(axis=2))

    @property
    def accuracy(self) -> Floats:
        """(W,) chance of a right answer on what the person was given."""
        mean: Floats = (self.weight * self.right).sum(axis=1)
        return mean


def fit_people(answers: Answers, consensus: Consensus) -> PeopleFit:
    """Matrices under which everybody's answers are most probable, given what the others say of their tasks.

    The truth of a task has the others' posterior as its prior, and a person's matrix is fitted by EM rather
    than by counting that posterior, which would call every doubt of the others an error of the person. As the
    others are re-estimated likewise, this is Dawid and Skene's EM, begun with the matrices of ``consensus``,
    with the priors above. Tasks that one person alone answered, and that are no gold, are left out.
    """
    kept = some(answers, answers.compared)
    start, marginals = consensus.confusion, np.maximum(consensus.marginals, 1e-12)[None]
    return run(kept, start, marginals)


def some(answers: Answers, tasks: Bools) -> Answers:
    """The answers to some of the tasks; codes stay."""
    kept = tasks[answers.task]
    if kept.all():
        return answers
    columns: tuple[Codes, Codes, Codes] = (answers.task[kept], answers.worker[kept], answers.label[kept])
    return Answers(*columns, answers.n_tasks, answers.n_workers, answers.n_classes, answers.gold)


def run(answers: Answers, start: Floats, marginals: Floats) -> PeopleFit:
    """EM from these matrices. ``marginals`` (copies, K): so many crowds of equal size, that lie behind one
    another in ``answers``, are fitted at once, each on its own."""
    copies, size = marginals.shape
    idle = answers.per_task == 0
    steps = Steps(answers, copies=copies, idle=idle)
    confusion, moved, done = start, np.inf, 0
    prior = _strength(answers.size / copies) / size
    while True:
        steps.update(log_table(confusion, answers.used), marginals)
        counts = steps.counts()
        if done == ROUNDS or moved < CHANGE:
            posterior = steps.table()
            posterior[idle] = 0.0
            return PeopleFit(answers, confusion, counts, posterior, marginals, prior)
        before, confusion = confusion, matrices(counts, copies, prior)
        moved, done = float(np.abs(confusion - before).max(initial=0.0)), done + 1
        sums = steps.class_sums() + 1.0
        marginals = sums / sums.sum(axis=1, keepdims=True)


def _strength(answers: float) -> float:
    """Pseudo-answers of right or wrong: as many as the crowd can vouch for."""
    return 1 + (RIGHT_PRIOR - 1) * answers / (answers + HALF_KNOWN)


def matrices(counts: Floats, copies: int, prior: float) -> Floats:
    """(W, K, K) from expected counts: right answers and the spread of wrong ones, each held to the crowd."""
    if counts.shape[-1] == 1:
        return np.ones_like(counts)
    crowds = counts.reshape(copies, -1, *counts.shape[1:])
    result: Floats = held(crowds, usual(crowds)[:, None], prior).reshape(counts.shape)
    return result


def usual(counts: Floats) -> Floats:
    """(..., K, K) what the crowd does, from everybody's expected counts (..., W, K, K)."""
    size = counts.shape[-1]
    base: Floats = counts.sum(axis=-3) + 1 / size + np.eye(size)
    base /= base.sum(axis=-1, keepdims=True)
    return base


def held(counts: Floats, base: Floats, prior: float) -> Floats:
    """Matrices (..., K, K) from expected counts, held to what the crowd does (``base``)."""
    size = counts.shape[-1]
    each, off = np.arange(size), 1 - np.eye(size)
    spread = base * off
    spread /= spread.sum(axis=-1, keepdims=True)
    right = held_right(counts, base, prior)
    found: Floats = counts * off + SPREAD_PRIOR * spread
    found *= ((1 - right) / found.sum(axis=-1))[..., None]
    found[..., each, each] = right
    return found


def held_right(counts: Floats, base: Floats, prior: float, number: Floats | None = None) -> Floats:
    """The diagonal of ``held`` alone. ``number``: the sums of the rows of ``counts``, if at hand."""
    right = counts.diagonal(axis1=-2, axis2=-1) + prior * base.diagonal(axis1=-2, axis2=-1)
    share: Floats = right / ((counts.sum(axis=-1) if number is None else number) + prior)
    return share
