"""One cluster for all tests of this folder; our own connection goes to its primary meanwhile."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection, connections
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from tests import databases
from tests.cluster.cluster import Cluster
from tests.cluster.postgres import PASSWORD, Server

FLUSHES = 10  # a circle is broken after a second


@pytest.fixture(scope="package")
def cluster(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cluster]:
    """It runs. What a test asks of the database itself goes to the primary, without the pooler."""
    folder = Path(tempfile.mkdtemp(prefix="touchstone-cluster-"))
    folder.chmod(0o711)  # the servers' user (when we are root) passes through
    cluster = Cluster(folder)
    try:
        template = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{databases.template_name()}")
        cluster.start(template.geturl())
        with django_db_blocker.unblock(), our_connection_to(cluster.primary), patient_flush():
            yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def our_connection_to(server: Server) -> Iterator[None]:
    """Also pytest-django empties the tables there after each test."""
    before = dict(connections.settings["default"])
    theirs = {
        "HOST": server.host.address,
        "PORT": str(server.port),
        "NAME": "touchstone",
        "PASSWORD": PASSWORD,
    }
    _point(theirs)
    try:
        yield
    finally:
        _point(before)


@contextmanager
def patient_flush() -> Iterator[None]:
    """Workers go on while tables are emptied: all are locked for it, and a circle of locks is tried again."""
    flush = connection.ops.execute_sql_flush

    def again(statements: list[str]) -> None:
        for _ in range(FLUSHES - 1):
            with suppress(OperationalError):
                return flush(statements)
        return flush(statements)

    connection.ops.execute_sql_flush = again
    TransactionTestCase._fixture_teardown = databases.flush  # type: ignore[method-assign]
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = databases.empty  # type: ignore[method-assign]
        del connection.ops.execute_sql_flush


def _point(change: dict[str, Any]) -> None:
    connections.close_all()
    connections.settings["default"].update(change)
    connection.settings_dict.update(change)
