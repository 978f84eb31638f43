"""The parts of a running Touchstone, in the order in which they start."""

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from config.embedded import environment
from config.embedded.home import secret_of
from config.embedded.postgres import StartFailed
from config.embedded.process import end_leftover, spawn, started_at, stop
from config.embedded.services import Services
from config.run.console import say, say_accounts

DEFAULT_PORT = 8000
PORTS_TO_TRY, LAST_PORT = 50, 65_535
BACKLOG = 2048  # as gunicorn's own
READY_SECONDS = 240.0
STOP_SECONDS = 10.0
# Queue, processes, how far they step back for the others (0 to 19).
WORKERS = {"worker": ("fast", 2, 0), "long-worker": ("long", 2, 10)}


class System:
    """Database, Redis, web and workers of one DATA_DIR."""

    def __init__(self, data: Path, root: Path) -> None:
        self._data = data
        self._root = root
        self._logs = data / "logs"
        self._services: Services | None = None
        self._children: dict[str, tuple[subprocess.Popen[bytes], signal.Signals]] = {}
        self._environment: dict[str, str] = dict(os.environ)
        self.url = ""

    def start(self) -> None:
        """Start everything and return when a page can be had; raises StartFailed."""
        self._logs.mkdir(parents=True, exist_ok=True)
        end_leftovers(self._leftovers)
        ready = self._logs.parent / "worker-ready"
        ready.unlink(missing_ok=True)
        with listen(os.environ.get("HOST", "127.0.0.1"), wanted_port()) as place:
            port = place.getsockname()[1]
            self.url = f"http://localhost:{port}"
            self._start_servers(port)
            self._run("prepare", "-m", "config.run.prepare")
            self._start_web(place.fileno())
        self._start_workers(ready)
        self._note_children()
        self._wait_until_ready(ready)

    def stop(self) -> None:
        """End what runs, the last started first, the servers at the end."""
        for process, end_signal in self._children.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(end_signal)
        for process, end_signal in self._children.values():
            stop(process, end_signal, seconds=STOP_SECONDS)
        self._children.clear()
        if self._services is not None:
            self._services.stop()
        (self._data / environment.FILE_NAME).unlink(missing_ok=True)

    def wait(self) -> str:
        """Wait until a part ends by itself and return its name."""
        while True:
            for name, process in self._processes().items():
                if process.poll() is not None:
                    return name
            time.sleep(0.5)

    def load_demo(self) -> None:
        """Load the demo once, unless DEMO=0, and print who can sign in."""
        accounts = self._data / "demo-accounts.json"
        if os.environ.get("DEMO", "1") == "0":
            return
        if not accounts.is_file() and any(self._root.glob("*/management/commands/load_demo.py")):
            say("Loading the demo (once; the address works already) ...")
            self._run("demo", "manage.py", "load_demo")
        say_accounts(accounts)

    def log_of(self, name: str) -> Path:
        """Return the log file of a part."""
        return self._logs / f"{name}.log"

    @property
    def _leftovers(self) -> Path:
        return self._data / "processes.json"

    def _processes(self) -> dict[str, subprocess.Popen[bytes]]:
        servers = self._services.processes if self._services else {}
        return {**servers, **{name: process for name, (process, _) in self._children.items()}}

    def _start_servers(self, port: int) -> None:
        """Start the embedded servers that no variable replaces, and collect the children's environment."""
        own = {
            "EMBEDDED": "1",
            "DATA_DIR": str(self._data),
            "PORT": str(port),
            "BASE_URL": self.url,
            "LOG_JSON": os.environ.get("LOG_JSON", "0"),
        }
        self._services = Services(self._data, only=missing_servers())
        self._services.start()
        own |= self._services.environment()
        own.setdefault(
            "SECRET_KEY", os.environ.get("SECRET_KEY") or secret_of(self._services.home, "secret-key")
        )
        self._environment |= own
        environment.write(self._data, own)

    def _run(self, name: str, *arguments: str) -> None:
        """Run a Python program to its end; its output goes to the log, which a failure shows."""
        log = self.log_of(name)
        process = spawn([sys.executable, *arguments], log=log, env=self._environment, cwd=self._root)
        if process.wait() != 0:
            raise StartFailed(f"{' '.join(arguments)} failed:\n{log.read_text()[-3000:]}")

    def _start_web(self, place: int) -> None:
        """On a socket that listens already, which gets this number there too."""
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
        self._spawn("web", [*command, "--bind", f"fd://{place}"], signal.SIGTERM, shared=(place,))

    def _start_workers(self, ready: Path) -> None:
        """One for what somebody waits for, with the schedule; one for long work, which lets people pass."""
        options = ["--without-gossip", "--without-mingle"]
        for name, (queue, processes, nice) in WORKERS.items():
            command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--queues", queue]
            command += ["--hostname", f"{queue}@%h", "--concurrency", str(processes), *options]
            own = {"WORKER_NICE": str(nice)} if nice else {"WORKER_READY_FILE": str(ready)}
            self._spawn(name, command if nice else [*command, "--beat"], signal.SIGTERM, own)

    def _spawn(
        self,
        name: str,
        command: list[str],
        end_signal: signal.Signals,
        own: Mapping[str, str] | None = None,
        shared: tuple[int, ...] = (),
    ) -> None:
        process = spawn(
            command,
            log=self.log_of(name),
            end_signal=end_signal,
            env={**self._environment, **(own or {})},
            cwd=self._root,
            shared=shared,
        )
        self._children[name] = (process, end_signal)

    def _note_children(self) -> None:
        """Leave the numbers for the next start, in case we are killed and our children are not."""
        marks = [(process.pid, started_at(process.pid)) for process in self._processes().values()]
        self._leftovers.write_text(json.dumps(marks))

    def _wait_until_ready(self, ready: Path) -> None:
        until = time.monotonic() + READY_SECONDS
        while not (ready.exists() and answers(f"{self.url}/healthz")):
            for name, process in self._processes().items():
                if process.poll() is not None:
                    raise StartFailed(f"{name} did not start:\n{self.log_of(name).read_text()[-3000:]}")
            if time.monotonic() > until:
                raise StartFailed(f"Not ready after {READY_SECONDS:.0f} s; the logs are in {self._logs}")
            time.sleep(0.05)


