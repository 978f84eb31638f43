"""Everybody's accuracy as the others see it, with intervals that know how unsure the others are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.majority import vote_shares
from stats.consensus.result import Consensus
from stats.intervals.interval import check_confidence
from stats.trust.confusion import moment_bounds
from stats.trust.effective import ByOthers, Estimate, stated
from stats.trust.information import joint_covariance, known_variance, own_covariance, own_sums
from stats.trust.people_fit import PeopleFit, fit_people, matrices, run, some
from stats.trust.since_fit import CrowdSums, PeopleSums, of_mean, sums_of

# How far estimates scatter is tried out on crowds like this one: of so many answers, so many of them, and
# until so many people were tried, with matrices of so many cells; what counts as much as the trials for "as
# computed".
TRIED_ANSWERS = 30_000
MOST_COPIES = 20
TRIED_PEOPLE = 2_000
TRIED_CELLS = 4_000_000
AS_COMPUTED = 20.0


@dataclass(frozen=True, eq=False)
class Accuracy:
    """Of each person (n,): accuracy with its interval, and the effective answers and right ones behind it."""

    accuracy: Floats
    low: Floats
    high: Floats
    n: Floats
    correct: Floats


def combined(parts: Sequence[ByOthers], place: Codes, people: int, *, confidence: float = 0.95) -> Accuracy:
    """Accuracy over several questions, weighted by the effective answers to each (evenly where there are
    none). ``place`` holds the person of every row of all parts, one after the other, in [0, people)."""
    if (
        len(parts) == 1
        and confidence == parts[0].skill.confidence
        and np.array_equal(place, np.arange(people))
    ):
        return Accuracy(parts[0].accuracy, parts[0].low, parts[0].high, parts[0].n, parts[0].correct)
    n, correct, mean, variance = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("n", "correct", "accuracy", "variance")
    )
    total, rows = _summed(n, place, people), np.bincount(place, minlength=people)
    weight = np.where(total[place] > 0, n / np.maximum(total[place], 1e-12), 1 / rows[place])
    accuracy = _summed(weight * mean, place, people)
    low, high = moment_bounds(accuracy, _summed(weight**2 * variance, place, people), confidence)
    return Accuracy(accuracy, low, high, total, _summed(correct, place, people))


def _summed(values: Floats, place: Codes, people: int) -> Floats:
    sums: Floats = np.bincount(place, weights=values, minlength=people).astype(np.float64)
    return sums


def skill_by_others(answers: Answers, consensus: Consensus, *, confidence: float = 0.95) -> ByOthers:
    """What the others' answers, and gold, tell of each person; nobody vouches for themselves.

    The estimate is ``fit_people``'s: held to the crowd's accuracy by at most eight pseudo-answers. The
    variance is that of a known truth, over the share of the information that is there (the larger of
    ``own_covariance`` and ``joint_covariance``); and if estimates of crowds that are drawn from this very
    fit scatter more than that, it is raised as much. The effective number of answers is the number given
    times the variance of a known truth over this one. Intervals: the Beta distribution with the same mean and
    variance. Same input, same bits.
    """
    return skill_and_sums(answers, consensus, confidence=confidence)[0]


def skill_and_sums(
    answers: Answers, consensus: Consensus, *, confidence: float = 0.95
) -> tuple[ByOthers, CrowdSums, PeopleSums]:
    """``skill_by_others``, and what to keep for the answers that follow (``stats.trust.since_fit``)."""
    return skill_of(fit_people(answers, consensus), confidence)


def skill_of(fit: PeopleFit, confidence: float) -> tuple[ByOthers, CrowdSums, PeopleSums]:
    """``skill_and_sums`` of a fit."""
    check_confidence(confidence)
    sums = own_sums(fit)
    own = own_covariance(fit, sums)
    joint = joint_covariance(fit)
    excess = (_scatter(fit) - 1) * _doubtful(fit)
    seen, weight = fit.counts.sum(axis=2), fit.weight
    variance, by_class = of_mean(own, weight), np.diagonal(own, axis1=1, axis2=2)
    if joint is not None:
        variance = np.maximum(variance, of_mean(joint, weight))
        by_class = np.maximum(by_class, np.diagonal(joint, axis1=1, axis2=2))
    variance = variance * (1 + excess)
    found = Estimate(
        fit.confusion, fit.counts, seen, weight, fit.right, known_variance(fit), by_class, variance
    )
    return stated(found, confidence), *sums_of(fit, sums, own, variance, by_class)


def _doubtful(fit: PeopleFit) -> Floats:
    """(W,) share of a person's answers whose truth is not known from gold."""
    answers = fit.answers
    if answers.gold is None:
        return np.ones(answers.n_workers)
    unknown = (answers.gold[answers.task] < 0).astype(np.float64)
    return _summed(unknown, answers.worker, answers.n_workers) / np.maximum(answers.per_worker, 1)


