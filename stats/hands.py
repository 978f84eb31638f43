"""Parts of a computation two at once, where whoever asks for it has a second processor to spare.

Numpy lets other threads go on while it computes. Parts come out in their order, whoever is done first, so the
result is the same to the bit.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

P = TypeVar("P")
T = TypeVar("T")
AT_ONCE = 2
_two: ContextVar[tuple[ThreadPoolExecutor, Callable[[], bool]] | None] = ContextVar("two", default=None)


@contextmanager
def two_hands(may: Callable[[], bool]) -> Iterator[None]:
    """What is computed within may take a second processor; asked in the caller's thread at each ``each``."""
    with ThreadPoolExecutor(AT_ONCE, "hand") as hands:
        token = _two.set((hands, may))
        try:
            yield
        finally:
            _two.reset(token)


def each(work: Callable[[P], T], parts: Sequence[P]) -> list[T]:
    """What ``work`` makes of each part, in their order. It must not depend on the others."""
    two = _two.get()
    if two is None or len(parts) < AT_ONCE or not two[1]():
        return [work(part) for part in parts]
    return list(two[0].map(work, parts))
