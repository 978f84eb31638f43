"""The pair of servers, as a context for programs and as two addresses for settings."""

import signal
import subprocess
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from config.embedded.home import Home, open_home
from config.embedded.postgres import Postgres
from config.embedded.process import stop
from config.embedded.redis_server import Redis

STOP_SECONDS = 20.0
BOTH = frozenset({"postgres", "redis"})


class Server(Protocol):
    """What Postgres and Redis have in common here."""

    variable: str
    stop_signal: signal.Signals

    @property
    def url(self) -> str:
        """The address, once started."""
        ...

    def start(self, *, with_us: bool = True) -> subprocess.Popen[bytes]:
        """Start it and return its process once it answers."""
        ...


class Services:
    """Starts the servers on entering, stops them in order on leaving."""

    def __init__(
        self,
        data: Path,
        *,
        forgetful: bool = False,
        makes_databases: bool = False,
        with_us: bool = True,
        only: Collection[str] = BOTH,
    ) -> None:
        self.home: Home = open_home(data.resolve())
        self._with_us = with_us
        self._servers: dict[str, Server] = {}
        if "redis" in only:
            self._servers["redis"] = Redis(self.home)
        if "postgres" in only:
            self._servers["postgres"] = Postgres(
                self.home, forgetful=forgetful, makes_databases=makes_databases
            )
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start them; after this the addresses are valid."""
        try:
            for name, server in self._servers.items():
                self._running[name] = server.start(with_us=self._with_us)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what runs, the last started first."""
        while self._running:
            name, process = self._running.popitem()
            stop(process, self._servers[name].stop_signal, seconds=STOP_SECONDS)

    @property
    def processes(self) -> dict[str, subprocess.Popen[bytes]]:
        """The running servers by name."""
        return dict(self._running)

    @property
    def postgres_url(self) -> str:
        """The address of the embedded database; raises KeyError if it is not embedded."""
        return self._servers["postgres"].url

    def environment(self) -> dict[str, str]:
        """Return the variables by which the rest of the program finds these servers."""
        return {server.variable: server.url for server in self._servers.values()}
