"""A transaction whose BEGIN and COMMIT go along with its statements, for those that run all the time.

The driver sends each of the two as a message of its own, and to wait for an answer costs more than what it
says: both sides fall asleep and are woken again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from accounts.statements import Plain, Sent

BEGIN, COMMIT, ROLLBACK = Plain("BEGIN"), Plain("COMMIT"), Plain("ROLLBACK")


class Ends(NamedTuple):
    """What to send in front of the first statement, and behind the last one that belongs to it."""

    begin: Sequence[Sent]
    commit: Sequence[Sent]


@contextmanager
def atomic_in_messages() -> Iterator[Ends]:
    """As ``transaction.atomic()``; the first statement must be a ``Prepared`` behind ``begin``.

    What follows ``commit`` in its message sees what others did meanwhile. Who does not send it has it sent at
    the end. Within another transaction this is a savepoint, and both ends are empty.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.in_atomic_block or not database.get_autocommit():
        with transaction.atomic():
            yield Ends((), ())
        return
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.autocommit = False  # Django's own note; told so, the driver would send a BEGIN itself
    try:
        with transaction.atomic(savepoint=False):
            yield Ends([(BEGIN, {})], [(COMMIT, {})])
        if database.needs_rollback:
            _undo(database)
        else:
            _end(database, COMMIT)
    except BaseException:
        _undo(database)
        raise
    finally:
        database.autocommit, database.needs_rollback = True, False
    database.run_and_clear_commit_hooks()


def _undo(database: Any) -> None:
    database.run_on_commit = []
    _end(database, ROLLBACK)


def _end(database: Any, how: Plain) -> None:
    """Say how it ends, unless it has ended. A connection that cannot be told is dropped."""
    if database.connection is None or database.connection.closed:
        database.close()
    elif database.connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
        database.needs_rollback = False
        try:
            how.rows({})
        except database.Database.Error:
            database.close()
            raise
