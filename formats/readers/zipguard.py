"""Open a ZIP archive that somebody else made, and trust nothing that it says about itself.

Counts and sizes are checked before the directory is loaded, names before they are used, bytes while they
are read.
Nothing is ever written to disk under a name from the archive.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from formats.incoming import MemberProblem
from formats.limits import Limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ARCHIVE_ENDINGS = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".jar")
_DRIVE = re.compile(r"[A-Za-z]:")
_EOCD, _ZIP64_EOCD, _ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,  # seeking before the start of the file, where a broken directory points
    RuntimeError,
    NotImplementedError,
    ValueError,
    struct.error,
)


class ArchiveProblem(ValueError):
    """The archive as a whole cannot be read."""


@dataclass
class Budget:
    """Bytes unpacked so far, over all members of one archive."""

    limits: Limits
    spent: int = field(default=0)

    def spend(self, count: int) -> None:
        """Count unpacked bytes. Raises MemberProblem beyond the limit for the archive."""
        self.spent += count
        if self.spent > self.limits.archive_bytes:
            raise MemberProblem(f"the archive unpacks to more than {self.limits.archive_bytes:,} bytes")


def open_archive(path: Path, limits: Limits) -> zipfile.ZipFile:
    """The archive, after its number of members was checked. Raises ArchiveProblem."""
    path.stat()  # a file that is not there is our own fault, and no broken archive
    try:
        with path.open("rb") as stream:
            count = _count_members(stream, limits.member_count)
        if count > limits.member_count:
            raise ArchiveProblem(f"holds more than {limits.member_count:,} files")
        return zipfile.ZipFile(path)
    except _BROKEN as error:
        if isinstance(error, ArchiveProblem):
            raise
        raise ArchiveProblem("is not a ZIP archive, or its directory is broken") from None


def refuse_member(info: zipfile.ZipInfo, limits: Limits) -> str | None:
    """Why a member may not be opened, from its name and directory entry; None when nothing speaks against
    it."""
    return _name_problem(info.orig_filename, limits) or _entry_problem(info, limits)


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, max_bytes: int) -> BinaryIO:
    """A stream over one member that counts what comes out of it. Raises MemberProblem, also while reading."""
    try:
        return io.BufferedReader(_Counted(archive.open(info), info, budget, max_bytes))
    except _BROKEN as error:
        raise MemberProblem(_words(error)) from None


class _Counted(io.RawIOBase):
    """Bytes of a member, counted against its own limit, its packed size and the archive's budget."""

    def __init__(self, raw: IO[bytes], info: zipfile.ZipInfo, budget: Budget, most: int) -> None:
        super().__init__()
        self._raw, self._info, self._budget, self._most = raw, info, budget, most
        self._count = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read, count, refuse."""
        view = memoryview(buffer).cast("B")
        try:
            data = self._raw.read(len(view))
        except _BROKEN as error:
            raise MemberProblem(_words(error)) from None
        self._count += len(data)
        if self._count > self._most:
            raise MemberProblem(f"unpacks to more than {self._most:,} bytes")
        limits = self._budget.limits
        if self._count > limits.ratio_floor and self._count > limits.ratio * max(1, self._info.compress_size):
            raise MemberProblem(f"unpacks to more than {limits.ratio} times its packed size")
        self._budget.spend(len(data))
        view[: len(data)] = data
        return len(data)


def _name_problem(name: str, limits: Limits) -> str | None:
    parts = name.rstrip("/").split("/")
    if "\0" in name or any(ord(char) < 32 or ord(char) == 127 for char in name):
        return "the name contains a control character"
    if len(name) > limits.name_chars or any(len(part.encode()) > 255 for part in parts):
        return f"the name is too long ({len(name):,} characters)"
    if "\\" in name:
        return "the name contains a backslash"
    if name.startswith("/") or _DRIVE.match(name):
        return "the name is an absolute path"
    if ".." in parts or "." in parts or "" in parts:
        return "the name leads elsewhere (.., . or an empty part)"
    return None


def _entry_problem(info: zipfile.ZipInfo, limits: Limits) -> str | None:
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if info.flag_bits & 0x1:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed by a method other than deflate"
    if info.filename.lower().endswith(ARCHIVE_ENDINGS):
        return "is an archive inside the archive"
    if info.file_size > limits.ratio_floor and info.file_size > limits.ratio * max(1, info.compress_size):
        return f"unpacks to more than {limits.ratio} times its packed size"
    return None


def _words(error: Exception) -> str:
    if "CRC" in str(error):
        return "is damaged: its checksum does not match"
    if "password" in str(error):
        return "is encrypted"
    return "is damaged and cannot be unpacked"


def _count_members(stream: BinaryIO, most: int) -> int:
    """Walk the directory record by record, up to one more than `most`. Never trusts the count it states."""
    size, offset = _directory(stream)
    stream.seek(offset)
    count, done = 0, 0
    while done < size and count <= most:
        header = stream.read(46)
        if len(header) < 46 or header[:4] != b"PK\x01\x02":
            raise ArchiveProblem("its directory is broken")
        skip = sum(struct.unpack("<HHH", header[28:34]))
        stream.seek(skip, io.SEEK_CUR)
        done += 46 + skip
        count += 1
    return count


def _directory(stream: BinaryIO) -> tuple[int, int]:
    """(size, offset) of the central directory; the offset is taken from its end, as zipfile does."""
    total = stream.seek(0, io.SEEK_END)
    start = max(0, total - 65_557)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(_EOCD)
    if at < 0 or len(tail) - at < 22:
        raise ArchiveProblem("is not a ZIP archive, or is cut off")
    size = int(struct.unpack("<L", tail[at + 12 : at + 16])[0])
    end = start + at
    if at >= 20 and tail[at - 20 : at - 16] == _ZIP64_LOCATOR and end >= 76:
        stream.seek(end - 76)
        record = stream.read(56)
        if record[:4] == _ZIP64_EOCD:
            size, end = int(struct.unpack("<Q", record[40:48])[0]), end - 76
    if size > end:
        raise ArchiveProblem("its directory is broken")
    return size, end - size
