"""PostgreSQL on two hosts: a primary that sends its log to a replica. Killed and started again by tests."""

import contextlib
import os
import shutil
import signal
import subprocess
import time

import psycopg2

from config.embedded.home import Home, own_folder
from config.embedded.postgres import FORGETFUL, ROLE, SETTINGS, Postgres
from tests.cluster.network import Host, port

PASSWORD = "of-the-cluster"
SECONDS = 60.0
# What was committed survives the end of the process (not of the machine's power, which no test cuts).
OWN = {
    "synchronous_commit": "on",
    "hot_standby_feedback": "on",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
}
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "PGPASSWORD": PASSWORD}


class Server:
    """One PostgreSQL with a folder and an address of its own."""

    def __init__(self, host: Host, home: Home) -> None:
        self.host, self.port = host, port()
        self._home = home
        self._programs = Postgres(home)._binaries()
        self._data = home.servers / host.name
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, user: str = ROLE, database: str = "touchstone") -> str:
        return f"postgresql://{user}:{PASSWORD}@{self.host.address}:{self.port}/{database}"

    def make(self) -> None:
        """A new primary with an empty database of the application's role."""
        secret = self._home.servers / "password"
        secret.write_text(PASSWORD)
        os.chown(secret, self._home.owner.uid, self._home.owner.gid)
        flags = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--no-sync"]
        names = [f"--pgdata={self._data}", f"--pwfile={secret}", "--username=postgres"]
        self._run("initdb", *names, *flags, "--builtin-locale=C.UTF-8", "--locale=C")
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all all scram-sha-256\nhost replication all all scram-sha-256\n")
        self.start()
        for line in (
            f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'",
            f"CREATE DATABASE touchstone OWNER {ROLE}",
        ):
            self.ask(line)

    def follow(self, primary: "Server") -> None:
        """Become a replica of this primary, and start."""
        source = ["--dbname", primary.url("postgres", "postgres"), "--pgdata", str(self._data)]
        self._run("pg_basebackup", *source, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        self.start()

    def fill_from(self, url: str) -> None:
        """Copy a database, tables and rows, into the empty one."""
        dump = subprocess.Popen(
            [self._programs / "pg_dump", "--no-owner", "--dbname", url],
            stdout=subprocess.PIPE,
            env=ENVIRONMENT,
        )
        command = [self._programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "--dbname", self.url()]
        subprocess.run(command, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True, env=ENVIRONMENT)
        assert dump.wait() == 0

    def start(self) -> None:
        """Start it and wait until it answers."""
        own_folder(self._home.sockets, self._home.owner)
        settings = (
            SETTINGS | FORGETFUL | OWN | {"listen_addresses": self.host.address, "port": str(self.port)}
        )
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [self._programs / "postgres", "-D", self._data, "--unix_socket_directories=", *options]
        self._process = self.host.start(
            "postgres", command, ENVIRONMENT, owner=self._home.owner, end_signal=signal.SIGQUIT
        )
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(psycopg2.OperationalError):
                self.ask("SELECT 1")
                return
            time.sleep(0.05)
        raise AssertionError(f"{self.host.name}:\n{self.host.log('postgres').read_text()[-3000:]}")

    def ask(self, statement: str, database: str = "postgres") -> list[tuple]:  # type: ignore[type-arg]
        """Run a statement as superuser."""
        link = psycopg2.connect(self.url("postgres", database), connect_timeout=5)
        link.autocommit = True
        with contextlib.closing(link), link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def stop_at_once(self) -> None:
        """What a crash leaves: no checkpoint, nobody was told."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(SECONDS)

    def forget(self) -> None:
        """Remove the data."""
        shutil.rmtree(self._data, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        path = self._programs / program
        process = self.host.start(program, [path, *arguments], ENVIRONMENT, owner=self._home.owner)
        assert process.wait() == 0, self.host.log(program).read_text()[-3000:]
