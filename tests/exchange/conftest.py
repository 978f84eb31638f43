"""What tests of data in and out share."""

from pathlib import Path
from typing import Any

import pytest

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
