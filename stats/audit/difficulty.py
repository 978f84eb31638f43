"""Items that are hard by themselves, apart from careless people; classes that are mixed up, and by whom."""

from dataclasses import dataclass

import numpy as np

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.intervals.wilson import wilson

CHUNK = 50_000  # tasks whose distributions are held at once
MOST_ANSWERS = 40  # of a task; further ones are not looked at
LEAST_RATE = 0.05
LEAST_PEOPLE = 3


@dataclass(frozen=True, eq=False)
class Difficulty:
    """Per task (n,): ``answers``; ``expected`` and ``agreeing``: how many of them say the task's class, as
    these people's skill on that class lets one expect, and really; ``chance``: the probability that as few or
    fewer would, if the item were like others. NaN (chance) where nobody answered."""

    answers: Codes
    expected: Floats
    agreeing: Codes
    chance: Floats


def task_difficulty(answers: Answers, confusion: Floats, label: Codes) -> Difficulty:
    """How much more people disagree on a task than their matrices (W, K, K: row = truth) explain.

    With k the class of the task (``label`` (n,), -1: unknown) person w says k with probability a_w =
    confusion[w, k, k], so the number who do is Poisson-binomial; ``chance`` is its lower tail at what was
    seen, exact. Careless people have small a_w: their mistakes are expected, and make no item hard. As the
    class was inferred from the same answers, the chances are too large rather than too small: few false
    alarms, some misses. Answers beyond the first 40 of a task are not looked at.

    The distribution by convolution, one answer after the other: Y. H. Wang, Statistica Sinica 3 (1993)
    295-312.
    """
    known = label[answers.task] >= 0
    order = np.flatnonzero(known)[np.argsort(answers.task[known], kind="stable")]
    task, worker = answers.task[order], answers.worker[order]
    starts = np.searchsorted(task, np.arange(answers.n_tasks))
    rank = np.arange(task.size) - starts[task]
    kept = rank < MOST_ANSWERS
    task, worker, rank = task[kept], worker[kept], rank[kept]
    truth = label[task]
    right = confusion[worker, truth, truth]
    agrees = answers.label[order][kept] == truth
    size = answers.n_tasks
    count = np.bincount(task, minlength=size).astype(np.int32)
    agreeing = np.bincount(task, weights=agrees, minlength=size).astype(np.int32)
    expected = np.bincount(task, weights=right, minlength=size).astype(np.float64)
    chance = np.full(size, np.nan)
    for start in range(0, size, CHUNK):
        end = min(start + CHUNK, size)
        low, high = np.searchsorted(task, [start, end])
        tails = _tails(task[low:high] - start, rank[low:high], right[low:high], agreeing[start:end])
        chance[start:end] = np.where(count[start:end] > 0, tails, np.nan)
    return Difficulty(count, expected, agreeing, chance)


def _tails(task: Codes, rank: Codes, right: Floats, seen: Codes) -> Floats:
    """P(number of right answers <= seen) per task."""
    most = int(rank.max()) + 1 if rank.size else 0
    shares = np.zeros((seen.size, most + 1))
    shares[:, 0] = 1.0
    for place in range(most):
        here = rank == place
        rows, p = task[here], right[here][:, None]
        before = shares[rows]
        shares[rows] = before * (1 - p)
        shares[rows, 1:] += before[:, :-1] * p
    sums = np.minimum(shares.cumsum(axis=1), 1.0)
    found: Floats = sums[np.arange(seen.size), np.minimum(seen, most)]
    return found


@dataclass(frozen=True)
class MixUp:
    """People (or one: ``worker``) say ``said`` where the others' class is ``truth``: ``count`` of ``trials``
    answers, as a ``rate`` with its 95 % Wilson interval; ``people`` is how many did. ``others`` is the rate
    of everybody else. Counts may be fractional."""

    truth: int
    said: int
    count: float
    trials: float
    rate: float
    low: float
    high: float
    people: int
    worker: int = -1
    others: float = 0.0


def mix_ups(counts: Floats) -> tuple[list[MixUp], list[MixUp]]:
    """What is mixed up, from ``counts`` (W, K, K) = [w, truth, said], each person judged by the others:
    by many (the guideline), and by single people (training).

    One person: their rate's lower bound lies above twice the rate of all others together, and above 5 %.
    Many: of everybody else the lower bound of the rate lies above 5 %, and three people or more do it (half
    an answer counts as one did). Both ordered by how many answers it concerns. Nothing for no people.
    """
    size = counts.shape[1]
    trials = counts.sum(axis=2)
    single: list[MixUp] = []
    many: list[MixUp] = []
    for truth in range(size):
        for said in _often(counts[:, truth], trials[:, truth]):
            if truth == said:
                continue
            hits, tries = counts[:, truth, said], trials[:, truth]
            found = _single(hits, tries, truth, said)
            single += found
            rest = np.ones(len(counts), dtype=np.bool_)
            rest[[one.worker for one in found]] = False
            k, n, people = float(hits[rest].sum()), float(tries[rest].sum()), int((hits[rest] >= 0.5).sum())
            if people >= LEAST_PEOPLE and n:
                bounds = wilson(min(k, n), n)
                if bounds.low > LEAST_RATE:
                    many.append(MixUp(truth, said, k, n, k / n, bounds.low, bounds.high, people))
    return sorted(many, key=_by_size), sorted(single, key=_by_size)


def _often(said: Floats, trials: Floats) -> list[int]:
    """Classes that somebody, or ``LEAST_PEOPLE``, say often enough to be looked at: of very many nearly none.

    ``said`` is (W, K), ``trials`` (W,).
    """
    by_one = said > LEAST_RATE * np.maximum(trials, 1)[:, None]
    by_many = (said >= 0.5).sum(axis=0) >= LEAST_PEOPLE
    return list(np.flatnonzero(by_one.any(axis=0) | by_many).tolist())


def _by_size(one: MixUp) -> tuple[float, int, int, int]:
    return (-one.count, one.truth, one.said, one.worker)


def _single(hits: Floats, tries: Floats, truth: int, said: int) -> list[MixUp]:
    found = []
    total, trials = float(hits.sum()), float(tries.sum())
    # Whoever makes fewer than one in twenty such mistakes cannot qualify: as in ``_often``.
    for worker in np.flatnonzero(hits > LEAST_RATE * np.maximum(tries, 1)).tolist():
        k, n = float(hits[worker]), float(tries[worker])
        bounds = wilson(min(k, n), n)
        others = (total - k) / (trials - n) if trials - n > 1e-9 else 0.0
        if trials - n > 1e-9 and bounds.low > max(LEAST_RATE, 2 * others):
            found.append(MixUp(truth, said, k, n, k / n, bounds.low, bounds.high, 1, worker, others))
    return found
