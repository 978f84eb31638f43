"""How much answers tell of people's accuracy when the truth of the tasks is itself uncertain."""

import numpy as np

from stats.arrays import Codes, Floats
from stats.trust.people_fit import PeopleFit, some

CHUNK = 1 << 17
MOST_CLASSES = 16  # up to so many, classes that may be taken for each other are told apart
MOST_CELLS = 512  # people times classes, up to which everybody's uncertainty is seen together
SAMPLE = 10_000  # answers that are looked at for that


def known_variance(fit: PeopleFit) -> Floats:
    """(W, K) variance of the chance of a right answer on each class if the truth were known: a Beta's.

    One answer beyond the prior's is shared out over the classes, as they are seen together.
    """
    return of_known(fit.counts.sum(axis=2), fit.right, fit.prior)


def of_known(count: Floats, right: Floats, prior: float) -> Floats:
    """As ``known_variance``, from the number of answers on each class (W, K) and the chances (W, K)."""
    variance: Floats = right * (1 - right) / (count + prior + 1 / right.shape[1])
    return variance


def own_covariance(fit: PeopleFit, sums: tuple[Floats, Floats] | None = None) -> Floats:
    """(W, K, K) covariance of a person's chances of a right answer, the others taken as they are.

    The share of the information that is there: with u_j = P(class j) d_j, d_j the score of class j (1 / right
    or -1 / (1 - right)), sum u_j u_k beside sum P(class j) d_j² (T. A. Louis, JRSS B 44 (1982) 226-233).
    With more than sixteen classes one share for all classes of a person. ``sums``: ``own_sums``, if at hand.
    """
    return covariance(fit.counts.sum(axis=2), fit.right, *(sums or own_sums(fit)), fit.prior)


def own_sums(fit: PeopleFit) -> tuple[Floats, Floats]:
    """Of each person, summed over their answers: u_j u_k (W, K, K), and P(class j) d_j² (W, K); of the one
    share, with more than sixteen classes, (W, 1, 1) and (W, 1)."""
    people, size = fit.right.shape
    variance = fit.right * (1 - fit.right)
    blocks = size <= MOST_CLASSES
    seen = np.zeros((size, size, people)) if blocks else np.zeros(people)
    full = np.zeros((size, people)) if blocks else np.zeros(people)
    for start in range(0, fit.answers.size, CHUNK):
        worker, share, score = scores(fit, slice(start, start + CHUNK))
        if not blocks:
            level = score * variance[worker]  # the score of one number that moves the odds of all classes
            mean = (share * level).sum(axis=1)
            seen += np.bincount(worker, weights=mean * mean, minlength=people)
            full += np.bincount(worker, weights=(share * level * level).sum(axis=1), minlength=people)
            continue
        for one in range(size):
            first = share[:, one] * score[:, one]
            full[one] += np.bincount(worker, weights=first * score[:, one], minlength=people)
            for two in range(one, size):
                seen[one, two] += np.bincount(
                    worker, weights=first * share[:, two] * score[:, two], minlength=people
                )
    if not blocks:
        return seen[:, None, None], full[:, None]
    upper = np.triu(np.ones((size, size)), 1)
    whole: Floats = (seen + seen.transpose(1, 0, 2) * upper.T[..., None]).transpose(2, 0, 1)
    return whole, full.T


def covariance(count: Floats, right: Floats, seen: Floats, full: Floats, prior: float) -> Floats:
    """(W, K, K) from the number of answers on each class (W, K), the chances (W, K), and ``own_sums``."""
    people, size = right.shape
    variance = right * (1 - right)
    held = (prior + 1 / size) / variance
    if seen.shape[1] < size:
        apart = np.zeros((people, size, size))
        there = count / variance * (seen[:, 0] / np.maximum(full, 1e-12)) + held
        apart.reshape(people, -1)[:, :: size + 1] = 1 / there
        return apart
    scale = np.sqrt(count / variance / np.maximum(full, 1e-12))
    together: Floats = seen * scale[:, :, None] * scale[:, None, :]
    together.reshape(people, -1)[:, :: size + 1] += held
    return np.linalg.inv(together).astype(np.float64, copy=False)


def scores(fit: PeopleFit, rows: slice) -> tuple[Codes, Floats, Floats]:
    """Of some answers: who, P(class), and the score of the chance of a right answer on each class."""
    worker, label = fit.answers.worker[rows], fit.answers.label[rows]
    right = fit.right[worker]
    score = -1 / (1 - right)
    at = np.arange(worker.size), label
    score[at] = 1 / right[at]
    return worker, fit.posterior[fit.answers.task[rows]], score


def joint_covariance(fit: PeopleFit) -> Floats | None:
    """(W, K, K) that sees all uncertainty; None of more than 512 people times classes.

    In a crowd of three each person's accuracy stands on the other two's, on every task; in a large one the
    others' errors even out. The observed information of all chances together: that of known truths less the
    covariance, under the posterior, of the scores of each task.
    """
    people, size = fit.right.shape
    if people * size > MOST_CELLS or not fit.answers.size:
        return None
    every = np.flatnonzero(fit.answers.per_task > 0)
    chosen = np.zeros(fit.answers.n_tasks, dtype=np.bool_)
    chosen[every[:: -(-fit.answers.size // SAMPLE)]] = True
    part = PeopleFit(
        some(fit.answers, chosen), fit.confusion, fit.counts, fit.posterior, fit.marginals, fit.prior
    )
    worker, _, score = scores(part, slice(None))
    place = np.cumsum(chosen)[part.answers.task] - 1
    table = np.zeros((int(chosen.sum()), size, people))
    for one in range(size):
        np.add.at(table[:, one], (place, worker), score[:, one])
    known = fit.posterior[chosen][..., None]
    mean = (known * table).reshape(len(table), -1)
    there, full = mean.T @ mean, np.zeros(size * people)
    for one in range(size):
        block = slice(one * people, (one + 1) * people)
        lost = table[:, one].T @ (known[:, one] * table[:, one])
        there[block, block] -= lost
        full[block] = np.diagonal(lost)
    cells = np.arange(size * people)
    there[cells, cells] += full
    variance = (fit.right * (1 - fit.right)).T.ravel()
    scale = np.sqrt(fit.counts.sum(axis=2).T.ravel() / variance / np.maximum(full, 1e-12))
    there *= scale[:, None] * scale
    there[cells, cells] += (fit.prior + 1 / size) / variance
    inverse = np.linalg.inv(there).reshape(size, people, size, people)
    who = np.arange(people)
    return np.ascontiguousarray(inverse[:, who, :, who])