def missing_servers() -> frozenset[str]:
    """Return which embedded servers are needed: those whose address nobody set."""
    variables = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
    return frozenset(name for name, variable in variables.items() if not os.environ.get(variable))


def end_leftovers(file: Path) -> None:
    """End children of an earlier run that was killed; most ended by themselves."""
    if file.is_file():
        for pid, mark in json.loads(file.read_text()):
            end_leftover(pid, mark)
        file.unlink()


def wanted_port() -> int:
    """Return PORT, or 8000; raises StartFailed if it is none."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) <= LAST_PORT:
        raise StartFailed(f"PORT must be a number from 1 to {LAST_PORT}, not {text!r}.")
    return int(text)


def listen(host: str, wanted: int, *, tries: int = PORTS_TO_TRY) -> socket.socket:
    """Listen on the wanted port or, saying so, on the next free one; raises StartFailed if there is none.

    From here on it is ours. Were it only looked at, another program could take it while the database is
    prepared: it would be asked whether we are ready, and the web would find the port taken. Who connects
    meanwhile waits for the web.
    """
    last = min(wanted + tries - 1, LAST_PORT)
    for port in range(wanted, last + 1):
        try:
            place = socket.create_server((host, port), backlog=BACKLOG)
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                continue
            raise StartFailed(f"Cannot listen on port {port} of {host}: {problem.strerror}") from None
        if port != wanted:
            say(f"Port {wanted} is taken; using {port}.")
        return place
    raise StartFailed(f"Ports {wanted} to {last} are all taken; set PORT.")


def answers(url: str) -> bool:
    """Return whether an address answers 200 at this moment."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
