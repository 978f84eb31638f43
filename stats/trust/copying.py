"""Whether two people agree more than what is known of both explains: one may copy, or both ask a third."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, ndtr, ndtri

from stats.agreement.comparisons import pairs_within
from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.em import log_table
from stats.consensus.result import Consensus

LEAST_COMMON = 20
MOST_PAIRS = 20_000
MOST_ANSWERS = 20  # of a task, of which every two are compared
ENOUGH_PAIRS = 15  # of six people or more: from so many on the usual excess between two is estimated
CHUNK = 1 << 17


@dataclass(frozen=True, eq=False)
class Copying:
    """Pairs (m,) of people ``first`` < ``second`` with at least ``least`` common items, most first.

    They agree on ``same`` of ``items``; ``expected`` of them as both matrices predict, ``usual`` with the
    excess that any two people of this crowd have. ``p`` one-sided. ``left_out`` pairs had enough in common
    and were not tested.
    """

    first: Codes
    second: Codes
    items: Floats
    same: Floats
    expected: Floats
    usual: Floats
    p: Floats
    left_out: int


def copying(
    answers: Answers,
    consensus: Consensus,
    *,
    least: int = LEAST_COMMON,
    most: int = MOST_PAIRS,
) -> Copying:
    """Test every two people who share ``least`` items or more; ``most`` pairs, those that share most.

    Two people agree by chance of an item with sum_j T_j sum_l A_jl B_jl: A and B the two
    matrices of the fit, T the item's posterior without both of them. The number of items
    on which they agree is Poisson-binomial; its upper tail lies below the binomial's with that mean (W.
    Hoeffding, Annals of Mathematical Statistics 27 (1956) 713-721). Some items are hard for everybody in the
    same way, which no matrix knows: with fifteen pairs or more the median excess of all pairs is added to
    the mean, and where the middle of all pairs scatters more than chance allows, the tails are widened as
    much (an empirical null: B. Efron, JASA 99 (2004) 96-104). With fewer nobody knows what is usual; of
    honest people a fifth of whose items are hard, 1 % of pairs fell below 0.01 and 15 % below 0.05 then.
    Two careful people agree anyway: copying shows only as far as the copied person errs.
    """
    pairs, rows, left_out = _common(answers, least, most)
    items = np.bincount(rows.pair, minlength=pairs.size).astype(np.float64)
    expected, same = _predicted(answers, consensus, pairs, rows)
    is_enough = pairs.size >= ENOUGH_PAIRS
    excess = max(float(np.median((same - expected) / items)), 0.0) if is_enough else 0.0
    usual = np.minimum(expected + excess * items, items)
    p = _tail(same, usual, items)
    if is_enough:
        p = _widened(p, same, usual, items)
    first, second = np.divmod(pairs, answers.n_workers)
    return Copying(first.astype(np.int32), second.astype(np.int32), items, same, expected, usual, p, left_out)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Two answers to one item: their rows, and the place of their pair of people."""

    first: Codes
    second: Codes
    pair: NDArray[np.int64]


def _common(answers: Answers, least: int, most: int) -> tuple[NDArray[np.int64], _Rows, int]:
    """The pairs to test as first * W + second, their comparisons, and how many pairs were left out."""
    order = np.argsort(answers.task, kind="stable").astype(np.int32)
    one, two = (order[side] for side in pairs_within(answers.task[order], most=MOST_ANSWERS))
    low = np.minimum(answers.worker[one], answers.worker[two]).astype(np.int64)
    high = np.maximum(answers.worker[one], answers.worker[two])
    key = low * answers.n_workers + high
    found, place, count = np.unique(key, return_inverse=True, return_counts=True)
    able = np.flatnonzero((count >= least) & (found // answers.n_workers != found % answers.n_workers))
    chosen = able[np.argsort(-count[able], kind="stable")][:most]
    target = np.full(found.size, -1, dtype=np.int64)
    target[chosen] = np.arange(chosen.size)
    kept = target[place] >= 0
    rows = _Rows(one[kept], two[kept], target[place[kept]])
    return found[chosen], rows, able.size - chosen.size


def _predicted(
    answers: Answers, consensus: Consensus, pairs: NDArray[np.int64], rows: _Rows
) -> tuple[Floats, Floats]:
    """Per pair: the expected number of items on which they agree, and the real one."""
    table = consensus.temper * log_table(consensus.confusion)
    prior = np.log(np.maximum(consensus.marginals, 1e-12))
    scores: Floats = np.asarray(answers.incidence @ table) + prior
    cell = answers.worker.astype(np.int64) * answers.n_classes + answers.label
    first, second = np.divmod(pairs, answers.n_workers)
    alike = (consensus.confusion[first] * consensus.confusion[second]).sum(axis=2)
    expected = np.zeros(pairs.size)
    for start in range(0, rows.pair.size, CHUNK):
        part = slice(start, start + CHUNK)
        one, two, pair = rows.first[part], rows.second[part], rows.pair[part]
        rest = scores[answers.task[one]] - table[cell[one]] - table[cell[two]]
        rest -= rest.max(axis=1, keepdims=True)
        np.exp(rest, out=rest)
        rest /= rest.sum(axis=1, keepdims=True)
        if answers.gold is not None:
            gold = answers.gold[answers.task[one]]
            known = np.flatnonzero(gold >= 0)
            rest[known] = 0.0
            rest[known, gold[known]] = 1.0
        agree = (rest * alike[pair]).sum(axis=1)
        expected += np.bincount(pair, weights=agree, minlength=pairs.size)
    equal = answers.label[rows.first] == answers.label[rows.second]
    return expected, np.bincount(rows.pair, weights=equal, minlength=pairs.size).astype(np.float64)


def _tail(same: Floats, mean: Floats, items: Floats) -> Floats:
    """P(binomial >= same) at this mean; 1 where no more was seen than that."""
    applies = (same >= mean + 1) & (same > 0)
    share = np.clip(mean / np.maximum(items, 1.0), 0.0, 1.0)
    tail: Floats = betainc(np.maximum(same, 1.0), np.maximum(items - same + 1, 1e-9), share)
    return np.where(applies, tail, 1.0)


def _widened(p: Floats, same: Floats, mean: Floats, items: Floats) -> Floats:
    """Divide the tails by how much more than chance the middle of all pairs scatters."""
    deviation = np.sqrt(np.maximum(mean * (1 - mean / items), 1e-9))
    z = (same - mean) / deviation
    middle, lower = np.quantile(z, [0.5, 0.16])
    scale = max(1.0, float(middle - lower))
    wide: Floats = ndtr(-np.maximum(-ndtri(np.clip(p, 1e-300, 1.0 - 1e-12)), 0.0) / scale)
    return np.where(p >= 0.5, p, wide)
