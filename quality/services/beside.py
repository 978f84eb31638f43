"""Steps of a job beside the rest of it: on a second processor while nobody labels, else afterwards."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from django.db import connection

from projects.turns import has_a_core_to_spare


class Beside:
    """Steps that need nothing of what the block does, nor it of them; all are done when it is left.

    They begin with the block, in a thread with a connection of its own, as long as nobody labels: before each
    step it is asked, as by then a job takes no second processor. What is left is done after the block, with
    ``between`` before each. Never beside a transaction of the caller's, which others do not see.

    Leaving the block waits for the step that is being done, and raises what went wrong with one. A block that
    fails has no further steps done.
    """

    def __init__(self, steps: Sequence[Callable[[], object]], between: Callable[[], object]) -> None:
        self._left = deque(steps)
        self._between = between
        self._has_failed = threading.Event()
        self._thread: ThreadPoolExecutor | None = None
        self._work: Future[None] | None = None

    def __enter__(self) -> Self:
        if not connection.in_atomic_block:
            self._thread = ThreadPoolExecutor(1, "beside")
            self._work = self._thread.submit(self._do)
        return self

    def _do(self) -> None:
        try:
            while self._left and not self._has_failed.is_set() and has_a_core_to_spare():
                self._left.popleft()()
        finally:
            connection.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if error is not None:
            self._has_failed.set()
        if self._thread is not None:
            self._thread.shutdown()
        if error is not None:
            return
        if self._work is not None:
            self._work.result()
        while self._left:
            self._between()
            self._left.popleft()()
