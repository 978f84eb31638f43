"""Starting `make run` (its program) as a child, in a folder of its own, without the demo."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.embedded.redis_server import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 300.0  # on a machine that runs other tests as well
NOT_INHERITED = (
    "DATABASE_URL",
    "REDIS_URL",
    "REDIS_PREFIX",
    "SECRET_KEY",
    "EMBEDDED",
    "LOG_LEVEL",
    "MAKELEVEL",
)


class Running:
    """A child that runs Touchstone; its lines are collected as they come."""

    def __init__(self, data: Path, **variables: str) -> None:
        clean = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=ROOT,
            env=clean | {"DATA_DIR": str(data), "DEMO": "0", "PORT": str(free_port())} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until a line fits; a child that ends before is a failure."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if found := re.search(pattern, self.output):
                return found
            if self.process.poll() is not None:
                self._reader.join(5)
                if found := re.search(pattern, self.output):
                    return found
                break
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} did not come:\n{self.output}")

    @property
    def url(self) -> str:
        return self.wait_for(r"ready at (http://\S+) ")[1]

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@pytest.fixture
def data() -> Iterator[Path]:
    """A DATA_DIR that the servers' user reaches, too; pytest's own folders are closed to everybody else."""
    folder = Path(tempfile.mkdtemp(prefix="touchstone-run-"))
    folder.chmod(0o711)
    yield folder / "data"
    shutil.rmtree(folder)


@contextmanager
def running(data: Path, **variables: str) -> Iterator[Running]:
    """Run Touchstone for the body; whatever happens there, nothing is left running."""
    child = Running(data, **variables)
    try:
        yield child
    finally:
        if child.process.poll() is None:
            child.end(signal.SIGTERM)


def manage(data: Path, code: str) -> str:
    """Run Python inside Django's shell beside a running Touchstone, as an operator would."""
    clean = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", code],
        cwd=ROOT,
        env=clean | {"DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def get(url: str, *, seconds: float = 20) -> bytes:
    """Return a page."""
    with urllib.request.urlopen(url, timeout=seconds) as answer:
        return bytes(answer.read())
