"""One run for one DATA_DIR; the kernel lets go of the lock however we end."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path


class AlreadyRunning(Exception):
    """Another run holds this DATA_DIR."""


@contextlib.contextmanager
def hold(data: Path) -> Iterator[Path]:
    """Hold the folder's lock while the body runs; give the file in which to note process and address."""
    data.mkdir(parents=True, exist_ok=True)
    file = data / "run.lock"
    with file.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_describe(file, data)) from None
        handle.truncate(0)
        yield file


def _describe(file: Path, data: Path) -> str:
    lines = file.read_text().split()
    where = f" at {lines[1]} (process {lines[0]})" if len(lines) == 2 else ""
    return f"Touchstone already runs with the data in {data}{where}. Set DATA_DIR for a second copy."
