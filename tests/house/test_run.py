"""`make run`: starts, starts again after Ctrl-C and after kill -9, and keeps its data."""

import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from config.embedded.postgres import StartFailed
from config.embedded.process import started_at
from config.embedded.redis_server import free_port
from config.run.system import listen, wanted_port
from tests.house.running import SECONDS, Running, get, manage, running

pytestmark = pytest.mark.slow
ADD = "from accounts.models import User; User.objects.create_user('{}@example.org', 'a long pass phrase')"
COUNT = "from accounts.models import User; print(User.objects.count())"


def test_it_works_and_again_after_ctrl_c_and_after_kill_and_on_another_port(data: Path) -> None:
    """Three starts with one folder: each costs ten seconds of a processor."""
    port = free_port()
    with running(data, PORT=str(port)) as first:
        nobody_else_gets_the_port(port, data)
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


def nobody_else_gets_the_port(port: int, data: Path) -> None:
    """From the start on, long before the web is there; who connects meanwhile waits for it."""
    until = time.monotonic() + SECONDS
    while not is_heard(port):
        assert time.monotonic() < until
        time.sleep(0.01)
    assert not (data / "processes.json").exists()
    with pytest.raises(StartFailed, match="all taken"):
        listen("127.0.0.1", port, tries=1)
    assert get(f"http://127.0.0.1:{port}/healthz", seconds=SECONDS) == b"ok"


def is_heard(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def a_part_that_dies_is_named(child: Running, data: Path) -> None:
    """And ends all others."""
    children = processes(data)
    os.kill(children[-1][0], signal.SIGKILL)
    child.wait_for("worker ended unexpectedly; its log: ")
    assert child.process.wait(60) == 1
    assert alive(children) == []


@pytest.mark.parametrize("wrong", ["eighty", "0", "65536", "-1", "8000 "])
def test_what_is_no_port_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", wrong)
    with pytest.raises(StartFailed, match=f"PORT must be a number from 1 to 65535, not '{wrong}'"):
        wanted_port()


def test_where_it_may_not_listen_it_says_so() -> None:
    with pytest.raises(StartFailed, match=r"Cannot listen on port 8000 of 192\.0\.2\.1: "):
        listen("192.0.2.1", 8000)


def processes(data: Path) -> list[tuple[int, str]]:
    """The parts that run: number and start of each."""
    return [(pid, mark) for pid, mark in json.loads((data / "processes.json").read_text())]


def alive(children: list[tuple[int, str]]) -> list[int]:
    return [pid for pid, mark in children if started_at(pid) == mark]
