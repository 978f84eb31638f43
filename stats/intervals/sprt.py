"""Wald's sequential probability ratio test, and its restarting form (CUSUM), for right/wrong answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Literal

Verdict = Literal["good", "bad", "open"]


@dataclass(frozen=True, slots=True)
class Sprt:
    """A test of "accuracy is ``good``" against "accuracy is ``bad``", 0 < bad < good < 1.

    ``alpha`` bounds the chance to call a good person bad, ``beta`` that to call a bad one good; both in
    (0, 0.5). Raises ValueError otherwise. Source: A. Wald, Sequential Analysis (1947).
    """

    good: float = 0.9
    bad: float = 0.7
    alpha: float = 0.05
    beta: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.bad < self.good < 1:
            message = "0 < bad < good < 1 is required"
            raise ValueError(message)
        if not (0 < self.alpha < 0.5 and 0 < self.beta < 0.5):
            message = "alpha and beta must lie in (0, 0.5)"
            raise ValueError(message)

    @property
    def wrong(self) -> float:
        """What one wrong answer adds to the log-likelihood ratio (> 0)."""
        return log((1 - self.bad) / (1 - self.good))

    @property
    def right(self) -> float:
        """What one right answer adds (< 0)."""
        return log(self.bad / self.good)

    @property
    def upper(self) -> float:
        """At or above it the verdict is "bad"."""
        return log((1 - self.beta) / self.alpha)

    @property
    def lower(self) -> float:
        """At or below it the verdict is "good"."""
        return log(self.beta / (1 - self.alpha))

    def run(self, outcomes: Iterable[bool]) -> "SprtResult":
        """Feed right (True) and wrong (False) answers in order; stops at the first verdict.

        No outcomes, or too few, give the verdict "open".
        """
        ratio, count = 0.0, 0
        for is_right in outcomes:
            count += 1
            ratio += self.right if is_right else self.wrong
            if ratio >= self.upper:
                return SprtResult("bad", ratio, count)
            if ratio <= self.lower:
                return SprtResult("good", ratio, count)
        return SprtResult("open", ratio, count)

    def repeated(self, outcomes: Iterable[bool]) -> "RepeatedResult":
        """Test after test on answers in order: after each "good" a fresh one begins, the first "bad" ends it.

        ``alpha`` and ``beta`` hold for each single test. A good past buys no credit beyond its own test, so
        that a late decline is found in the time of one test, not of all that went before.
        """
        start, count, right, ratio = 0, 0, 0, 0.0
        for index, is_right in enumerate(outcomes):
            count, right = count + 1, right + is_right
            ratio += self.right if is_right else self.wrong
            if ratio >= self.upper:
                return RepeatedResult("bad", start, count, right)
            if ratio <= self.lower:
                start, count, right, ratio = index + 1, 0, 0, 0.0
        return RepeatedResult("open" if count or not start else "good", start, count, right)

    def expected_length(self, accuracy: float) -> float:
        """Wald's approximate number of answers until a verdict, at ``accuracy`` equal to ``good`` or
        ``bad``."""
        if accuracy == self.good:
            end = self.alpha * self.upper + (1 - self.alpha) * self.lower
        elif accuracy == self.bad:
            end = (1 - self.beta) * self.upper + self.beta * self.lower
        else:
            message = "the expected length is known only at the two tested accuracies"
            raise ValueError(message)
        return end / (accuracy * self.right + (1 - accuracy) * self.wrong)

    def cusum(self, outcomes: Iterable[bool], *, alarm: float | None = None) -> "CusumResult":
        """Watch for late decline: the same increments, never below 0, so a long good past buys no credit.

        ``alarm`` defaults to the upper threshold of the test. Source: E. S. Page, Biometrika 41 (1954)
        100-115.
        """
        height = self.upper if alarm is None else alarm
        level, alarm_at = 0.0, None
        for index, is_right in enumerate(outcomes):
            level = max(0.0, level + (self.right if is_right else self.wrong))
            if level >= height and alarm_at is None:
                alarm_at = index
        return CusumResult(level, alarm_at)


@dataclass(frozen=True, slots=True)
class SprtResult:
    """The verdict, the log-likelihood ratio where it stopped, and how many answers were used."""

    verdict: Verdict
    ratio: float
    used: int


@dataclass(frozen=True, slots=True)
class RepeatedResult:
    """The last test: its verdict, the index of its first answer, how many it read, how many of them right."""

    verdict: Verdict
    start: int
    used: int
    right: int


@dataclass(frozen=True, slots=True)
class CusumResult:
    """The level after the last answer, and the index of the answer that raised the alarm (None: no alarm)."""

    level: float
    alarm_at: int | None
