"""Writing behind the rest of a job: a batch is written while the next one is read and merged."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, Self, TypeVar

from django.db import connection

from projects.turns import has_a_core_to_spare

T = TypeVar("T")


class Behind(Generic[T]):
    """Does one thing after the other, in a thread with a connection of its own; never two at once.

    ``start`` comes back at once; ``finish`` waits, returns what came of it, and raises what went wrong.
    While people label, and inside a transaction of the caller's, which others do not see, all is done at the
    start, in the caller's thread. Leaving the block waits for what is being done.
    """

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._done: Future[T] | None = None

    def __enter__(self) -> Self:
        if not connection.in_atomic_block:
            self._thread = ThreadPoolExecutor(1, "behind")
        return self

    def start(self, work: Callable[[], T]) -> None:
        """Have it done; what was started before is finished."""
        if self._thread is not None and has_a_core_to_spare():
            self._done = self._thread.submit(work)
        else:
            self._done = Future()
            self._done.set_result(work())

    def finish(self) -> T | None:
        """Wait for what was started last; None if nothing was, or it was asked for already."""
        done, self._done = self._done, None
        return None if done is None else done.result()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.submit(connection.close)
            self._thread.shutdown()
