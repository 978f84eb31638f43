"""Rows in batches of a bounded size, and how many there will be."""

import queue
import threading
import zipfile
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from formats.incoming import Imported, Refused

MOST_ROWS = 5_000
LEAST_ROWS = 500
PARTS = 8
MOST_FILES = 200
MOST_BYTES = (
    8_000_000  # of rows, and of files: a large image takes a tenth of a second, and cancel shall be prompt
)
CHUNK = 1024 * 1024
PATIENCE = 0.2


@dataclass
class Batch:
    """Consecutive rows of a file, the good and the bad."""

    items: list[Imported] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    most_rows: int = MOST_ROWS

    @property
    def size(self) -> int:
        """How many rows of the reader these are."""
        return len(self.items) + len(self.refused)

    @property
    def is_full(self) -> bool:
        """Whether it is time to store them."""
        return self.size >= self.most_rows or self.files >= MOST_FILES or self.bytes >= MOST_BYTES

    def add(self, row: Imported | Refused) -> None:
        """Take one more."""
        if isinstance(row, Refused):
            self.refused.append(row)
            return
        self.items.append(row)
        self.bytes += row.bytes
        if row.files:
            self.files += len(row.files)
            self.bytes += sum(file.size for file in row.files)


Line = queue.Queue[Batch | BaseException | None]


def rows_of_a_batch(total: int | None) -> int:
    """How many rows a batch may have: a small file gives several, so that both hands have work soon."""
    if total is None:
        return MOST_ROWS
    return min(MOST_ROWS, max(LEAST_ROWS, -(-total // PARTS)))


def batches(rows: Iterator[Imported | Refused], total: int | None = None) -> Generator[Batch, None, None]:
    """Rows in file order, in batches; ``total``: about how many there are.

    The first is half as large: so one hand makes its rows ready while the database works for the other.
    """
    most = rows_of_a_batch(total)
    batch = Batch(most_rows=min(most, max(LEAST_ROWS, most // 2)))
    for row in rows:
        batch.add(row)
        if batch.is_full:
            yield batch
            batch = Batch(most_rows=most)
    if batch.size:
        yield batch


def read_ahead(source: Iterator[Batch]) -> Generator[Batch, None, None]:
    """The same batches, read on a thread of its own while the one before is being stored.

    At most two are here, one being read and one waiting; the caller has the others. The source must not
    use the database. Close the iterator (or take it to its end) to end the thread.
    """
    line: Line = queue.Queue(maxsize=1)
    unwanted = threading.Event()
    reader = threading.Thread(target=_fill, args=(source, line, unwanted), name="import-reader", daemon=True)
    reader.start()
    try:
        while (one := line.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one
    finally:
        unwanted.set()
        reader.join()


def _fill(source: Iterator[Batch], line: Line, unwanted: threading.Event) -> None:
    """Put all batches into the line, then None; what goes wrong is put there too."""
    try:
        for batch in source:
            if not _put(batch, line, unwanted):
                return
        _put(None, line, unwanted)
    except BaseException as problem:
        _put(problem, line, unwanted)


def _put(one: Batch | BaseException | None, line: Line, unwanted: threading.Event) -> bool:
    """Wait for room in the line; whether there was any before nobody wanted it any more."""
    while not unwanted.is_set():
        with suppress(queue.Full):
            line.put(one, timeout=PATIENCE)
            return True
    return False


def count_rows(file: Path, format: str | None) -> int | None:
    """About how many rows a file has, quickly; None where that is not known before reading."""
    if format == "zip":
        try:
            with zipfile.ZipFile(file) as archive:
                return sum(not info.is_dir() for info in archive.infolist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return None
    if format == "json":
        return None
    with file.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(CHUNK), b""))
