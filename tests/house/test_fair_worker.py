"""Connections are spread evenly over gunicorn's workers, and none waits for a worker that does not come."""

import http.client
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.process import spawn
from tests.processes import ROOT, START_SECONDS, free_port, stop, wait_for

Visit = Callable[[], int]


@contextmanager
def workers(folder: Path, kind: str) -> Iterator[Visit]:
    """Two workers of this kind; a visit opens a connection, keeps it, and says who took it."""
    port, log, ready = free_port(), folder / "web.log", folder / "ready"
    ready.mkdir()
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "2", "--keep-alive", "60"]
    options += ["--config", "tests/house/who_answers.py", "--worker-class", kind]
    command = [sys.executable, "-m", "gunicorn", *options, "tests.house.who_answers"]
    process = spawn(command, log=log, env={**os.environ, "READY": str(ready)}, cwd=ROOT)
    lines: list[http.client.HTTPConnection] = []

    def visit() -> int:
        lines.append(http.client.HTTPConnection("127.0.0.1", port, timeout=20))
        lines[-1].request("GET", "/")
        return int(lines[-1].getresponse().read())

    try:
        until = time.monotonic() + START_SECONDS
        while len(list(ready.iterdir())) < 2:
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.02)
        wait_for(f"http://127.0.0.1:{port}/", log)
        yield visit
    finally:
        for line in lines:
            line.close()
        stop(process, signal.SIGTERM, seconds=10)


def test_connections_are_spread_evenly(tmp_path: Path) -> None:
    with workers(tmp_path, "tests.house.who_answers.PatientWorker") as visit:
        took = Counter(visit() for _ in range(40))
        assert sorted(took.values()) == [20, 20]


def test_nobody_waits_for_a_worker_that_does_not_come(tmp_path: Path) -> None:
    with workers(tmp_path, "config.fair_worker.FairWorker") as visit:
        first = visit()
        while (other := visit()) == first:
            pass
        os.kill(other, signal.SIGSTOP)  # it has connections, takes no more, and says nothing of it
        try:
            assert [visit() for _ in range(20)] == [first] * 20
        finally:
            os.kill(other, signal.SIGKILL)
        while visit() in (first, other):  # until there is a new one
            pass
