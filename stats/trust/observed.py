"""One pass over all answers: what the others make of each, and what the crowd would have said."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.result import Consensus
from stats.trust.leave_out import add_counts, left_out_posteriors

LAGS = 6  # an answer is compared with up to so many of the same person before it


@dataclass(frozen=True, eq=False)
class Observed:
    """Seen by the others, each person left out; W people, K classes, n answers, L lags.

    counts (W, K, K)   [w, j, l] = expected answers l of w on class j, as in ``left_out_counts``
    others (n,)        the class that the others find most probable; -1 where they say nothing
    given, expected (W, K)  answers of each class that w gave, and that the crowd would give on these items
    repeats, expected_repeats, trials (W, L)  how often an answer is that given 1, 2, … answers before; how
                       often the crowd would give it by chance of the items; out of how many
    """

    counts: Floats
    others: Codes
    given: Floats
    expected: Floats
    repeats: Floats
    expected_repeats: Floats
    trials: Floats


def observe(answers: Answers, consensus: Consensus, when: NDArray[np.int64]) -> Observed:
    """Everything that is told of people by their answers, in one pass in chunks.

    ``when`` (n,) orders each person's answers. "The crowd would" is the others' posterior of an item through
    the pooled matrix: what somebody would say who is like everybody else. Answers that the others say nothing
    of are left out of all sums, and are still what a later answer may repeat.
    """
    size, people = answers.n_classes, answers.n_workers
    counts = np.zeros((people, size, size))
    expected = np.zeros((people, size))
    sums = np.zeros((3, people, LAGS))
    others = np.full(answers.size, -1, dtype=np.int32)
    before = _before(answers, when)
    for chunk, seen in left_out_posteriors(answers, consensus):
        add_counts(counts, answers, chunk, seen)
        said = seen.any(axis=1)
        rows, posterior = chunk[said], seen[said]
        others[rows] = posterior.argmax(axis=1)
        would = posterior @ consensus.pooled
        worker = answers.worker[rows]
        for label in range(size):
            expected[:, label] += np.bincount(worker, weights=would[:, label], minlength=people)
        for lag in range(LAGS):
            last = before[lag, rows]
            known = last >= 0
            who, last = worker[known], last[known]
            for total, weights in enumerate(
                (
                    answers.label[rows[known]] == last,
                    would[np.flatnonzero(known), last],
                    np.ones(who.size),
                )
            ):
                sums[total, :, lag] += np.bincount(who, weights=weights, minlength=people)
    return Observed(counts, others, counts.sum(axis=1), expected, *sums)


def _before(answers: Answers, when: NDArray[np.int64]) -> Codes:
    """(LAGS, n): what the same person answered 1, 2, … answers before; -1 at the beginning."""
    order = np.lexsort((when, answers.worker))
    worker, label = answers.worker[order], answers.label[order]
    found = np.full((LAGS, answers.size), -1, dtype=np.int32)
    for lag in range(1, min(LAGS + 1, answers.size)):
        same = worker[lag:] == worker[:-lag]
        found[lag - 1, order[lag:][same]] = label[:-lag][same]
    return found
