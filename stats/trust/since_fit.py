"""What answers since the last fit change in what is known of who gave them: a few numbers per person.

``skill_by_others`` looks at all answers. Here the fit of the crowd is held, and answers to a task are added
to, or taken from, the sums of the people who gave them; whatever the number of answers in the fit.
"""

from dataclasses import dataclass

import numpy as np

from stats.arrays import Codes, Floats
from stats.consensus.em import FLOOR
from stats.trust.effective import ByOthers, Estimate, class_weights, stated
from stats.trust.information import MOST_CLASSES, covariance, of_known
from stats.trust.people_fit import PeopleFit, held_right, usual

LEAST_CHANCE = 1e-3


@dataclass(frozen=True, eq=False)
class CrowdSums:
    """Of the crowd, for one question of K classes.

    marginals (K,), base (K, K): the classes' shares, and what the crowd does; prior: ``PeopleFit.prior``
    raised, raised_by_class (K,): as in ``PeopleSums``, of a newcomer
    """

    marginals: Floats
    base: Floats
    prior: float
    raised: float
    raised_by_class: Floats


@dataclass(frozen=True, eq=False)
class PeopleSums:
    """Of W people. The arrays are changed in place by ``add``.

    confusion (W, K, K): the fitted matrices; start (W, K): what their sums at the fit come to
    counts, seen, full: the sums of ``fit_people`` and ``own_sums``
    raised (W,), raised_by_class (W, K): factors on the variance beyond the person's own information
    """

    confusion: Floats
    start: Floats
    counts: Floats
    seen: Floats
    full: Floats
    raised: Floats
    raised_by_class: Floats


@dataclass(frozen=True, eq=False)
class Shares:
    """What a task's n answers add to the sums of those who gave them."""

    counts: Floats
    seen: Floats
    full: Floats


def sums_of(
    fit: PeopleFit, sums: tuple[Floats, Floats], own: Floats, variance: Floats, by_class: Floats
) -> tuple[CrowdSums, PeopleSums]:
    """What to keep of a fit, from its ``own_sums`` and ``own_covariance``, and the variances (W,) and (W, K)
    that were stated."""
    base = usual(fit.counts)
    raised = variance / of_mean(own, fit.weight)
    raised_by_class = by_class / np.diagonal(own, axis1=1, axis2=2)
    start = held_right(fit.counts, base, fit.prior)
    people = PeopleSums(fit.confusion, start, fit.counts, *sums, raised, raised_by_class)
    usually = np.median(raised_by_class, axis=0)
    return CrowdSums(fit.marginals[0], base, fit.prior, float(np.median(raised)), usually), people


def newcomers(crowd: CrowdSums, people: int) -> PeopleSums:
    """So many people of whom the fit knew nothing: they do what the crowd does."""
    size = len(crowd.base)
    cells = size if size <= MOST_CLASSES else 1
    return PeopleSums(
        confusion=np.tile(crowd.base, (people, 1, 1)),
        start=np.tile(np.diagonal(crowd.base), (people, 1)),
        counts=np.zeros((people, size, size)),
        seen=np.zeros((people, cells, cells)),
        full=np.zeros((people, cells)),
        raised=np.full(people, crowd.raised),
        raised_by_class=np.tile(crowd.raised_by_class, (people, 1)),
    )


def of_mean(matrix: Floats, weight: Floats) -> Floats:
    """(W,) variance of each person's weighted mean."""
    variance: Floats = np.einsum("wj,wjk,wk->w", weight, matrix, weight)
    return variance


def shares_of_task(crowd: CrowdSums, confusion: Floats, label: Codes, gold: int = -1) -> Shares:
    """What n answers to one task tell of who gave them: an expectation step under the fitted matrices
    (n, K, K). Nothing, if it is one answer and no gold is known."""
    count, size = len(label), len(crowd.base)
    rows, blocks = np.arange(count), size <= MOST_CLASSES
    cells = size if blocks else 1
    if count < 2 and gold < 0:
        nothing = np.zeros((count, cells, cells))
        return Shares(np.zeros((count, size, size)), nothing, nothing[:, 0])
    scores = np.log(np.maximum(confusion[rows, :, label], FLOOR)).sum(axis=0) + np.log(crowd.marginals)
    share = np.exp(scores - scores.max())
    share /= share.sum()
    if gold >= 0:
        share = np.eye(size)[gold]
    counts = np.zeros((count, size, size))
    counts[rows, :, label] = share
    right = np.minimum(np.maximum(np.diagonal(confusion, axis1=1, axis2=2), 1e-6), 1 - 1e-6)
    score = -1 / (1 - right)
    score[rows, label] = 1 / right[rows, label]
    if blocks:
        first = share * score
        return Shares(counts, first[:, :, None] * first[:, None, :], first * score)
    level = score * right * (1 - right)
    mean = (share * level).sum(axis=1, keepdims=True)
    return Shares(counts, (mean * mean)[:, None], (share * level * level).sum(axis=1, keepdims=True))


def add(people: PeopleSums, place: Codes, shares: Shares, times: float = 1.0) -> None:
    """Add a task's shares to the sums of those who answered it; ``times`` -1 takes them back."""
    for name in ("counts", "seen", "full"):
        np.add.at(getattr(people, name), place, times * getattr(shares, name))


def skill_now(crowd: CrowdSums, people: PeopleSums, *, confidence: float = 0.95) -> ByOthers:
    """What is known of these people by their sums; without new answers what ``skill_by_others`` said.

    A maximization step, from where the fit ended. As the expectation step held the truth of the answers, it
    goes only that share of the way that the information has of a known truth's; so it is made longer by the
    inverse, which is where further steps would lead (A. P. Dempster, N. M. Laird, D. B. Rubin, JRSS B 39
    (1977) 1-38; Louis 1982, as in ``own_covariance``). The matrices stay the
    fit's, under which posteriors are.
    """
    counts = np.maximum(people.counts, 0.0)
    fitted = np.minimum(np.maximum(np.diagonal(people.confusion, axis1=1, axis2=2), 1e-6), 1 - 1e-6)
    seen, full = people.seen, np.maximum(people.full, 0.0)
    number = counts.sum(axis=2)
    own = covariance(number, fitted, seen, full, crowd.prior)
    step = held_right(counts, crowd.base, crowd.prior) - people.start
    longer = np.einsum("wjk,wk->wj", own, step / of_known(number, fitted, crowd.prior))
    low, high = np.minimum(fitted, LEAST_CHANCE), np.maximum(fitted, 1 - LEAST_CHANCE)
    right = np.minimum(np.maximum(fitted + longer, low), high)
    scale = np.sqrt(right * (1 - right) / (fitted * (1 - fitted)))
    own *= scale[:, :, None] * scale[:, None, :]
    found = Estimate(
        confusion=people.confusion,
        counts=counts,
        right=right,
        known=of_known(number, right, crowd.prior),
        by_class=np.diagonal(own, axis1=1, axis2=2) * people.raised_by_class,
        variance=of_mean(own, class_weights(counts)) * people.raised,
    )
    return stated(found, confidence)
