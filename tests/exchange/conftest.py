"""What tests of data in and out share."""

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.exporting import producer as producer_module
from tests.exchange.scene import Scene, make_scene
from tests.exchange.steps import Caller
from tests.world import World, make_world


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    """Stored files go to a folder of the test."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def eve(world: World) -> Caller:
    """The engineer, calling the API on the project."""
    return Caller(world.eve, world.project)


@pytest.fixture(autouse=True)
def _inline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write exports where the test is, unless the test is about the thread: much faster to set up."""
    if request.node.get_closest_marker("django_db") is None:
        threads = SimpleNamespace(Thread=Inline, Condition=threading.Condition)
        monkeypatch.setattr(producer_module, "threading", threads)
        monkeypatch.setattr(producer_module, "connections", SimpleNamespace(close_all=lambda: None))


class Inline:
    """A thread that has run as soon as it starts."""

    def __init__(self, target: Callable[[], None], **named: Any) -> None:
        self.start = target

    def is_alive(self) -> bool:
        return False

    def join(self, timeout: float | None = None) -> None:
        """There is nothing to wait for."""


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()
