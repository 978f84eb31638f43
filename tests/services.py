"""The servers of a test run, known by environment variables before Django reads its settings.

One pair serves all workers of a run. `tools/test_services.py start` keeps a pair running between runs.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

SHARED = "TOUCHSTONE_TEST_SERVICES"
NOTHING = {"DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere", "REDIS_URL": "redis://127.0.0.1:1/0"}


def prepare(*, forgetful: bool = True) -> None:
    """Set the environment of this run; start servers unless somebody else did (or said "none").

    Forgetful servers are fast and lose what they were told when the machine stops: not for measuring.
    """
    if "TOUCHSTONE_TEST_RUN" in os.environ:
        return  # a worker of xdist: the controller has prepared everything
    folder = Path(tempfile.mkdtemp(prefix="touchstone-tests-"))
    folder.chmod(0o711)  # the servers' user (when we are root) passes through
    atexit.register(_leave, folder, os.getpid())
    shared = os.environ.get(SHARED, "")
    if shared == "none":
        servers = NOTHING
    elif shared:
        servers = {name: os.environ[name] for name in NOTHING}
    else:
        servers = _start(folder, forgetful)
    os.environ.update(servers)
    os.environ |= {
        "TOUCHSTONE_TEST_RUN": f"{os.getpid()}_{secrets.token_hex(2)}",
        "EMBEDDED": "1",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_DIR": str(folder / "data"),
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    os.environ["REDIS_PREFIX"] = f"test-{os.environ['TOUCHSTONE_TEST_RUN']}"


def separate() -> None:
    """Give a worker of xdist keys of its own in Redis: else workers take each other's tasks.

    pytest-django has read the settings by now, with what the controller left in the environment.
    """
    from django.conf import settings

    from config.celery import app

    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        prefix = f"test-{os.environ['TOUCHSTONE_TEST_RUN']}-{worker}"
        os.environ["REDIS_PREFIX"] = settings.REDIS_PREFIX = prefix
        settings.CACHES["default"]["KEY_PREFIX"] = prefix
        options = {**app.conf.broker_transport_options, "global_keyprefix": f"{prefix}:"}
        app.conf.broker_transport_options = options


def _start(folder: Path, forgetful: bool) -> dict[str, str]:
    from config.embedded.services import Services

    services = Services(folder / "servers", forgetful=forgetful, makes_databases=True)
    services.start()
    atexit.register(services.stop)
    return services.environment()


def _leave(folder: Path, pid: int) -> None:
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)
