"""Who reads where. A real replica, which hangs and dies, is in tests/cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from pytest_django.plugin import DjangoDbBlocker

from accounts import replica
from accounts.models import User
from accounts.replica import (
    REPLICA,
    database_at,
    from_replica,
    may_try_primary,
    position,
    reading,
    reading_from,
)
from config.databases import databases
from config.env import Env

EMAIL = "replica@example.org"


@pytest.fixture(autouse=True)
def _database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Without Django's TestCase, which forbids databases that come during a test."""
    with django_db_blocker.unblock():
        yield
        User.objects.filter(email=EMAIL).delete()
        connections.close_all()


@contextmanager
def replica_at(**where: Any) -> Iterator[None]:
    """A database under the name of the replica for the body: ours, but for what is said here."""
    replica._left_alone_until = 0.0
    for known in (settings.DATABASES, connections.settings):
        known[REPLICA] = {**connections.settings["default"], **where}
    try:
        yield
    finally:
        connections[REPLICA].close()
        for known in (settings.DATABASES, connections.settings):
            known.pop(REPLICA, None)
        del connections[REPLICA]
        replica._left_alone_until = 0.0


def used() -> str:
    return reading().alias


def outcomes(name: str) -> float:
    return replica.outcomes.labels(name)._value.get()


def test_it_works() -> None:
    """Without a replica all goes to the primary, and nothing is asked beforehand."""
    assert position() is None
    assert from_replica(used) == "default"


def test_writes_go_to_the_primary_wherever_reads_go() -> None:
    with replica_at(), reading_from(REPLICA):
        assert User.objects.all().db == REPLICA
        person = User.objects.create(email=EMAIL)
        assert person._state.db == "default"
        person.save()
        assert User.objects.select_for_update().db == "default"
    assert User.objects.all().db == "default"


def test_what_is_no_replica_is_not_asked() -> None:
    """A database that takes writes of its own may hold anything."""
    with replica_at():
        before = outcomes("behind")
        assert from_replica(used) == "default"
        assert outcomes("behind") == before + 1


def test_one_that_is_away_is_left_alone_for_a_while() -> None:
    with replica_at(HOST="127.0.0.1", PORT="1"):
        before = outcomes("away")
        assert [from_replica(used), from_replica(used)] == ["default", "default"]
        assert outcomes("away") == before + 1
        assert position() is None


def test_own_uncommitted_work_is_read_where_it_is() -> None:
    with replica_at(), transaction.atomic():
        assert position() is None


def test_what_fails_on_the_replica_is_done_on_the_primary(monkeypatch: pytest.MonkeyPatch) -> None:
    """It dies after it was found good: here the session is ended from outside."""

    def dies() -> str:
        if used() == REPLICA:
            with connections[REPLICA].cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return used()

    monkeypatch.setattr(replica, "CAUGHT_UP", "SELECT %s IS NOT NULL, 0.0")  # ours is as good as a replica
    with replica_at():
        assert from_replica(used) == REPLICA
        assert from_replica(dies) == "default"


def test_what_was_too_slow_there_is_not_tried_again() -> None:
    with replica_at(), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 10")
        try:
            with pytest.raises(OperationalError) as slow:
                cursor.execute("SELECT pg_sleep(2)")
        finally:
            cursor.execute("RESET statement_timeout")
        assert not may_try_primary(slow.value)
        assert database_at(None, patience=0) == "default"


def test_its_sessions_only_read() -> None:
    urls = {"DATABASE_URL": "postgresql://a@b/c", "DATABASE_REPLICA_URL": "postgresql://a@d/c"}
    found = databases(Env(urls))
    assert found[REPLICA]["HOST"] == "d"
    assert "default_transaction_read_only=on" in found[REPLICA]["OPTIONS"]["options"]
    assert "read_only" not in found["default"]["OPTIONS"]["options"]
    assert set(databases(Env({}))) == {"default"}
