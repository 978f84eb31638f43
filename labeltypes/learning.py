"""Which of a project's tasks a label type learns from, where it cannot hold all of them."""

from __future__ import annotations

from collections.abc import Callable

from labeltypes.base import Case

HASH, HASHES = 2_654_435_761, 2**32


class Sample:
    """Tasks whose answers cost `most` together, chosen by a hash of their number; more if `least` tasks do.

    The same tasks in any order give the same sample. `cost` says what a task's answers cost.
    """

    def __init__(self, *, most: int, least: int, cost: Callable[[Case], int]) -> None:
        self._most, self._least, self._cost = most, least, cost
        self._cases: dict[int, Case] = {}
        self._limit, self._size = HASHES, 0

    def wants(self, task: int) -> bool:
        """Whether it may be among them, as far as is known by now."""
        return _hash(task) < self._limit

    def add(self, task: int, case: Case) -> None:
        """One that is wanted; the limit halves when there are too many."""
        self._cases[task] = case
        self._size += self._cost(case)
        while self._size > self._most and len(self._cases) > self._least:
            self._limit //= 2
            self._cases = {key: each for key, each in self._cases.items() if self.wants(key)}
            self._size = sum(map(self._cost, self._cases.values()))

    @property
    def cases(self) -> list[Case]:
        """What was chosen, in the order of the tasks' numbers."""
        return [self._cases[task] for task in sorted(self._cases)]


def _hash(task: int) -> int:
    return task * HASH % HASHES
