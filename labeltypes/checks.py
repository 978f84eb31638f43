"""Small checks of untrusted JSON. Each returns the value with its type known, or raises Invalid."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from labeltypes.base import Invalid, Json, JsonObject, Problem
from labeltypes.reserved import RESERVED

MAX_NAME = 100
MAX_TITLE = 200
MAX_DESCRIPTION = 5_000
MAX_NUMBER = 2**53 - 1  # beyond it the browser cannot tell neighboring integers apart

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LAYOUT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BIDI_OVERRIDE = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_NAME_PUNCTUATION = re.compile(r"[.\[\]]")


class Problems:
    """Collects problems so that somebody who fixes an ontology or an answer sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, path: str, message: str) -> None:
        """Note one problem."""
        self.found.append(Problem(path, message))

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Note what an enclosed check raises and go on."""
        try:
            yield
        except Invalid as error:
            self.found.extend(error.problems)

    def raise_if_any(self) -> None:
        """Raise Invalid with everything noted so far."""
        if self.found:
            raise Invalid(self.found)


def child(path: str, key: str) -> str:
    """Path of a key below another path."""
    return f"{path}.{key}" if path else key


def need_object(raw: Json, path: str) -> JsonObject:
    """A JSON object with string keys."""
    if not isinstance(raw, dict):
        raise Invalid.at(path, "must be an object")
    return raw


def need_list(raw: Json, path: str, *, most: int) -> list[Json]:
    """A list of at most `most` elements."""
    if not isinstance(raw, list):
        raise Invalid.at(path, "must be a list")
    if len(raw) > most:
        raise Invalid.at(path, f"has {len(raw):,} entries, at most {most:,} are allowed")
    return raw


def need_bool(raw: Json, path: str) -> bool:
    """True or false, nothing that merely looks like it."""
    if not isinstance(raw, bool):
        raise Invalid.at(path, "must be true or false")
    return raw


def need_number(raw: Json, path: str) -> int | float:
    """A finite number; a bool is none. Whole floats become int, so that 3 and 3.0 are one value."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Invalid.at(path, "must be a number")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise Invalid.at(path, "must be a finite number")
    if abs(raw) > MAX_NUMBER:
        raise Invalid.at(path, f"must be between -{MAX_NUMBER} and {MAX_NUMBER}")
    return int(raw) if raw == int(raw) else raw


def need_integer(raw: Json, path: str) -> int:
    """A whole number; 3.0 counts as 3."""
    number = need_number(raw, path)
    if not isinstance(number, int):
        raise Invalid.at(path, "must be a whole number")
    return number


def need_text(raw: Json, path: str, *, most: int) -> str:
    """Text of up to `most` code points that can be stored and sent: no NUL, no lone surrogates."""
    if not isinstance(raw, str):
        raise Invalid.at(path, "must be a string")
    if len(raw) > most:
        raise Invalid.at(path, f"has {len(raw):,} characters, at most {most:,} are allowed")
    if "\x00" in raw:
        raise Invalid.at(path, "must not contain NUL characters")
    if _SURROGATE.search(raw):
        raise Invalid.at(path, "must not contain lone surrogates")
    return raw


def need_line(raw: Json, path: str, *, most: int) -> str:
    """One visible line: not blank, no control characters, nothing that reverses the text around it."""
    text = need_text(raw, path, most=most)
    if not text.strip():
        raise Invalid.at(path, "must not be empty")
    if _CONTROL.search(text) or _BIDI_OVERRIDE.search(text):
        raise Invalid.at(path, "must not contain control characters")
    return text


def need_prose(raw: Json, path: str, *, most: int) -> str:
    """Text of several lines; may be empty."""
    text = need_text(raw, path, most=most)
    if _CONTROL_BUT_LAYOUT.search(text):
        raise Invalid.at(path, "must not contain control characters")
    return text


def need_name(raw: Json, path: str) -> str:
    """An identifier in any script, in NFC.

    No dots or brackets, as names become parts of paths and column names; no `__proto__`, which is not
    an ordinary key in the browser.
    """
    name = unicodedata.normalize("NFC", need_line(raw, path, most=MAX_NAME))
    if name != name.strip():
        raise Invalid.at(path, "must not start or end with a space")
    if _NAME_PUNCTUATION.search(name):
        raise Invalid.at(path, "must not contain dots or brackets")
    if name == "__proto__":
        raise Invalid.at(path, "is reserved")
    return name


def need_color(raw: Json, path: str) -> str:
    """A color as #rrggbb, in lower case."""
    if not isinstance(raw, str) or not _COLOR.fullmatch(raw):
        raise Invalid.at(path, "must be a color like #1f77b4")
    return raw.lower()


def need_hotkey(raw: Json, path: str) -> str:
    """One visible character that is not reserved. Case does not count: `P` and `p` are the same key."""
    if not is_hotkey(raw):
        raise Invalid.at(path, "must be one visible character")
    key = str(raw)
    if key in RESERVED:
        raise Invalid.at(path, f'"{key}" is reserved: it {RESERVED[key]}')
    return key


def is_hotkey(raw: Json) -> bool:
    """Whether a value can be a hotkey."""
    return isinstance(raw, str) and len(raw) == 1 and raw.isprintable() and not raw.isspace()


def need_one_of(raw: Json, allowed: Collection[str], path: str) -> str:
    """One of a few fixed words."""
    if not isinstance(raw, str) or raw not in allowed:
        raise Invalid.at(path, f"must be one of: {', '.join(allowed)}")
    return raw


def refuse_unknown(raw: JsonObject, known: Collection[str], path: str) -> None:
    """Raise for every key that means nothing here: a typo must not pass silently."""
    unknown = [Problem(child(path, key[:MAX_NAME]), "unknown key") for key in raw if key not in known]
    if unknown:
        raise Invalid(unknown)


def need_shallow(raw: Json, path: str, *, deepest: int) -> None:
    """Refuse JSON nested deeper than `deepest`; later checks may then recurse safely."""
    level: list[Json] = [raw]
    for _ in range(deepest + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise Invalid.at(path, f"is nested more than {deepest} levels deep")


def _inside(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return [inner for inner in value.values() if isinstance(inner, dict | list)]
    if isinstance(value, list):
        return [inner for inner in value if isinstance(inner, dict | list)]
    return []


def shown(number: float) -> str:
    """A number as messages show it: 3, 0.5, 1000000."""
    return str(int(number)) if number == int(number) else repr(number)


def need_between(number: float, path: str, *, least: float | None = None, most: float | None = None) -> None:
    """Raise if a number lies outside of what is allowed; both ends are allowed, None is open."""
    if least is not None and number < least:
        raise Invalid.at(path, f"must be >= {shown(least)}")
    if most is not None and number > most:
        raise Invalid.at(path, f"must be <= {shown(most)}")


def decimals(number: float) -> int:
    """Places after the point in the shortest way to write the number."""
    text = f"{number:.12f}".rstrip("0")
    return len(text) - text.index(".") - 1
