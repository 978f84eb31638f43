"""Cut the items out of a JSON array of any length without loading it.

A small state machine over bytes: it knows strings, brackets and commas, nothing else. What lies between two
commas
is handed on as bytes and parsed by the strict parser, so that the grammar is written in one place only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_INTERESTING = re.compile(rb'["{}\[\],]')
_DEPTH_AT_ONCE = 5
_STRING_END = re.compile(rb'["\\]')
_STEP = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
_SPACE = b" \t\r\n"


def _nested(depth: int) -> bytes:
    """A pattern for a bracketed value of at most this depth. Possessive throughout, so that it is linear."""
    inner = rb"|" + _nested(depth - 1) if depth > 1 else b""
    return rb'[{\[](?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+"' + inner + rb")*+[}\]]"


_WHOLE_ITEM = re.compile(rb"[ \t\r\n]*+(" + _nested(_DEPTH_AT_ONCE) + rb")[ \t\r\n]*+([,\]])", re.DOTALL)


class StreamProblem(ValueError):
    """The document around the items is broken; nothing after it can be trusted."""


class ItemSplitter:
    """Feeds on pieces of UTF-8; gives the bytes of each item of the array, None for one that was too long."""

    def __init__(self, pieces: Iterable[bytes], limit: int) -> None:
        self._pieces = iter(pieces)
        self._limit = limit
        self._piece = b""
        self._at = 0

    def items(self, key: str = "items") -> Iterator[bytes | None]:
        """Items of a top-level array, or of the array under `key` of a top-level object with nothing else
        in it."""
        opening = self._next_solid()
        if opening == b"[":
            yield from self._array()
        elif opening == b"{":
            self._expect_key(key)
            yield from self._array()
            if self._next_solid() != b"}":
                raise StreamProblem(f'something other than "{key}" is in the outer object')
        else:
            raise StreamProblem("the file is empty" if not opening else "is neither an array nor an object")
        if self._next_solid():
            raise StreamProblem("something follows the end of the document")

    def _array(self) -> Iterator[bytes | None]:
        count = 0
        while True:
            item, end, length = self._item()
            blank = length <= self._limit and not item.strip(_SPACE)
            if blank and (end == b"," or count):
                raise StreamProblem("a comma without an item")
            if not blank:
                count += 1
                yield item if length <= self._limit else None
            if end == b"]":
                return

    def _item(self) -> tuple[bytes, bytes, int]:
        """(bytes, what ended it, length). Bytes beyond the limit are counted and dropped.

        Nearly every item lies whole in the piece at hand and is found by one pattern; the rest is walked.
        """
        whole = _WHOLE_ITEM.match(self._piece, self._at)
        if whole:
            self._at = whole.end()
            return whole[1], whole[2], len(whole[1])
        kept, length, depth, in_string = bytearray(), 0, 0, False
        while True:
            self._need(length)
            match = (_STRING_END if in_string else _INTERESTING).search(self._piece, self._at)
            stop = match.end() if match else len(self._piece)
            found = match.group() if match else b""
            ends = not in_string and depth == 0 and found in (b",", b"]")
            taken = stop - ends
            length += taken - self._at
            if length <= self._limit:
                kept += self._piece[self._at : taken]
            self._at = stop
            if ends:
                return bytes(kept), found, length
            if in_string and found == b"\\":
                length += self._skip_escaped(kept, length)
            elif found == b'"':
                in_string = not in_string
            else:
                depth += _STEP.get(found, 0)
                if depth < 0:
                    raise StreamProblem("a bracket closes that was never opened")

    def _need(self, length: int) -> None:
        """Have a byte at hand, or say where the file ends."""
        if self._at >= len(self._piece) and not self._fill():
            raise StreamProblem(
                "the file ends inside this item" if length else "the file ends before its array"
            )

    def _skip_escaped(self, kept: bytearray, length: int) -> int:
        """Take the byte after a backslash, whatever it is."""
        self._need(length)
        if length < self._limit:
            kept += self._piece[self._at : self._at + 1]
        self._at += 1
        return 1

    def _expect_key(self, key: str) -> None:
        wanted = b'"' + key.encode() + b'"'
        for expected in (*(wanted[i : i + 1] for i in range(len(wanted))), b":", b"["):
            found = self._next_solid() if expected in b'":[' else self._next_byte()
            if found != expected:
                raise StreamProblem(f'an outer object must hold "{key}", an array, and nothing else')

    def _next_solid(self) -> bytes:
        """The next byte that is not white space; empty at the end of the file."""
        while True:
            byte = self._next_byte()
            if not byte or byte not in _SPACE:
                return byte

    def _next_byte(self) -> bytes:
        if self._at >= len(self._piece) and not self._fill():
            return b""
        self._at += 1
        return self._piece[self._at - 1 : self._at]

    def _fill(self) -> bool:
        self._piece, self._at = next(self._pieces, b""), 0
        return bool(self._piece)
