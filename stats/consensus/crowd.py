"""What is known of a crowd's confusion matrices, given who probably answered what on which class.

Every person's matrix is shrunk towards the crowd's pooled one, moved to that person's level; and the crowd's
common differences between classes are partly taken back, because items that differ look just like them.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stats.arrays import Codes, Floats

# Pseudo-answers that hold a person's level to the crowd's.
LEVEL_PRIOR = 4.0
SMALL = 1e-6


@dataclass(frozen=True, eq=False)
class Crowd:
    """Expected counts (n_workers, K, K), [w, truth, answer], and how strongly to shrink.

    ``strength`` pseudo-answers a row are spread like the pooled row at the person's level, ``diagonal`` are
    right ones. ``leveling`` in [0, 1] is the share of the crowd's common differences in accuracy between
    classes that is taken back. ``ground`` pseudo-answers of each class are in the pooled matrix: that many
    right ones, and that many spread over all.
    """

    counts: Floats
    strength: float
    diagonal: float
    leveling: float
    ground: float = 1.0

    @cached_property
    def size(self) -> int:
        return int(self.counts.shape[-1])

    @cached_property
    def base(self) -> Floats:
        """(K, K) pooled matrix; a class nobody was seen on counts as mostly recognized."""
        together = self.counts.sum(axis=0) + self.ground / self.size + self.ground * np.eye(self.size)
        pooled: Floats = together / together.sum(axis=1, keepdims=True)
        return pooled

    @cached_property
    def weight(self) -> Floats:
        """(K,) share of the answers that fell on each class."""
        totals = self.counts.sum(axis=(0, 2)) + 1.0
        share: Floats = totals / totals.sum()
        return share

    @cached_property
    def odds(self) -> Floats:
        """(K,) odds of a right answer on each class, for the crowd."""
        right = np.clip(np.diagonal(self.base), SMALL, 1 - SMALL)
        odds: Floats = right / (1 - right)
        return odds

    @cached_property
    def wrong(self) -> Floats:
        """(K, K) how wrong answers spread, zero diagonal, rows sum to 1 (0 with a single class)."""
        away = self.base * (1 - np.eye(self.size))
        spread: Floats = away / np.maximum(away.sum(axis=1, keepdims=True), SMALL)
        return spread

    @cached_property
    def common(self) -> Floats:
        """(K,) factors on the odds of a right answer that take the crowd's common differences back."""
        logs = np.log(self.odds)
        factors: Floats = np.exp(self.leveling * ((logs * self.weight).sum() - logs))
        return factors

    @cached_property
    def totals(self) -> Floats:
        """(n_workers, K) expected answers on each class."""
        totals: Floats = self.counts.sum(axis=2)
        return totals

    @cached_property
    def right(self) -> Floats:
        """(n_workers, K) expected right answers on each class."""
        return np.ascontiguousarray(np.diagonal(self.counts, axis1=1, axis2=2))

    @cached_property
    def by_answer(self) -> Floats:
        """(n_workers * K, K): row (worker, answer), column truth: the expected counts."""
        return np.ascontiguousarray(self.counts.transpose(0, 2, 1)).reshape(-1, self.size)

    @cached_property
    def _expected(self) -> Floats:
        """(n_workers,) right answers that the crowd's average member would have given in their place."""
        expected: Floats = self.totals @ np.diagonal(self.base)
        return expected

    @cached_property
    def _average(self) -> float:
        return float(np.diagonal(self.base) @ self.weight)

    def _level(self, right: Floats, expected: Floats, answers: Floats) -> Floats:
        """Odds of a person over the crowd's, from right answers got and expected."""
        bottom = answers + LEVEL_PRIOR
        got = np.clip((right + LEVEL_PRIOR * self._average) / bottom, SMALL, 1 - SMALL)
        due = np.clip((expected + LEVEL_PRIOR * self._average) / bottom, SMALL, 1 - SMALL)
        odds: Floats = got * (1 - due) / ((1 - got) * due)
        return odds

    def _leveled(self, right: Floats) -> Floats:
        odds = right * self.common
        leveled: Floats = odds / (1 - right + odds)
        return leveled

    def confusion(self) -> Floats:
        """(n_workers, K, K), rows sum to 1."""
        level = self._level(self.right.sum(axis=1), self._expected, self.totals.sum(axis=1))
        return self._matrices(self.counts, level)

    def newcomer(self) -> Floats:
        """(K, K) the matrix of somebody of whom nothing is known."""
        empty = np.zeros((1, self.size, self.size))
        matrix: Floats = self._matrices(empty, np.ones(1))[0]
        return matrix

    def _matrices(self, counts: Floats, level: Floats) -> Floats:
        each = np.arange(self.size)
        odds = level[:, None] * self.odds
        center = odds / (1 + odds)
        table = counts + self.strength * self.wrong * (1 - center)[:, :, None]
        table[:, each, each] += self.strength * center + self.diagonal
        table /= np.maximum(table.sum(axis=2, keepdims=True), SMALL)
        if self.size == 1:
            return np.ones_like(table)
        right = np.clip(table[:, each, each], SMALL, 1 - SMALL)
        leveled = self._leveled(right)
        table *= ((1 - leveled) / (1 - right))[:, :, None]
        table[:, each, each] = leveled
        table /= table.sum(axis=2, keepdims=True)
        return table

    def without_own(self, worker: Codes, label: Codes, own: Floats) -> tuple[Floats, Floats]:
        """(n, K): P(this answer | each class) for n answers, each under counts that do not contain it; and
        (n, K): the same person's chance of a right answer to each class.

        ``own`` (n, K) is the posterior of the answer's task: what the answer had added to the counts.
        """
        rows = np.arange(worker.size)
        mine = own[rows, label]
        level = self._level(
            self.right.sum(axis=1)[worker] - mine,
            np.maximum(self._expected[worker] - own @ np.diagonal(self.base), 0.0),
            np.maximum(self.totals.sum(axis=1)[worker] - 1, 0.0),
        )
        # With r a right answer's share of ``bottom`` and c its common factor, r c / (1 - r + r c) is right;
        # what is left falls to the others, (1 - right) / (1 - r) times their shares: both over ``spread``.
        away = 1 / (1 + level[:, None] * self.odds)
        bottom = self.totals.take(worker, axis=0)
        bottom -= own
        np.maximum(bottom, 0.0, out=bottom)
        bottom += self.strength + self.diagonal
        right = self.right.take(worker, axis=0)
        right[rows, label] = np.maximum(right[rows, label] - mine, 0.0)
        right += self.strength + self.diagonal
        right -= self.strength * away
        np.clip(right, SMALL * bottom, (1 - SMALL) * bottom, out=right)
        spread = right * (self.common - 1)
        spread += bottom
        said = self.by_answer.take(worker.astype(np.int64) * self.size + label, axis=0)
        said -= own
        np.maximum(said, 0.0, out=said)
        away *= (self.strength * self.wrong.T).take(label, axis=0)
        said += away
        said /= spread
        right *= self.common
        right /= spread
        said[rows, label] = right[rows, label]
        likelihood: Floats = np.clip(said, SMALL * SMALL, 1.0)
        return likelihood, right
