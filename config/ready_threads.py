"""The threads of a web process have their connections before anybody needs one.

A new connection costs the database its start, its catalogs and the plan of each statement: 35 ms of a core
for those that are planned once for each connection (accounts/statements.py). Eight people who came at once to
a server just started paid that all together, and waited 150 to 250 ms for their first item.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError, Lock

import structlog

TOGETHER_SECONDS = 5.0

log = structlog.get_logger(__name__)


def open_connections(pool: ThreadPoolExecutor, threads: int) -> None:
    """Have each of the ``threads`` of this pool connect and plan, one after the other; returns at once.

    Each takes requests as soon as it is ready itself. If the database cannot be reached, the first thread
    logs it and the others leave it to their first request, as without this.
    """
    together, turn = Barrier(threads), _Turn()
    for _ in range(threads):
        pool.submit(_connect, together, turn)


class _Turn:
    """Whose turn it is to connect, and whether there is any use in it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.failed = False


def _connect(together: Barrier, turn: _Turn) -> None:
    from django.db import DatabaseError, InterfaceError

    from accounts.statements import Prepared

    try:
        together.wait(TOGETHER_SECONDS)  # so that no thread does it twice and another never
    except BrokenBarrierError:
        return
    with turn.lock:
        if turn.failed:
            return
        try:
            Prepared.plan_all()
        except (DatabaseError, InterfaceError) as error:
            turn.failed = True
            log.warning("connections_not_opened", error=str(error))
