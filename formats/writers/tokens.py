"""Text cut into tokens, by a rule that is written down (docs/formats/conll.md) and needs no model.

A token is a run of letters, digits, marks and underscores, with single apostrophes or hyphens inside; or one
character of a script written without spaces (Han, Kana, Thai and relatives); or one other visible character
together with the marks and joiners that belong to it (an emoji with its skin tone is one token).
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_UNSPACED += "\U00020000-\U0003ffff"
_JOINER = "\u200d"
_TONES = "\U0001f3fb-\U0001f3ff"
_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Token:
    """Half-open range `[start, end)` in code points of the whole text."""

    start: int
    end: int


def sentences(text: str) -> Iterator[list[Token]]:
    """Lines of the text that hold any token, as tokens."""
    for line in _LINE.finditer(text):
        tokens = [
            Token(found.start(), found.end()) for found in _token().finditer(text, line.start(), line.end())
        ]
        if tokens:
            yield tokens


@cache
def _token() -> re.Pattern[str]:
    marks = _marks()
    letter = rf"(?:(?![{_UNSPACED}])\w[{marks}]*)"
    run = rf"(?:[0-9A-Za-z_]++[{marks}]*|{letter})++"
    word = rf"{run}(?:['’\-]{run})*"
    single = rf"[{_UNSPACED}][{marks}]*"
    symbol = rf"\S[{marks}{_TONES}]*(?:{_JOINER}\S[{marks}{_TONES}]*)*"
    return re.compile(f"{word}|{single}|{symbol}")


def _marks() -> str:
    """Ranges of all combining characters for a character class; `\\w` does not include them."""
    ranges: list[list[int]] = []
    for code in range(0x300, sys.maxunicode + 1):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
