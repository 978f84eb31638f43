"""Lines of a file with a bound on their length: one endless line costs its refusal, not our memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line with its terminator. `offset`: its first byte, counted in the UTF-8 text after any BOM.

    `content` is None when the line was longer than allowed; it was read past and forgotten.
    """

    number: int
    offset: int
    content: bytes | None


def bounded_lines(pieces: Iterable[bytes], limit: int, terminator: bytes = b"\n") -> Iterator[Line]:
    """Split at `terminator`; lines longer than `limit` bytes come without content."""
    number, offset, kept, length = 1, 0, bytearray(), 0
    for piece in pieces:
        start = 0
        while True:
            end = piece.find(terminator, start)
            stop = len(piece) if end < 0 else end + 1
            length += stop - start
            if length <= limit:
                kept += piece[start:stop]
            else:
                kept.clear()
            if end < 0:
                break
            yield Line(number, offset, bytes(kept) if length <= limit else None)
            number, offset, length, start = number + 1, offset + length, 0, stop
            kept.clear()
    if length:
        yield Line(number, offset, bytes(kept) if length <= limit else None)
