"""A PostgreSQL of its own for each product: Debian's, as Label Studio needs an extension that ours lacks.

Settings are those of our embedded one (config/embedded/postgres.py), for both products.
"""

import signal
import subprocess
from pathlib import Path

from config.embedded.home import Home, open_home
from config.embedded.postgres import SUPERUSER, Postgres, StartFailed
from config.embedded.process import spawn, stop

PLACE = Path("/usr/lib/postgresql")


class Cluster(Postgres):
    """An embedded cluster with the programs of the machine instead of those of the wheel."""

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self._owner = home.owner
        self._log_file = home.logs / "postgres.log"

    def _binaries(self) -> Path:
        found = sorted(PLACE.glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
        if not found:
            raise StartFailed("Comparing with peers needs Debian's PostgreSQL: apt install postgresql")
        return found[-1].parent

    def _initdb(self, binaries: Path, target: Path, password: Path) -> None:
        command = [binaries / "initdb", f"--pgdata={target}", f"--username={SUPERUSER}"]
        options = [f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        process = spawn([*command, *options], log=self._log_file, owner=self._owner, env=self._environment())
        if process.wait() != 0:
            raise StartFailed(f"initdb failed; its log: {self._log_file}")


class Database:
    """One cluster, started and stopped."""

    def __init__(self, folder: Path) -> None:
        self._cluster = Cluster(open_home(folder))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return self._cluster.url

    def start(self) -> None:
        """Make the cluster and start it; raises StartFailed."""
        self._process = self._cluster.start()

    def stop(self) -> None:
        """End it in order."""
        if self._process:
            stop(self._process, signal.SIGINT, seconds=20)
