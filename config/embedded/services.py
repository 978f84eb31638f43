"""The pair of servers, as a context for programs and as two addresses for settings."""

import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from config.embedded import postgres, redis_server
from config.embedded.home import Home, open_home
from config.embedded.postgres import Postgres
from config.embedded.process import stop
from config.embedded.redis_server import Redis

STOP_SECONDS = 20.0


class Services:
    """Starts both servers on entering, stops them in order on leaving."""

    def __init__(self, data: Path, *, forgetful: bool = False, with_us: bool = True) -> None:
        self.home: Home = open_home(data.resolve())
        self.postgres = Postgres(self.home, forgetful=forgetful)
        self.redis = Redis(self.home)
        self._with_us = with_us
        self._running: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start both; after this the addresses are valid."""
        try:
            self._running.append((self.redis.start(with_us=self._with_us), redis_server.STOP_SIGNAL))
            self._running.append((self.postgres.start(with_us=self._with_us), postgres.STOP_SIGNAL))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what runs, the last started first."""
        while self._running:
            process, end_signal = self._running.pop()
            stop(process, end_signal, seconds=STOP_SECONDS)

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        """The running servers."""
        return [process for process, _ in self._running]

    def environment(self) -> dict[str, str]:
        """Return the two variables by which the rest of the program finds the servers."""
        return {"DATABASE_URL": self.postgres.url(), "REDIS_URL": self.redis.url}
