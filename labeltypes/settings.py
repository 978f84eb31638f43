"""A reader of raw settings that collects problems, so that each type only lists what it knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from labeltypes.base import Json, JsonObject
from labeltypes.checks import (
    Problems,
    child,
    need_between,
    need_bool,
    need_integer,
    need_number,
    refuse_unknown,
)

Check = Callable[[Json, str], Json]


def read_settings(
    raw: JsonObject,
    path: str,
    checks: Mapping[str, Check],
    problems: Problems,
    *,
    defaults: JsonObject,
) -> JsonObject:
    """The settings that are given and valid, over the defaults; null is the same as absent."""
    settings = dict(defaults)
    with problems.collect():
        refuse_unknown(raw, checks.keys(), path)
    for key, check in checks.items():
        if raw.get(key) is not None:
            with problems.collect():
                settings[key] = check(raw[key], child(path, key))
    return settings


def boolean(raw: Json, path: str) -> Json:
    """A check for true or false."""
    return need_bool(raw, path)


def integer(least: int, most: int) -> Check:
    """A check for a whole number between two."""

    def check(raw: Json, path: str) -> Json:
        number = need_integer(raw, path)
        need_between(number, path, least=least, most=most)
        return number

    return check


def number(least: float | None = None) -> Check:
    """A check for a finite number."""

    def check(raw: Json, path: str) -> Json:
        value = need_number(raw, path)
        need_between(value, path, least=least)
        return value

    return check
