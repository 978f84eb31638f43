"""Which encoding a text file is in, and its bytes as UTF-8 pieces with bounded memory.

UTF-8 (with or without BOM) and UTF-16 with BOM are found out; Latin-1 and Windows-1252 must be chosen,
since any
bytes at all are valid Latin-1 and a wrong guess would silently spoil every accent.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from formats.incoming import FormatError

PIECE = 256 * 1024
ENCODINGS = ("utf-8", "utf-16", "latin-1", "windows-1252")
_CODECS = {"utf-8": "utf-8", "utf-16": "utf-16", "latin-1": "latin-1", "windows-1252": "cp1252"}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class EncodingProblem(ValueError):
    """The bytes are not in the encoding. `offset` counts bytes from the start of the file."""

    def __init__(self, encoding: str, offset: int) -> None:
        super().__init__(
            f"byte {offset:,} is not valid {encoding.upper()}; choose the encoding the file was saved in"
        )
        self.offset = offset


def detect(head: bytes, chosen: str | None = None) -> str:
    """The encoding to use: the chosen one, else what the byte order mark says, else UTF-8."""
    if chosen is not None:
        if chosen.lower() not in _CODECS:
            raise FormatError(f"unknown encoding {chosen!r}; known: {', '.join(ENCODINGS)}")
        return chosen.lower()
    return next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")


def decode(content: bytes, chosen: str | None = None) -> str:
    """A whole text without its BOM. Raises EncodingProblem."""
    name = detect(content[:4], chosen)
    try:
        return content.decode(_CODECS[name]).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise EncodingProblem(name, error.start) from None


def head_of(path: Path, size: int = PIECE) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(size)


def utf8_pieces(path: Path, encoding: str | None) -> Iterator[bytes]:
    """The file as UTF-8, piece by piece, without BOM. UTF-8 itself is passed on unchecked (rows are checked
    one by one, so that a bad byte costs one row); every other encoding raises EncodingProblem at the bad
    byte."""
    with path.open("rb") as stream:
        head = stream.read(4)
        stream.seek(0)
        name = detect(head, encoding)
        if name == "utf-8":
            yield from _plain(stream)
        else:
            yield from _transcoded(stream, name)


def _plain(stream: BinaryIO) -> Iterator[bytes]:
    piece = stream.read(PIECE).removeprefix(codecs.BOM_UTF8)
    while piece:
        yield piece
        piece = stream.read(PIECE)


def _transcoded(stream: BinaryIO, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(_CODECS[name])()
    offset = 0
    while True:
        piece = stream.read(PIECE)
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(piece, final=not piece)
            out = text.encode()
        except UnicodeDecodeError as error:
            raise EncodingProblem(name, offset - pending + error.start) from None
        except UnicodeEncodeError:
            raise EncodingProblem(name, offset) from None
        offset += len(piece)
        if out:
            yield out.removeprefix(codecs.BOM_UTF8) if offset == len(piece) else out
        if not piece:
            return
