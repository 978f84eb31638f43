"""Threads of a web process have their connections, with plans, before the first request."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, connections
from django.test import override_settings
from structlog.testing import capture_logs

from config.databases import KEPT_SECONDS
from config.ready_threads import open_connections
from tests.processes import START_SECONDS, child_environment, serving

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 3
PATIENCE = 30.0
Said = TypeVar("Said")
Seen = tuple[int, bool, int]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads as gunicorn has them; what they opened is closed."""
    with ThreadPoolExecutor(THREADS) as threads:
        yield threads
        in_each(threads, connections.close_all)


def in_each(pool: ThreadPoolExecutor, act: Callable[[], Said]) -> list[Said]:
    """What each thread says, all of them at once."""
    together = Barrier(THREADS)

    def one() -> Said:
        together.wait(PATIENCE)
        return act()

    return [future.result(PATIENCE) for future in [pool.submit(one) for _ in range(THREADS)]]


def seen() -> Seen:
    """This thread's backend, whether it was there already, and how often the draw has been planned there."""
    was_there = connection.connection is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
        cursor.execute(
            "SELECT coalesce(sum(generic_plans), 0) FROM pg_prepared_statements WHERE name LIKE %s",
            ["take\\_1\\_%"],
        )
        return int(number), was_there, int(cursor.fetchone()[0])


def test_it_works(pool: ThreadPoolExecutor) -> None:
    open_connections(pool, THREADS)
    found = in_each(pool, seen)
    assert len({number for number, _, _ in found}) == THREADS
    assert [(was_there, plans) for _, was_there, plans in found] == [(True, 1)] * THREADS


def test_behind_a_pooler_it_only_connects(pool: ThreadPoolExecutor) -> None:
    with override_settings(PREPARED_STATEMENTS=False):
        open_connections(pool, THREADS)
        found = in_each(pool, seen)
    assert [(was_there, plans) for _, was_there, plans in found] == [(True, 0)] * THREADS


def test_a_database_that_is_away_is_said_once_and_the_threads_work_later(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_logs() as logs, monkeypatch.context() as patch:
        patch.setitem(connections.settings["default"], "HOST", "/nowhere")
        open_connections(pool, THREADS)
        in_each(pool, bool)
    assert [entry["event"] for entry in logs] == ["connections_not_opened"]
    assert [was_there for _, was_there, _ in in_each(pool, seen)] == [False] * THREADS


def test_connections_that_were_opened_together_end_one_by_one(pool: ThreadPoolExecutor) -> None:
    open_connections(pool, THREADS)
    ends = in_each(pool, lambda: connection.close_at)
    assert len(set(ends)) == THREADS
    assert max(ends) - min(ends) <= KEPT_SECONDS + PATIENCE


def test_the_web_server_does_it(tmp_path: Path) -> None:
    """Of two workers with four threads each: eight backends whose last statement explained one."""
    with serving(tmp_path, child_environment(), workers=2) as web:
        until = time.monotonic() + START_SECONDS
        while _planned() < 7:  # one may have been asked whether the server is there
            assert time.monotonic() < until, web.log.read_text()
            time.sleep(0.05)


def _planned() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state = 'idle' AND query LIKE 'EXPLAIN EXECUTE%%'",
            [],
        )
        return int(cursor.fetchone()[0])
