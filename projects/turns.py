"""While people label, long jobs take turns: on one machine as many at once as it has cores but one.

Nice processes are not enough. A process of the web that wakes up on a core where a job computes waits until
the kernel's clock ticks, nice or not: up to 4 ms at 250 ticks a second, and a request wakes processes up
thirty times. With one core left to people, most of it happens there (docs/adr/0010-background-work.md).
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Callable
from typing import IO

SHORTEST = 0.1  # seconds that a job works before it looks whether others wait
PATIENCE, LONGEST = 2.0, 2.0  # it waits at most so many times what it just worked, and so many seconds
LOOK_EVERY = 0.005  # seconds
WAITING = 1 << 20  # the byte that waiting processes hold together; those below are the places
REMEMBER = 1.0  # seconds that we believe that people are at work, or that they are not


class Turns:
    """Places that processes with the same open file share: locks on its bytes, which end with their process.

    One thread of a process may use it. Waiting ends after a while even if no place is free: who holds it may
    compute for minutes.
    """

    def __init__(self, file: IO[bytes], places: int, is_wanted: Callable[[], bool]) -> None:
        self._file, self._places, self._is_wanted = file, places, is_wanted
        self._place: int | None = None
        self._since = time.monotonic()
        self._asked, self._answer = float("-inf"), False

    @property
    def holds_place(self) -> bool:
        """Whether this process has one of the places."""
        return self._place is not None

    def take(self) -> None:
        """Wait for a place, if people are at work: before a job."""
        self._since = time.monotonic()
        if self._are_wanted():
            self._wait(LONGEST)

    def pass_on(self) -> None:
        """Between two steps of a job: let who waits have the place, and wait for the next turn."""
        worked = time.monotonic() - self._since
        if worked < SHORTEST:
            return
        if not self._are_wanted():
            self.leave()
        elif not self.holds_place:
            self._wait(min(PATIENCE * worked, LONGEST))
        elif self._somebody_waits():
            self.leave()
            time.sleep(2 * LOOK_EVERY)  # so that one of them sees it
            self._wait(min(PATIENCE * worked, LONGEST))
        self._since = time.monotonic()

    def leave(self) -> None:
        """Give the place back, if there is one."""
        if self._place is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._place)
            self._place = None

    def _are_wanted(self) -> bool:
        now = time.monotonic()
        if now - self._asked >= REMEMBER:
            self._asked, self._answer = now, self._is_wanted()
        return self._answer

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        fcntl.lockf(self._file, fcntl.LOCK_SH, 1, WAITING)
        try:
            while not self._try() and time.monotonic() < until:
                time.sleep(LOOK_EVERY)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, WAITING)

    def _try(self) -> bool:
        for place in range(self._places):
            if self._lock(place):
                self._place = place
                return True
        return False

    def _somebody_waits(self) -> bool:
        if not self._lock(WAITING):
            return True
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, WAITING)
        return False

    def _lock(self, byte: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except OSError:
            return False
        return True


class _Machine:
    """The turns of this worker and its children, if it takes part, and how to know that people work."""

    def __init__(self) -> None:
        self.turns: Turns | None = None
        self.people_are_at_work: Callable[[], bool] = lambda: False


_machine = _Machine()


def register_presence(people_are_at_work: Callable[[], bool]) -> None:
    """Say how to find out whether somebody labels at this moment; for AppConfig.ready."""
    _machine.people_are_at_work = people_are_at_work


def people_are_at_work() -> bool:
    """Whether somebody labels at this moment; one short query."""
    return _machine.people_are_at_work()


def has_a_core_to_spare() -> bool:
    """Whether a job may take a second processor for a moment: while nobody labels."""
    return not people_are_at_work()


def share_the_machine() -> None:
    """Have the jobs of this worker's children take turns: before they are forked."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    places = max(1, cores - 1)
    _machine.turns = Turns(tempfile.TemporaryFile(), places, people_are_at_work)  # noqa: SIM115  # as long as the worker


def take_turn() -> None:
    """Before a job: wait for a place, where jobs take turns."""
    if _machine.turns is not None:
        _machine.turns.take()


def let_others() -> None:
    """Between two steps of a job, never inside a transaction: let others have their turn."""
    if _machine.turns is not None:
        _machine.turns.pass_on()


def end_turn() -> None:
    """After a job."""
    if _machine.turns is not None:
        _machine.turns.leave()
