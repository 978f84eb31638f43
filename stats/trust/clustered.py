"""Accuracy over answers that hang together, such as the pairs of a ranking: worth less than as many."""

import numpy as np
from scipy.special import ndtri, stdtrit

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.result import Consensus
from stats.trust.by_others import Accuracy, skill_of
from stats.trust.confusion import moment_bounds
from stats.trust.information import own_covariance, scores
from stats.trust.people_fit import PeopleFit, fit_people

# What the whole crowd's factor counts beside a person's own: so many items.
AS_EVERYBODY = 30.0
LEAST_FREEDOM = 2


def skill_by_clusters(
    answers: Answers, consensus: Consensus, item: Codes, *, confidence: float = 0.95
) -> Accuracy:
    """As ``skill_by_others``, where a person's answers to all tasks of an ``item`` (n_tasks,) are a cluster.

    The estimate stays. Its variance is raised by ``cluster_factor``, at least 1, and by the squared ratio of
    Student's quantile to the normal one, with one degree of freedom less than the person has clusters, and
    two at least. Source: K.-Y. Liang, S. L. Zeger, Biometrika 73 (1986) 13-22.
    """
    fit = fit_people(answers, consensus)
    found = skill_of(fit, confidence)[0]
    factor, clusters = cluster_factor(fit, item)
    factor = np.maximum(factor, 1.0)
    tail = (1 + confidence) / 2
    wider = stdtrit(np.maximum(clusters - 1, LEAST_FREEDOM), tail) / ndtri(tail)
    low, high = moment_bounds(found.accuracy, found.variance * factor * wider**2, confidence)
    return Accuracy(found.accuracy, low, high, found.n / factor, found.correct / factor)


def cluster_factor(fit: PeopleFit, item: Codes) -> tuple[Floats, Codes]:
    """How much more a person's accuracy (W,) varies than if answers were independent, and how many clusters
    they have (W,); ``item`` (n_tasks,) in [0, n).

    The square of what each cluster moves the accuracy, summed, over that of each answer; held to the same of
    the whole crowd. 1 where there are no answers.
    """
    people, answers = fit.answers.n_workers, fit.answers
    worker, share, score = scores(fit, slice(None))
    lever = np.einsum("wk,wkj->wj", fit.weight, own_covariance(fit)) if worker.size else fit.weight
    moved = (lever[worker] * share * score).sum(axis=1)
    key = worker.astype(np.int64) * (int(item.max(initial=0)) + 1) + item[answers.task]
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    together = np.bincount(place, weights=moved, minlength=first.size) ** 2
    clustered = np.bincount(worker[first], weights=together, minlength=people)
    apart = np.bincount(worker, weights=moved**2, minlength=people)
    clusters = np.bincount(worker[first], minlength=people)
    usual = clustered.sum() / apart.sum() if apart.sum() > 0 else 1.0
    own = np.divide(clustered, apart, out=np.full(people, usual), where=apart > 0)
    factor: Floats = (own * clusters + usual * AS_EVERYBODY) / (clusters + AS_EVERYBODY)
    return factor, clusters.astype(np.int32)
