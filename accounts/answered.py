"""What may wait until the person has the answer: it costs them nothing then."""

import threading
from collections.abc import Callable
from typing import Any

from django.core.signals import request_finished, request_started


class _Request(threading.local):
    """What waits in this thread; none: it is at no request."""

    waiting: list[Callable[[], object]] | None = None


_here = _Request()


def once_answered(do: Callable[[], object]) -> None:
    """Do it when the answer to the request of this thread has been sent; at once where there is none.

    Lost if the process dies before. What it raises is logged by the server and reaches nobody.
    """
    if _here.waiting is None:
        do()
    else:
        _here.waiting.append(do)


def _begin(**_: Any) -> None:
    _here.waiting = []


def _end(**_: Any) -> None:
    """The server has sent all it had, and closes the response."""
    waiting, _here.waiting = _here.waiting, None
    for do in waiting or ():
        do()


def register() -> None:
    """Listen to Django; for AppConfig.ready."""
    request_started.connect(_begin, dispatch_uid="accounts.answered")
    request_finished.connect(_end, dispatch_uid="accounts.answered")
