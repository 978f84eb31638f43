"""Reading from a replica, where there is one: exports and dashboards.

What is read there is never older than the question. The primary says how far its log is, and the replica
is asked only once it has carried out that much: whoever exports right after an answer finds it. A replica
that is away or does not come so far in time is left alone for a while, and the primary is asked.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from prometheus_client import Counter, Gauge

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

REPLICA = "replica"
PAGE_PATIENCE = 0.3  # seconds that a page waits for a replica which is behind
EXPORT_PATIENCE = 10.0
LEFT_ALONE = 10.0  # seconds for which nobody asks one that was away or behind
LOOK_EVERY = 0.01
STATEMENT_TIMEOUT = "57014"  # of SQL: too slow here is too slow there

# A commit that need not reach the disk (synchronous_commit off) is ahead of what was written.
POSITION = """
SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
       ELSE pg_current_wal_flush_lsn() END::text
"""
# How old the last thing is that it carried out: nothing while it has all, however long ago that was.
CAUGHT_UP = """
SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn,
       extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8
"""

outcomes = Counter(
    "touchstone_replica_reads", "Reads meant for the replica, by what became of them", ["outcome"]
)
lag = Gauge("touchstone_replica_lag_seconds", "Age of what the replica did last, 0 while it has everything")

_alias: ContextVar[str] = ContextVar("alias", default=DEFAULT_DB_ALIAS)
_left_alone_until = 0.0


class Router:
    """Reads go where ``reading_from`` says, which is the primary outside of it; writes always go there."""

    def db_for_read(self, _model: object, **_hints: Any) -> str:
        """Also of what hangs on a row from elsewhere: one of the primary may lead to one of the replica."""
        return _alias.get()

    def db_for_write(self, _model: object, **_hints: Any) -> str:
        """The primary, also for a row that came from the replica."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: object, _other: object, **_hints: Any) -> bool:
        """Both hold the same rows."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """The replica follows by itself."""
        return db == DEFAULT_DB_ALIAS


def reading() -> BaseDatabaseWrapper:
    """The connection for statements written by hand that belong to an export or a dashboard."""
    return connections[_alias.get()]


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Read from this database, on this thread, until the end of the block."""
    token = _alias.set(alias)
    try:
        yield
    finally:
        _alias.reset(token)


def position() -> str | None:
    """How far the primary's log is; None where nobody may read from a replica.

    So it is without one, and in a transaction, whose own changes no replica has.
    """
    if REPLICA not in settings.DATABASES or connection.in_atomic_block:
        return None
    if time.monotonic() < _left_alone_until:
        outcomes.labels("left_alone").inc()
        return None
    with connection.cursor() as cursor:
        cursor.execute(POSITION)
        return str(cursor.fetchone()[0])


def database_at(wanted: str | None, *, patience: float) -> str:
    """The replica once it has come to ``wanted`` (see ``position``), else the primary; never raises."""
    if wanted is None:
        return DEFAULT_DB_ALIAS
    until = time.monotonic() + patience
    try:
        while not _has_come_to(wanted):
            if time.monotonic() >= until:
                leave_alone("behind")
                return DEFAULT_DB_ALIAS
            time.sleep(LOOK_EVERY)
    except (OperationalError, InterfaceError) as problem:
        leave_alone("away", problem)
        return DEFAULT_DB_ALIAS
    outcomes.labels("replica").inc()
    return REPLICA


def _has_come_to(wanted: str) -> bool:
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(CAUGHT_UP, [wanted])
        done, age = cursor.fetchone()
    lag.set(0.0 if done else age or 0.0)
    return bool(done)  # unknown where it is no replica any more: then it is not asked


def leave_alone(outcome: str, problem: BaseException | None = None) -> None:
    """Note that the replica was of no use, and ask the primary for a while."""
    global _left_alone_until  # noqa: PLW0603  # of this process; nobody else needs to know
    _left_alone_until = time.monotonic() + LEFT_ALONE
    outcomes.labels(outcome).inc()
    log.warning("replica_left_alone", outcome=outcome, seconds=LEFT_ALONE, problem=str(problem or "").strip())
    connections[REPLICA].close()


def may_try_primary(problem: Exception) -> bool:
    """Whether a read that failed on the replica may be tried on the primary; if so the replica is left alone.

    It went away, or what it must carry out took the rows from under the read. Not what was too slow.
    """
    if getattr(problem.__cause__, "pgcode", None) == STATEMENT_TIMEOUT:
        return False
    leave_alone("lost", problem)
    return True


def from_replica(work: Callable[[], Result]) -> Result:
    """Do what only reads, on the replica if that is possible, and on the primary if it fails on the way."""
    alias = database_at(position(), patience=PAGE_PATIENCE)
    if alias == DEFAULT_DB_ALIAS:
        return work()
    try:
        with reading_from(alias):
            return work()
    except (OperationalError, InterfaceError) as problem:
        if not may_try_primary(problem):
            raise
    return work()
