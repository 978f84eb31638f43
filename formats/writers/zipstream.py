"""A ZIP archive as a stream: no seeking, and memory that does not grow with the number of members.

zipfile keeps an object for every member until the end, which for a million label files is half a gigabyte;
here the
directory waits in a temporary file. Members are packed one at a time, in memory (PKWARE APPNOTE 6.3.9).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from formats.writers.base import replay, spool

_LIMIT_32 = 0xFFFFFFFF
_LIMIT_16 = 0xFFFF
_UTF8_NAME = 0x0800
_VERSION = 45
_UNIX_FILE = (3 << 8) | _VERSION
_WORTH_PACKING = 512
_MODE = 0o100644 << 16


class ZipStream:
    """Yields the archive's bytes as members are added; `finish` gives the directory."""

    def __init__(self, moment: datetime) -> None:
        self._stamp = _dos_time(moment)
        self._directory = spool()
        self._directory_size = 0
        self._count = 0
        self._offset = 0

    def add(self, name: str, content: bytes, *, pack: bool = True) -> bytes:
        """One whole member. Small ones are stored: setting up a packer costs more than it saves."""
        pack = pack and len(content) >= _WORTH_PACKING
        packer = zlib.compressobj(6, zlib.DEFLATED, -15) if pack else None
        packed = packer.compress(content) + packer.flush() if packer else content
        return self._member(name, zlib.crc32(content), len(content), packed, 8 if pack else 0)

    def add_pieces(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """One member of unknown length, packed through a temporary file."""
        packer, crc, size, packed_size = zlib.compressobj(6, zlib.DEFLATED, -15), 0, 0, 0
        with spool() as waiting:
            for piece in pieces:
                crc, size = zlib.crc32(piece, crc), size + len(piece)
                packed_size += waiting.write(packer.compress(piece))
            packed_size += waiting.write(packer.flush())
            yield self._header(name, crc, size, packed_size, 8)
            yield from replay(waiting)

    def finish(self) -> Iterator[bytes]:
        """The directory and the end record. Nothing may be added afterwards."""
        with self._directory:
            yield from replay(self._directory)
        end = self._offset + self._directory_size
        count, size, offset = self._count, self._directory_size, self._offset
        if count >= _LIMIT_16 or size >= _LIMIT_32 or offset >= _LIMIT_32:
            yield struct.pack(
                "<4sQHHLLQQQQ", b"PK\x06\x06", 44, _UNIX_FILE, _VERSION, 0, 0, count, count, size, offset
            )
            yield struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
        few, small, near = min(count, _LIMIT_16), min(size, _LIMIT_32), min(offset, _LIMIT_32)
        yield struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, few, few, small, near, 0)

    def _member(self, name: str, crc: int, size: int, packed: bytes, method: int) -> bytes:
        return self._header(name, crc, size, len(packed), method) + packed

    def _header(self, name: str, crc: int, size: int, packed_size: int, method: int) -> bytes:
        raw = name.encode()
        common = struct.pack(
            "<HHHHLLL",
            _UTF8_NAME,
            method,
            *self._stamp,
            crc,
            min(packed_size, _LIMIT_32),
            min(size, _LIMIT_32),
        )
        wide = packed_size >= _LIMIT_32 or size >= _LIMIT_32
        extra = struct.pack("<HHQQ", 1, 16, size, packed_size) if wide else b""
        self._enter(raw, common, extra, wide=wide, sizes=(size, packed_size))
        local = (
            struct.pack("<4sH", b"PK\x03\x04", _VERSION) + common + struct.pack("<HH", len(raw), len(extra))
        )
        self._offset += len(local) + len(raw) + len(extra) + packed_size
        return local + raw + extra

    def _enter(self, raw: bytes, common: bytes, extra: bytes, *, wide: bool, sizes: tuple[int, int]) -> None:
        """Append the directory entry of the member that starts at the present offset."""
        far = self._offset >= _LIMIT_32
        if far:
            values = (*sizes, self._offset) if wide else (self._offset,)
            extra = struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values)
        entry = (
            struct.pack("<4sHH", b"PK\x01\x02", _UNIX_FILE, _VERSION)
            + common
            + struct.pack("<HHHHHLL", len(raw), len(extra), 0, 0, 0, _MODE, min(self._offset, _LIMIT_32))
            + raw
            + extra
        )
        self._directory.write(entry)
        self._directory_size += len(entry)
        self._count += 1


def _dos_time(moment: datetime) -> tuple[int, int]:
    """(time, date) as MS-DOS wrote them: two-second steps from 1980 on."""
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    date = max(0, moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return time, date
