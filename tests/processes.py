"""Real processes for tests: a Celery worker and a gunicorn on the test database."""

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from config.celery import app
from config.embedded.process import spawn, stop
from config.embedded.redis_server import free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0  # on a machine that runs other tests as well


def child_environment() -> dict[str, str]:
    """Return our environment, with the database that this worker's tests use."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = settings.DATABASES["default"]["NAME"]
    return {
        **os.environ,
        "DATABASE_URL": url._replace(path=f"/{database}").geturl(),
        "REDIS_PREFIX": settings.REDIS_PREFIX,
        "PYTHONUNBUFFERED": "1",
    }


@dataclass(frozen=True)
class LiveWeb:
    """A running gunicorn: its address, its process (to be killed by a test) and its log."""

    url: str
    pid: int
    log: Path


@contextmanager
def serving(folder: Path, environment: dict[str, str], *, workers: int = 1) -> Iterator[LiveWeb]:
    """The web server with the settings that it has in production; its log is written into the folder."""
    port, log = free_port(), folder / "web.log"
    own = {"PORT": str(port), "WEB_WORKERS": str(workers), "WEB_THREADS": "4"}
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    process = spawn([*command, "--graceful-timeout", "5"], log=log, env=environment | own, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/healthz", log)
        yield LiveWeb(url, process.pid, log)
    finally:
        stop(process, signal.SIGTERM, seconds=10)


@pytest.fixture(scope="session")
def _web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveWeb]:
    with serving(tmp_path_factory.mktemp("web"), child_environment(), workers=2) as web:
        yield web


@pytest.fixture
def live_web(request: pytest.FixtureRequest, transactional_db: None, _web: LiveWeb) -> Iterator[LiveWeb]:
    """Two web workers with four threads each, as in production, on the test database.

    They serve all tests of a process: rows of different tests have different numbers, so nothing that the
    web remembers of one is right for another. A test may kill workers (new ones come), not the master.
    At the end no page asks for anything more, so that nothing is being done while the tables are emptied.
    """
    wait_for(f"{_web.url}/healthz", _web.log)
    yield _web
    if "context" in request.fixturenames:
        request.getfixturevalue("context").set_offline(True)
    wait_until_idle()


@pytest.fixture
def celery_worker_process(transactional_db: None, tmp_path: Path) -> Iterator[int]:
    """A real worker for both queues on the test database; gives its process number."""
    app.control.purge()  # what tests without a worker left behind is about rows that are gone
    with working(tmp_path, child_environment()) as worker:
        yield worker


@contextmanager
def working(folder: Path, environment: dict[str, str]) -> Iterator[int]:
    """A Celery worker for both queues, with two processes; gives its process number."""
    log = folder / "worker.log"
    ready = folder / "ready"
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "fast,long", "-c", "2"]
    options = ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    variables = {"WORKER_READY_FILE": str(ready), "LOG_LEVEL": "INFO"}
    process = spawn([*command, *options], log=log, env=environment | variables, cwd=ROOT)
    try:
        until = time.monotonic() + START_SECONDS
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"The worker did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.05)
        yield process.pid
    finally:
        stop(process, signal.SIGTERM, seconds=10)


def wait_for(url: str, log: Path) -> None:
    """Wait until an address answers 200."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer:\n{log.read_text()[-3000:]}")


def wait_until_idle() -> None:
    """Wait until no other connection to this test database is in a transaction."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.02)
    raise AssertionError("Something is still being done in the database of the tests.")
