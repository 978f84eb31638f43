"""JSON as the whole product accepts it: RFC 8259 without its ambiguities.

orjson parses (it already refuses NaN, infinities, lone surrogates and bad UTF-8). What it lets through
and we do not: duplicate keys, integers beyond 64 bits (it turns them into floats), NUL characters
(PostgreSQL cannot store them) and nesting deeper than `max_depth`. The common case costs one parse, one walk
and a count of colons; only suspicious documents are parsed a second time to name the place.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from typing import NoReturn

import orjson

from labeltypes.base import Json

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
BOM = b"\xef\xbb\xbf"

__all__ = ["Json", "JsonProblem", "check_value", "dumps", "join", "loads", "parse", "stored"]

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


class JsonProblem(ValueError):
    """Why a document was refused. `path` is like `items[3].box[2]`, empty when the text itself is broken."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


class _Object(list[tuple[str, object]]):
    """An object as its pairs, so that duplicate keys stay visible."""


class _HugeInteger:
    """An integer literal beyond 64 bits; its digits are never converted (that is quadratic)."""


def loads(data: bytes, *, max_depth: int = 64) -> Json:
    """Parse one JSON document. Raises JsonProblem with the path or the line and column."""
    if data.startswith(BOM):
        data = data[len(BOM) :]
    try:
        value: Json = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise JsonProblem("", _explain(data, error, max_depth)) from None
    _check(data, value, max_depth)
    return value


def parse(data: bytes | str, *, max_depth: int = 64, max_bytes: int | None = None) -> Json:
    """Like `loads`, also for text, refusing documents of more than `max_bytes` bytes of UTF-8."""
    if isinstance(data, str):
        try:
            data = data.encode()
        except UnicodeEncodeError as error:
            raise JsonProblem(
                "", f"character {error.start} is a lone surrogate, half of a character"
            ) from None
    if max_bytes is not None and len(data) > max_bytes:
        raise JsonProblem("", f"is {len(data):,} bytes, more than the {max_bytes:,} allowed")
    return loads(data, max_depth=max_depth)


def check_value(value: object, *, max_depth: int = 64, path: str = "") -> None:
    """Check a value that was not parsed by us (keys are text, numbers finite, no NUL). Raises JsonProblem."""
    _walk(value, path, max_depth)


def stored(text: bytes | str) -> Json:
    """What we keep as JSON, and checked before: parsed without being checked again."""
    value: Json = orjson.loads(text)
    return value


def dumps(value: object, *, in_order: bool = False) -> bytes:
    """Compact UTF-8 JSON; datetimes as RFC 3339 with Z. Keys keep their order, or are sorted."""
    sorting = orjson.OPT_SORT_KEYS if in_order else 0
    return orjson.dumps(value, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z | sorting)


def join(path: str, key: str | int) -> str:
    """The path one step further down: `a`, `a.b`, `a[3]`, `a["odd key"]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _PLAIN_KEY.match(key):
        return f"{path}.{key}" if path else key
    shown = key if len(key) <= 80 else key[:80] + "…"
    return f"{path}[{json.dumps(shown)}]"


def _check(data: bytes, value: Json, max_depth: int) -> None:
    """Count keys and colons: no more colons than keys means no key twice, whatever the texts hold."""
    keys = _count_keys(value, max_depth)
    plain = keys is not None and b"\\u0000" not in data
    if plain and (data.count(b":") == keys or _STRING.sub(b"", data).count(b":") == keys):
        return
    if keys is None:
        _walk(value, "", max_depth)
    pairs = json.loads(data, object_pairs_hook=_Object, parse_int=_integer, parse_constant=_constant)
    _walk(pairs, "", max_depth)


def _count_keys(value: Json, depth: int) -> int | None:
    """How many keys all objects hold together; None for what has to be looked at again: nested deeper than
    `depth`, or a number that might have been an integer beyond 64 bits."""
    if isinstance(value, dict):
        total, inner = len(value), value.values()
    elif isinstance(value, list):
        total, inner = 0, value  # type: ignore[assignment]
    else:
        return 0 if _is_near(value) else None
    if depth == 0:
        return None
    for child in inner:
        if child.__class__ is not str:
            below = _count_keys(child, depth - 1)
            if below is None:
                return None
            total += below
    return total


def _is_near(value: Json) -> bool:
    """Whether this is no number, or one within 64 bits."""
    return value.__class__ not in (int, float) or INT_MIN < value < INT_MAX


def _walk(value: object, path: str, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value, path, "")
    elif isinstance(value, _HugeInteger) or (isinstance(value, int) and not INT_MIN <= value <= INT_MAX):
        raise JsonProblem(path, "integer beyond 64 bits")
    elif isinstance(value, float) and not math.isfinite(value):
        raise JsonProblem(path, "must be a finite number")
    elif isinstance(value, dict | list | tuple):
        if depth == 0:
            raise JsonProblem(_shorten(path), "nested too deeply")
        _walk_inside(value, path, depth - 1)
    elif value is not None and not isinstance(value, bool | int | float):
        raise JsonProblem(path, f"a {type(value).__name__} is not JSON")


def _walk_pairs(pairs: Iterable[tuple[object, object]], path: str, depth: int) -> None:
    seen: set[str] = set()
    for key, child in pairs:
        if not isinstance(key, str):
            raise JsonProblem(path, "keys must be text")
        _check_text(key, path, "key ")
        where = join(path, key)
        if key in seen:
            raise JsonProblem(where, "duplicate key")
        seen.add(key)
        _walk(child, where, depth)


def _walk_inside(
    value: dict[object, object] | list[object] | tuple[object, ...], path: str, depth: int
) -> None:
    if isinstance(value, _Object):
        _walk_pairs(value, path, depth)
    elif isinstance(value, dict):
        _walk_pairs(value.items(), path, depth)
    else:
        for index, child in enumerate(value):
            _walk(child, join(path, index), depth)


def _check_text(text: str, path: str, what: str) -> None:
    if "\0" in text:
        raise JsonProblem(path, f"{what}contains a NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise JsonProblem(path, f"{what}contains a lone surrogate, half of a character") from None


def _integer(digits: str) -> int | _HugeInteger:
    return int(digits) if len(digits) <= 20 else _HugeInteger()


def _constant(name: str) -> NoReturn:
    raise JsonProblem("", f"{name} is not a number in JSON")


def _shorten(path: str) -> str:
    return path if len(path) <= 200 else path[:200] + "…"


def _explain(data: bytes, error: orjson.JSONDecodeError, max_depth: int) -> str:
    """Turn the parser's words into ours, naming the byte or the line and column."""
    try:
        text = data.decode()
    except UnicodeDecodeError as bad:
        return f"is not UTF-8 at byte {bad.start}"
    if not text.strip():
        return "is empty"
    for needle, words in _REASONS:
        if needle(error.msg, text[error.pos : error.pos + 10]):
            return f"{words} (line {error.lineno}, column {error.colno})"
    # orjson says that it has no memory when it runs out of its own stack of open brackets.
    if "depth limit" in error.msg or "allocate memory" in error.msg:
        return f"nested too deeply: more than {max_depth} levels"
    return f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})"


_REASONS: tuple[tuple[Callable[[str, str], bool], str], ...] = (
    (lambda msg, at: at.startswith("NaN"), "NaN is not a number in JSON"),
    (
        lambda msg, at: at.lstrip("-").startswith("Infinity") or at.startswith("nfinity"),
        "infinity is not a number in JSON",
    ),
    (lambda msg, at: "infinity" in msg, "number too large"),
    (lambda msg, at: "surrogate" in msg, "contains a lone surrogate, half of a character"),
)
