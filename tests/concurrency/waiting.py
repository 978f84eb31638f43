"""Knowing that somebody waits for a lock, in place of hoping so after a while."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, transaction

WAITING = """
SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity AS a USING (pid)
               WHERE NOT granted AND a.datname = current_database())
"""
PATIENCE = 30.0


@contextmanager
def holding(lock: Callable[[], object], work: Callable[[], object]) -> Iterator[Future[object]]:
    """A transaction that holds this lock while the work, in another connection, waits for it.

    What the work returns or raises is in the future, once the transaction is over.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock()
            running = pool.submit(_in_its_own_connection, work)
            await_a_waiter()
            yield running
        running.result(PATIENCE)


def await_a_waiter() -> None:
    """Until anybody waits for a lock in this database."""
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw before
            cursor.execute(WAITING)
            if cursor.fetchone() == (True,):
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


def _in_its_own_connection(work: Callable[[], object]) -> object:
    try:
        return work()
    finally:
        connection.close()
