"""Starting child processes that end with us, and ending those that a killed parent left behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Owner:
    """The system user who runs a server: ours, or an unprivileged one when we are root."""

    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        """Whether no change of user is needed."""
        return self.uid == os.geteuid()


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    end_signal: signal.Signals = signal.SIGTERM,
    owner: Owner | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    with_us: bool = True,
    shared: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program, its output to a log; with `with_us` it gets `end_signal` when we die, however we die.

    It gets a session of its own, so that Ctrl-C in the terminal reaches only us and we end things in order,
    and of our open files those that are ``shared``, under the same numbers.
    """
    change = (
        {} if owner is None or owner.is_us else {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    )
    with log.open("ab") as sink:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            pass_fds=shared,
            preexec_fn=end_with_parent(end_signal) if with_us else None,  # noqa: PLW1509  # one system call
            **change,  # type: ignore[call-overload]  # three keywords that only root needs
        )
    return process


def end_with_parent(end_signal: signal.Signals) -> Callable[[], None]:
    """Return what a child calls to be signalled (by Linux's kernel) when the thread that started it is gone.

    The library is loaded here, not in the child: between fork and exec as little as possible happens.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(end_signal))

    return ask


def stop(process: subprocess.Popen[bytes], end_signal: signal.Signals, *, seconds: float) -> None:
    """Signal a child and wait; kill its whole session if it does not end in time."""
    if process.poll() is None:
        process.send_signal(end_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def started_at(pid: int) -> str:
    """Return a mark that tells a process from a later one with the same number; empty if there is none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        except (OSError, IndexError):
            return ""
    done = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def end_leftover(pid: int, mark: str, *, seconds: float = 15.0) -> None:
    """End a process that an earlier run started (the mark must fit), and wait until it is gone."""
    if not mark or started_at(pid) != mark:
        return
    for end_signal in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, end_signal)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if started_at(pid) != mark:
                return
            time.sleep(0.05)