def _scatter(fit: PeopleFit) -> float:
    """How much more than computed the estimates scatter, as a factor on the variance, at least 1: a
    parametric bootstrap. Matrices with many classes are learned from few answers, and the truth with them;
    no formula here sees that."""
    answers = fit.answers
    if not answers.size or answers.n_classes == 1:
        return 1.0
    every = np.flatnonzero(answers.per_task > 0)
    chosen = np.zeros(answers.n_tasks, dtype=np.bool_)
    chosen[every[:: -(-answers.size // TRIED_ANSWERS)]] = True
    part = some(answers, chosen)
    enough = -(-TRIED_PEOPLE // answers.n_workers)
    room = TRIED_CELLS // fit.confusion.size
    copies = max(1, min(TRIED_ANSWERS // part.size, enough, MOST_COPIES, room))
    drawn = _drawn(fit, part, copies)
    shares = vote_shares(drawn)
    flat = np.asarray(drawn.incidence.T @ shares).reshape(-1, drawn.n_classes, drawn.n_classes)
    start = matrices(flat.transpose(0, 2, 1), copies, fit.prior)
    again = run(drawn, start, np.tile(fit.marginals, (copies, 1)))
    real = np.tile(fit.accuracy, copies)
    tried = drawn.per_worker > 0
    computed = of_mean(own_covariance(again), again.weight)[tried]
    errors = ((again.accuracy - real)[tried] ** 2).sum() / computed.sum() * tried.sum()
    return max(1.0, float((errors + AS_COMPUTED) / (tried.sum() + AS_COMPUTED)))


def _drawn(fit: PeopleFit, part: Answers, copies: int) -> Answers:
    """The same people answer the same tasks, as the fit says that they do; so many times over. Tasks without
    answers are left out."""
    dice = np.random.default_rng(part.size)
    tasks, people, size = part.n_tasks, part.n_workers, part.n_classes
    bounds = fit.marginals[0].cumsum()[:-1]
    truth = np.searchsorted(bounds, dice.random((copies, tasks)), side="right")
    if part.gold is not None:
        truth = np.where(part.gold >= 0, part.gold, truth)
    sums = fit.confusion.cumsum(axis=2)[..., :-1]
    label = np.zeros((copies, part.size), dtype=np.int32)
    chance, each = dice.random((copies, part.size)), truth[:, part.task]
    for column in range(size - 1):
        label += chance > sums[part.worker, each, column]
    shift, kept = np.arange(copies)[:, None], part.per_task > 0
    place, tasks = kept.cumsum() - 1, int(kept.sum())
    return Answers(
        (place[part.task] + shift * tasks).ravel().astype(np.int32),
        (part.worker + shift * people).ravel().astype(np.int32),
        label.ravel(),
        n_tasks=copies * tasks,
        n_workers=copies * people,
        n_classes=size,
        gold=None if part.gold is None else np.tile(part.gold[kept], copies),
    )
