"""Jobs take turns on a machine while people are at work; nobody waits for ever, or for nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from projects import turns
from projects.jobs import JobContext
from projects.models import Job
from projects.turns import LONGEST, Turns
from tests.world import make_world

ROOT = Path(__file__).resolve().parent.parent.parent
# Another process with the file: holds the only place until it reads a line, then passes it on once.
OTHER = """
import sys, time
from projects.turns import Turns
turns = Turns(open(int(sys.argv[1]), "r+b"), 1, lambda: True)
turns.take()
print("holds" if turns.holds_place else "waited in vain", flush=True)
sys.stdin.readline()
time.sleep(0.11)
turns.pass_on()
print("holds" if turns.holds_place else "waited in vain", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def file() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        yield file


@contextmanager
def other(file: IO[bytes]) -> Iterator[subprocess.Popen[str]]:
    """Another process which shares the turns; ends with the block, however it ends."""
    command = [sys.executable, "-c", OTHER, str(file.fileno())]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=[file.fileno()]
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def worked(mine: Turns) -> None:
    """As if this process had computed since it last looked."""
    mine._since -= 1.0


def test_it_works(file: IO[bytes]) -> None:
    mine = Turns(file, 1, lambda: True)
    mine.take()
    assert mine.holds_place
    with other(file) as process:
        # It waits for the place, gets it when we pass it on, and passes it on when we wait.
        while not mine._somebody_waits():
            os.sched_yield()
        worked(mine)
        tell(process)
        mine.pass_on()
        assert says(process) == "holds"
        assert mine.holds_place
        mine.leave()
        assert says(process) == "holds"


def test_nobody_waits_for_who_is_gone(file: IO[bytes]) -> None:
    with other(file) as process:
        assert says(process) == "holds"
        mine = Turns(file, 1, lambda: True)
        assert not mine._try()
    mine.take()
    assert mine.holds_place


def test_nobody_waits_for_ever(file: IO[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST", 0.05)
    with other(file) as process:
        assert says(process) == "holds"
        mine = Turns(file, 1, lambda: True)
        mine.take()
        assert not mine.holds_place
        worked(mine)
        mine.pass_on()
        assert not mine.holds_place


def test_a_place_that_nobody_waits_for_is_kept(file: IO[bytes]) -> None:
    mine = Turns(file, 1, lambda: True)
    mine.take()
    worked(mine)
    mine.pass_on()
    assert mine.holds_place


def test_where_nobody_is_at_work_nobody_waits(file: IO[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    with other(file) as process:
        assert says(process) == "holds"
        at_work = [False]
        mine = Turns(file, 1, lambda: at_work[0])
        before = time.monotonic()
        mine.take()
        worked(mine)
        mine.pass_on()
        assert not mine.holds_place
        assert time.monotonic() - before < LONGEST / 2
    # Somebody comes, and goes.
    monkeypatch.setattr(turns, "REMEMBER", 0.0)
    at_work[0] = True
    mine.take()
    assert mine.holds_place
    at_work[0] = False
    worked(mine)
    mine.pass_on()
    assert not mine.holds_place


def test_as_many_at_once_as_there_are_places(file: IO[bytes]) -> None:
    with other(file) as first:
        assert says(first) == "holds"
        mine = Turns(file, 2, lambda: True)
        mine.take()
        assert mine.holds_place


@pytest.mark.django_db
def test_no_job_passes_its_place_on_inside_a_transaction(
    file: IO[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "REMEMBER", 0.0)
    at_work = [True]
    mine = Turns(file, 1, lambda: at_work[0])
    mine.take()
    at_work[0] = False
    worked(mine)
    monkeypatch.setattr(turns._machine, "turns", mine)
    JobContext(Job(project=make_world().project)).let_others()
    assert mine.holds_place
    mine.pass_on()
    assert not mine.holds_place
