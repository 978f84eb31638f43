"""`make run`: starts, starts again after Ctrl-C and after kill -9, and keeps its data."""

import json
import os
import signal
import socket
from pathlib import Path

import pytest

from config.embedded.process import started_at
from tests.house.running import Running, get, manage, running

pytestmark = pytest.mark.slow
ADD = "from accounts.models import User; User.objects.create_user('{}@example.org', 'a long pass phrase')"
COUNT = "from accounts.models import User; print(User.objects.count())"


def test_it_works_and_again_after_ctrl_c_and_after_kill_and_on_another_port(data: Path) -> None:
    """Three starts with one folder: each costs ten seconds of a processor."""
    with running(data) as first:
        assert get(f"{first.url}/healthz") == b"ok"
        assert json.loads(get(f"{first.url}/readyz"))["database"] == "ok"
        manage(data, ADD.format("one"))
        assert first.end(signal.SIGINT) == 0
    with running(data) as second:
        assert get(f"{second.url}/healthz") == b"ok"
        manage(data, ADD.format("two"))
        children = processes(data)
        assert len(children) == 5
        second.end(signal.SIGKILL)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(data, PORT=str(port), STATIC_LIVE="1") as third:
            third.wait_for(f"Port {port} is taken; using ")
            assert third.url != f"http://localhost:{port}"
            assert get(f"{third.url}/healthz") == b"ok"
            assert alive(children) == []
            assert manage(data, COUNT) == "2"
            with running(data) as fourth:
                fourth.wait_for("already runs with the data in .* at http://localhost:")
                assert fourth.process.wait(10) == 1
            a_part_that_dies_is_named(third, data)
    assert not (data / "environment.json").exists()


def a_part_that_dies_is_named(child: Running, data: Path) -> None:
    """And ends all others."""
    children = processes(data)
    os.kill(children[-1][0], signal.SIGKILL)
    child.wait_for("worker ended unexpectedly; its log: ")
    assert child.process.wait(60) == 1
    assert alive(children) == []


def processes(data: Path) -> list[tuple[int, str]]:
    """The parts that run: number and start of each."""
    return [(pid, mark) for pid, mark in json.loads((data / "processes.json").read_text())]


def alive(children: list[tuple[int, str]]) -> list[int]:
    return [pid for pid, mark in children if started_at(pid) == mark]
