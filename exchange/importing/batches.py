"""Rows in batches of a bounded size, and how many there will be."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from formats.incoming import Imported, Refused

MOST_ROWS = 5_000
MOST_FILES = 20  # an image takes a tenth of a second: progress and cancel shall be prompt
MOST_CHARS = 8_000_000
CHUNK = 1024 * 1024


@dataclass
class Batch:
    """Consecutive rows of a file, the good and the bad."""

    items: list[Imported] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    files: int = 0
    chars: int = 0

    @property
    def size(self) -> int:
        """How many rows of the reader these are."""
        return len(self.items) + len(self.refused)

    @property
    def is_full(self) -> bool:
        """Whether it is time to store them."""
        return self.size >= MOST_ROWS or self.files >= MOST_FILES or self.chars >= MOST_CHARS

    def add(self, row: Imported | Refused) -> None:
        """Take one more."""
        if isinstance(row, Refused):
            self.refused.append(row)
            return
        self.items.append(row)
        self.files += len(row.files)
        self.chars += sum(len(value) for value in row.data.values() if isinstance(value, str))


def batches(rows: Iterator[Imported | Refused]) -> Iterator[Batch]:
    """Rows in file order, in batches."""
    batch = Batch()
    for row in rows:
        batch.add(row)
        if batch.is_full:
            yield batch
            batch = Batch()
    if batch.size:
        yield batch


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
