"""Fixtures for all tests. The servers' addresses must stand before Django reads its settings: first lines."""

from tests import services

services.prepare()

import django  # after the environment

django.setup()
services.separate()

import hypothesis
import pytest
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from config.memory import settle_memory
from tests import databases
from tools.chromium import chromium

pytest_plugins = ["tests.processes"]
TransactionTestCase._fixture_teardown = databases.empty  # type: ignore[method-assign]

# Machines are shared, and no test is timed: hypothesis counts an example of more than 0.2 s as a failure.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first in each half, since each of two processes begins with one; a file stays together."""
    slow = [item for item in items if item.get_closest_marker("slow")]
    quick = [item for item in items if not item.get_closest_marker("slow")]
    files = list(dict.fromkeys(item.path for item in slow))
    first = [item for item in slow if files.index(item.path) % 2 == 0]
    second = [item for item in slow if files.index(item.path) % 2 == 1]
    middle = max(0, len(items) // 2 - len(first))
    items[:] = [*first, *quick[:middle], *second, *quick[middle:]]


def pytest_collection_finish() -> None:
    """What was imported by now is not garbage: looking at it again and again took a fifth of the time."""
    settle_memory()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, worker_name: str):
    """Give this worker a migrated database of its own, in place of pytest-django's."""
    with django_db_blocker.unblock():
        name = databases.create(worker_name)
    yield
    with django_db_blocker.unblock():
        databases.drop(name)


@pytest.fixture(scope="session")
def worker_name() -> str:
    """The xdist worker's name, or one for a run without xdist."""
    import os

    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest):
    """Counters of rate limits must not reach the next test, nor versions of rows whose numbers come again."""
    yield
    if "django_db_setup" in request.fixturenames:
        from django.core.cache import cache

        from annotate import versions

        cache.clear()
        versions.ontology_of.cache_clear()
        versions.guideline_number.cache_clear()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Chromium of the system, quiet: no request but ours; and patience, for the machine may be shared."""
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)
    return {
        "executable_path": chromium(),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }
