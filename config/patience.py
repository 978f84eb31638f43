"""Long work lets people pass: its processes are nice, and so are those of a local database behind them."""

import os
import time
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

TRIES, PAUSE = 5, 0.11  # Linux takes one change of a session in a tenth of a second


def step_back(nice: int) -> None:
    """Make this process and its children nice; with them the database's processes that work for them.

    The kernel gives a nice process what others leave, of the disk too. Without the second half it would be
    the database that takes the time: most of what an import or a full run costs is spent there.
    """
    if nice > 0:
        _make_nice(os.getpid(), nice)
        connection_created.connect(_step_back_there, dispatch_uid="config.patience")


def _step_back_there(connection: Any, **_: Any) -> None:
    """Over a local socket, and only if we may: nobody's work depends on it."""
    if not str(connection.settings_dict["HOST"]).startswith("/"):
        return
    pid = connection.connection.info.backend_pid
    try:
        if Path(f"/proc/{pid}/comm").read_text().strip() == "postgres":
            _make_nice(pid, os.getpriority(os.PRIO_PROCESS, 0))
    except OSError:
        return


def _make_nice(pid: int, nice: int) -> None:
    """Against other processes of its session, and, where it leads one, against other sessions.

    Linux on most desktops and small servers first divides the processor between sessions (``autogroup``),
    then among the processes of each: there a nice process takes as much from other sessions as any. Our
    workers have sessions of their own, so has each process of the database.
    """
    os.setpriority(os.PRIO_PROCESS, pid, nice)
    session = Path(f"/proc/{pid}/autogroup")
    if not session.exists() or os.getsid(pid) != pid:
        return
    for _ in range(TRIES):
        try:
            session.write_text(str(nice))
        except BlockingIOError:
            time.sleep(PAUSE)
        except OSError:
            return
        else:
            return
