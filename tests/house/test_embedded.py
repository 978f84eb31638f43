"""The embedded servers: reachable, private, and never run by root."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from config.embedded import home as homes
from config.embedded import postgres
from config.embedded.home import open_home
from config.embedded.process import end_leftover, spawn, started_at
from config.embedded.services import Services


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="touchstone-embedded-"))
        stack.callback(shutil.rmtree, folder)
        folder.chmod(0o711)
        yield stack.enter_context(Services(folder / "data", forgetful=True))


def ask(url: str, question: str) -> tuple[object, ...]:
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
        assert row is not None
        return tuple(row)


def test_it_works(services: Services) -> None:
    found = services.environment()
    assert set(found) == {"DATABASE_URL", "REDIS_URL"}
    version = ask(found["DATABASE_URL"], "SHOW server_version_num")[0]
    assert int(str(version)) >= 180000
    assert redis.Redis.from_url(found["REDIS_URL"]).ping()


def test_the_application_is_no_superuser(services: Services) -> None:
    rights = "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    assert ask(services.postgres_url, rights) == (False, False, False)


def test_no_server_runs_as_root(services: Services) -> None:
    for process in services.processes.values():
        assert Path(f"/proc/{process.pid}").stat().st_uid != 0


def test_postgres_listens_on_no_port_and_its_socket_is_private(services: Services) -> None:
    assert ask(services.postgres_url, "SHOW listen_addresses") == ("",)
    assert services.home.sockets.stat().st_mode & 0o077 == 0
    assert services.home.servers.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("user", ["postgres", "touchstone"])
def test_nobody_gets_in_without_the_password(services: Services, user: str) -> None:
    for password in ("", "wrong"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(host=str(services.home.sockets), user=user, password=password, dbname="postgres")


def test_redis_wants_its_password(services: Services) -> None:
    port = redis.Redis.from_url(services.environment()["REDIS_URL"]).connection_pool.connection_kwargs["port"]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port).ping()


def test_secrets_are_for_us_alone(services: Services) -> None:
    files = list((services.home.data / "secrets").iterdir())
    assert len(files) >= 3
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


def test_where_only_root_may_enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started by root in a closed checkout, data and programs move to where the servers' user can go.

    For anybody else everything stays in DATA_DIR: they are the servers' user.
    """
    elsewhere = Path(tempfile.mkdtemp(prefix="touchstone-elsewhere-"))
    elsewhere.chmod(0o711)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = postgres.installation().parent
    shutil.copytree(package, closed / package.name, symlinks=True, ignore=shutil.ignore_patterns("pginstall"))
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, closed / libraries.name, symlinks=True)
    monkeypatch.setattr(homes, "ROOT_HOME", elsewhere)
    monkeypatch.setattr(postgres, "installation", lambda: closed / package.name / "pginstall18")
    try:
        with Services(closed / "data", forgetful=True, only={"postgres"}) as found:
            moved = found.home.servers.is_relative_to(elsewhere)
            assert moved == (os.geteuid() == 0)
            assert ask(found.postgres_url, "SELECT 1") == (1,)
    finally:
        shutil.rmtree(elsewhere)


def test_a_prepared_socket_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data/servers").symlink_to(trap)
    monkeypatch.setattr(homes, "may_enter", lambda *_: True)
    with pytest.raises(RuntimeError, match="belongs to somebody else"):
        open_home(tmp_path / "data")


def test_a_leftover_is_ended_and_a_stranger_with_its_number_is_not(tmp_path: Path) -> None:
    child = spawn(["sleep", "600"], log=tmp_path / "log")
    mark = started_at(child.pid)
    end_leftover(child.pid, "another time")
    assert child.poll() is None
    subprocess.Popen(["sh", "-c", "true"]).wait()
    end_leftover(child.pid, mark, seconds=0.2)
    assert child.wait(10) != 0
