"""A whole Touchstone for looking at: a scratch database with pages in every state, served by gunicorn.

``with running_stage() as stage`` starts it in a process of its own and ends it. `make screens` and the
tests that walk over all pages look at the same stage; several processes share one (`shared_stage`).
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Stage:
    """Where it is, how to be somebody (role → value of the session cookie), and the ids of what it shows."""

    url: str
    cookie: str
    sessions: dict[str, str]
    ids: dict[str, str]


@contextmanager
def running_stage() -> Iterator[Stage]:
    """Seed and serve in a child process; it ends when its input is closed."""
    with tempfile.TemporaryDirectory(prefix="touchstone-stage-") as folder:
        command = [sys.executable, "-m", "tests.browser.stage", folder]
        own = {"DATA_DIR": folder, "REDIS_PREFIX": f"test-{Path(folder).name}"}
        if "STATIC_DIR" not in os.environ:  # nobody has collected them
            own["STATIC_LIVE"] = "1"
        environment = {**os.environ, **own, "PYTHONUNBUFFERED": "1"}
        with (
            (Path(folder) / "stage.log").open("w+", encoding="utf-8") as log,
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            ) as child,
        ):
            assert child.stdin is not None
            assert child.stdout is not None
            line = child.stdout.readline()
            if not line:
                child.wait()
                raise RuntimeError(Path(log.name).read_text(encoding="utf-8")[-4000:])
            try:
                yield Stage(**json.loads(line))
            finally:
                child.stdin.close()
                child.wait(timeout=30)


@contextmanager
def shared_stage(folder: Path) -> Iterator[Stage]:
    """The stage of all processes that look at it at the same time; filling one takes twenty seconds.

    ``folder`` is theirs in common. Who comes first starts it, and waits at the end until nobody looks.
    """
    told = folder / "stage.json"
    with ExitStack() as running:
        with (folder / "stage.lock").open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            if is_ours := not told.exists():
                stage = running.enter_context(running_stage())
                told.write_text(json.dumps(asdict(stage)), encoding="utf-8")
            else:
                stage = Stage(**json.loads(told.read_text(encoding="utf-8")))
            looking = running.enter_context((folder / "stage.looking").open("w"))
            fcntl.flock(looking, fcntl.LOCK_SH)
        yield stage
        if is_ours:
            with (folder / "stage.lock").open("w") as door:
                fcntl.flock(door, fcntl.LOCK_EX)
                told.unlink()  # who comes now starts another
            fcntl.flock(looking, fcntl.LOCK_EX)


def main(folder: str) -> None:
    """Make the database, fill it, serve it, tell the parent, and wait until it has seen enough."""
    import django

    django.setup()
    from django.conf import settings

    from tests import databases

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # seconds, not safety
    name = databases.create(f"stage_{os.getpid()}")
    try:
        from tests.browser.seeds import seed

        sessions, ids = seed()
        with _web(Path(folder), name) as url:
            stage = Stage(url, settings.SESSION_COOKIE_NAME, sessions, ids)
            sys.stdout.write(json.dumps(asdict(stage)) + "\n")
            sys.stdout.flush()
            sys.stdin.read()
    finally:
        databases.drop(name)


@contextmanager
def _web(folder: Path, database: str) -> Iterator[str]:
    from django.conf import settings

    from tests.processes import serving

    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    own = {"DATABASE_URL": address, "REDIS_PREFIX": settings.REDIS_PREFIX}
    with serving(folder, {**os.environ, **own}) as web:
        yield web.url


if __name__ == "__main__":
    main(sys.argv[1])
