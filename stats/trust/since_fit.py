"""What answers since the last fit change in what is known of who gave them: a few numbers per person.

``skill_by_others`` looks at all answers. Here the fit of the crowd is held, and answers to a task are added
to, or taken from, the sums of the people who gave them; whatever the number of answers in the fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stats.arrays import Floats
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

    @cached_property
    def log_marginals(self) -> Floats:
        """(K,)"""
        logs: Floats = np.log(self.marginals)
        return logs


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


@dataclass(frozen=True, eq=False, slots=True)
class TaskVotes:
    """The n answers to one task: by whom (places among the people) and what; the class gold tells, or -1.

    ``times`` -1 takes back what they told.
    """

    place: Sequence[int]
    label: Sequence[int]
    gold: int = -1
    times: float = 1.0


def sums_of(
    fit: PeopleFit, sums: tuple[Floats, Floats], own: Floats, variance: Floats, by_class: Floats
) -> tuple[CrowdSums, PeopleSums]:
    """What to keep of a fit, from its ``own_sums`` and ``own_covariance``, and the variances (W,) and (W, K)
    that were stated."""
    base = usual(fit.counts)
    raised = variance / of_mean(own, fit.weight)
    raised_by_class = by_class / own.diagonal(axis1=1, axis2=2)
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


def add(crowd: CrowdSums, people: PeopleSums, votes: Sequence[TaskVotes]) -> None:
    """Add to the sums of these people, one task after the other, what its answers tell of who gave them: an
    expectation step under the fitted matrices. One answer alone, of which no gold is known, tells nothing."""
    told = [each for each in votes if len(each.label) > 1 or (each.label and each.gold >= 0)]
    if not told:
        return
    size = len(crowd.base)
    place = np.array([one for each in told for one in each.place])
    label = np.array([one for each in told for one in each.label])
    counts = np.array([len(each.label) for each in told])
    times = np.repeat(np.array([each.times for each in told]), counts)[:, None]
    share = np.repeat(_truth(crowd, people.confusion[place, :, label], told), counts, axis=0)
    diagonal = people.confusion.diagonal(axis1=1, axis2=2)[place]
    right = np.minimum(np.maximum(diagonal, 1e-6), 1 - 1e-6)
    score = -1 / (1 - right)
    rows = np.arange(len(place))
    score[rows, label] = 1 / right[rows, label]
    np.add.at(people.counts.transpose(0, 2, 1), (place, label), times * share)
    if size <= MOST_CLASSES:
        first = share * score
        signed = times * first
        np.add.at(people.seen, place, signed[:, :, None] * first[:, None, :])
        np.add.at(people.full, place, signed * score)
        return
    level = score * right * (1 - right)
    mean = (share * level).sum(axis=1, keepdims=True)
    np.add.at(people.seen, place, (times * (mean * mean))[:, None])
    np.add.at(people.full, place, times * (share * level * level).sum(axis=1, keepdims=True))


def _truth(crowd: CrowdSums, likelihood: Floats, votes: Sequence[TaskVotes]) -> Floats:
    """(tasks, K) P(class); ``likelihood`` (n, K) of all their answers, one task's after the other's."""
    logs, start, sums = np.log(np.maximum(likelihood, FLOOR)), 0, []
    for each in votes:
        stop = start + len(each.label)
        sums.append(logs[start:stop].sum(axis=0))
        start = stop
    scores = np.array(sums) + crowd.log_marginals
    share: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    for at, each in enumerate(votes):
        if each.gold >= 0:
            share[at] = 0.0
            share[at, each.gold] = 1.0
    return share


def skill_now(crowd: CrowdSums, people: PeopleSums, *, confidence: float = 0.95) -> ByOthers:
    """What is known of these people by their sums; without new answers what ``skill_by_others`` said.

    A maximization step, from where the fit ended. As the expectation step held the truth of the answers, it
    goes only that share of the way that the information has of a known truth's; so it is made longer by the
    inverse, which is where further steps would lead (A. P. Dempster, N. M. Laird, D. B. Rubin, JRSS B 39
    (1977) 1-38; Louis 1982, as in ``own_covariance``). The matrices stay the
    fit's, under which posteriors are.
    """
    counts = np.maximum(people.counts, 0.0)
    fitted = np.minimum(np.maximum(people.confusion.diagonal(axis1=1, axis2=2), 1e-6), 1 - 1e-6)
    number = counts.sum(axis=2)
    weight = class_weights(number)
    own = covariance(number, fitted, people.seen, np.maximum(people.full, 0.0), crowd.prior)
    step = held_right(counts, crowd.base, crowd.prior, number) - people.start
    longer = np.einsum("wjk,wk->wj", own, step / of_known(number, fitted, crowd.prior))
    low, high = np.minimum(fitted, LEAST_CHANCE), np.maximum(fitted, 1 - LEAST_CHANCE)
    right = np.minimum(np.maximum(fitted + longer, low), high)
    scale = np.sqrt(right * (1 - right) / (fitted * (1 - fitted)))
    own *= scale[:, :, None] * scale[:, None, :]
    found = Estimate(
        confusion=people.confusion,
        counts=counts,
        seen=number,
        weight=weight,
        right=right,
        known=of_known(number, right, crowd.prior),
        by_class=own.diagonal(axis1=1, axis2=2) * people.raised_by_class,
        variance=of_mean(own, weight) * people.raised,
    )
    return stated(found, confidence)
