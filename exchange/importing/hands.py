"""Batches stored two at once, on two connections, committed one after the other in the order of the file.

The later of the two writes its rows while the earlier writes its own, and waits before it moves the job's
cursor. It waits in the database, so that a circle of waiting is found there, whoever else is part of it.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from django.db import OperationalError, close_old_connections, connection
from psycopg2.errors import DeadlockDetected

from annotate.services.retry import again_on_deadlock
from exchange.importing.batches import Batch
from exchange.importing.copying import draw_ids
from projects.turns import people_are_at_work

AT_ONCE = 2
KEPT_SECONDS = 60.0
BEGIN = "SELECT set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(%s)"


class Lost(Exception):
    """The batch before this one did not come in, so neither does this one."""


class Turn:
    """The place of one batch among those of its import; ``before``: the one ahead, if it is still at work."""

    def __init__(self, job_id: int, number: int, before: "Turn | None") -> None:
        self._lock = job_id << 24 | number % 2**24  # one of the database's locks by number
        self._before = before
        self._has_begun, self._has_drawn, self._is_over = (threading.Event() for _ in range(3))
        self._is_in = False

    @property
    def is_first(self) -> bool:
        """Whether all batches before this one are in."""
        return self._before is None

    def approach(self) -> None:
        """Before the transaction: a pooler with one connection left must give it to the batch before."""
        if self._before is not None:
            self._before._has_begun.wait()

    def begin(self) -> None:
        """First in the transaction: from now on to its end others can wait for it.

        Its commit will not wait for the disk: a crash takes its rows together with the place reached. What
        the job says at the end is waited for, and all before it with it.
        """
        with connection.cursor() as cursor:
            cursor.execute(BEGIN, [self._lock])
        self._has_begun.set()

    def draw(self, count: int) -> Sequence[int]:
        """Numbers for new tasks, above those of the batch before."""
        if self._before is not None:
            self._before._has_drawn.wait()
        ids = draw_ids(count) if count else ()
        self._has_drawn.set()
        return ids

    def come(self) -> None:
        """Wait until the batch before is committed. Raises Lost if it was not; Django's errors for a circle.

        Only the blink between a commit and the news of it is waited for here and not in the database.
        """
        if self._before is None:
            return
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what else were checked while the next one waits
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [self._before._lock])
        self._before._is_over.wait()
        if not self._before._is_in:
            raise Lost
        self._before = None

    def end(self, *, is_in: bool) -> None:
        """After the transaction: whether it was committed."""
        self._is_in = is_in
        for event in (self._is_over, self._has_begun, self._has_drawn):
            event.set()


@dataclass(frozen=True)
class Busy:
    """A batch that is being stored."""

    batch: Batch
    ids: frozenset[str]
    turn: Turn
    work: Future[None]


class Spare:
    """Threads with their connections, kept for the next import of this process if ``is_kept``.

    To connect, and to learn the tables anew, takes a connection longer than to store a thousand texts.
    """

    def __init__(self) -> None:
        self.is_kept = False  # only a worker's process has a next import
        self._threads: list[ThreadPoolExecutor] = []
        self._lock = threading.Lock()
        self._ends: threading.Timer | None = None

    def take(self) -> list[ThreadPoolExecutor]:
        """A thread for each batch at once; they connect, or see to it that they still are connected."""
        with self._lock:
            threads, self._threads = self._threads, []
            if self._ends is not None:
                self._ends.cancel()
        threads = threads or [ThreadPoolExecutor(1, "import-hand") for _ in range(AT_ONCE)]
        for thread in threads:
            thread.submit(_connect)  # should it fail, the first batch says so
        return threads

    def give(self, threads: list[ThreadPoolExecutor]) -> None:
        """They have nothing more to do."""
        with self._lock:
            if self.is_kept and threads and not self._threads:
                self._threads, threads = threads, []
                self._ends = threading.Timer(KEPT_SECONDS, self.let_go)
                self._ends.daemon = True
                self._ends.start()
        _end(threads)

    def let_go(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            threads, self._threads = self._threads, []
        _end(threads)


spare = Spare()


class Hands:
    """Stores batches with ``work``, each in a transaction: in the caller's thread, or two at once beside it.

    ``alone``: never two at once. Leave the block to wait for what is being done; the first failure is raised.
    """

    def __init__(self, job_id: int, work: Callable[[Batch, Turn], None], *, alone: bool) -> None:
        self._job_id, self._work = job_id, work
        # In a transaction of the caller's own, two others would not see what it has written.
        self._alone = alone or connection.in_atomic_block
        self._threads: list[ThreadPoolExecutor] = []  # one each, made when they are wanted
        self._busy: deque[Busy] = deque()
        self._number = 0

    def __enter__(self) -> Self:
        """Have both threads connect while the first rows are read."""
        if not self._alone and not people_are_at_work():
            self._threads = spare.take()
        return self

    def store(self, batch: Batch) -> None:
        """Store it, or have it stored; comes back when there is room for the next.

        Raises what went wrong with this batch or with one before.
        """
        self._number += 1
        if self._alone or people_are_at_work():  # then an import takes no second processor
            self._wait_for(0)
            self._do(batch, Turn(self._job_id, self._number, None))
            return
        ids = frozenset(item.external_id for item in batch.items if item.external_id is not None)
        if any(not ids.isdisjoint(other.ids) for other in self._busy):
            self._wait_for(0)  # else it would wait for a row of the batch that it has to come after
        if not self._threads:
            self._threads = spare.take()
        turn = Turn(self._job_id, self._number, self._busy[-1].turn if self._busy else None)
        thread = self._threads[self._number % AT_ONCE]  # free: the batch before the last is in
        self._busy.append(Busy(batch, ids, turn, thread.submit(self._do, batch, turn)))
        self._wait_for(AT_ONCE - 1)  # here, so that no further batch is taken meanwhile

    def _wait_for(self, left: int) -> None:
        """Wait until at most so many batches are being stored. Raises what went wrong with the others."""
        while len(self._busy) > left:
            try:
                self._busy[0].work.result()
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
                self._do_again()
                return
            self._busy.popleft()

    def _do_again(self) -> None:
        """Another import wanted the same external ids: all is taken back now, and stored one by one."""
        again, self._busy = self._busy, deque()
        wait([one.work for one in again])
        for one in again:
            again_on_deadlock(self._do)(one.batch, Turn(self._job_id, self._number, None))

    def _do(self, batch: Batch, turn: Turn) -> None:
        try:
            turn.approach()
            self._work(batch, turn)
        except BaseException:
            turn.end(is_in=False)
            raise
        turn.end(is_in=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Nothing is being done afterwards, whatever went wrong."""
        try:
            self._wait_for(0)
        finally:
            wait([one.work for one in self._busy])  # after a failure: the threads may be kept, and go on
            spare.give(self._threads)


def _end(threads: list[ThreadPoolExecutor]) -> None:
    """Close their connections, and wait for that."""
    for thread in threads:
        thread.submit(connection.close)
        thread.shutdown()


def _connect() -> None:
    """Have a connection of this thread, and one that works."""
    close_old_connections()
    connection.ensure_connection()
