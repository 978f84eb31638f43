"""Long work lets people pass: its processes are nice, and so are those of a local database behind them."""

import os
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created


def step_back(nice: int) -> None:
    """Make this process and its children nice; with them the database's processes that work for them.

    The kernel gives a nice process what others leave, of the disk too. Without the second half it would be
    the database that takes the time: most of what an import or a full run costs is spent there.
    """
    if nice > 0:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
        connection_created.connect(_step_back_there, dispatch_uid="config.patience")


def _step_back_there(connection: Any, **_: Any) -> None:
    """Over a local socket, and only if we may: nobody's work depends on it."""
    if not str(connection.settings_dict["HOST"]).startswith("/"):
        return
    pid = connection.connection.info.backend_pid
    try:
        if Path(f"/proc/{pid}/comm").read_text().strip() == "postgres":
            os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0))
    except OSError:
        return
