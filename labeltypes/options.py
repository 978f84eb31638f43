"""Lists of options and classes: the part of the settings that choice, span and box share."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from labeltypes.base import Invalid, Json, JsonObject
from labeltypes.checks import (
    MAX_DESCRIPTION,
    MAX_TITLE,
    Problems,
    child,
    need_color,
    need_hotkey,
    need_line,
    need_list,
    need_name,
    need_object,
    need_prose,
    refuse_unknown,
)

MAX_OPTIONS = 10_000
ITEM_KEYS = frozenset({"name", "title", "color", "hotkey", "description"})

ITEM_SCHEMA: JsonObject = {
    "oneOf": [
        {"type": "string"},
        {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "maxLength": 100},
                "title": {"type": "string", "maxLength": MAX_TITLE},
                "color": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
                "hotkey": {"type": "string", "maxLength": 1},
                "description": {"type": "string", "maxLength": MAX_DESCRIPTION},
            },
        },
    ]
}

Extra = Callable[[Json, str], Json]


def clean_options(
    raw: Json,
    path: str,
    *,
    least: int,
    most: int = MAX_OPTIONS,
    extras: dict[str, Extra] | None = None,
) -> list[Json]:
    """Options or classes as objects with at least `name` and `title`, names unique.

    `extras` cleans further keys (a class's attributes). Raises Invalid with all problems.
    """
    problems = Problems()
    items = need_list(raw, path, most=most)
    if len(items) < least:
        problems.add(path, f"must have at least {least} {'entry' if least == 1 else 'entries'}")
    cleaned: list[Json] = []
    seen: set[str] = set()
    for index, item in enumerate(items):
        where = f"{path}[{index}]"
        with problems.collect():
            entry = _clean_item(item, where, extras or {})
            cleaned.append(entry)
        _check_unique(item, where, seen, problems)
    problems.raise_if_any()
    return cleaned


def clean_option(raw: Json, names: frozenset[str], path: str) -> str:
    """The name of one of the options, in NFC."""
    if not isinstance(raw, str):
        raise Invalid.at(path, "must be the name of an option")
    name = raw if raw in names else unicodedata.normalize("NFC", raw)
    if name not in names:
        raise Invalid.at(path, f'"{raw[:100]}" is not an option')
    return name


def _clean_item(raw: Json, path: str, extras: dict[str, Extra]) -> JsonObject:
    if isinstance(raw, str):
        name = need_name(raw, path)
        return {"name": name, "title": name}
    item = need_object(raw, path)
    problems = Problems()
    cleaned: JsonObject = {}
    with problems.collect():
        refuse_unknown(item, ITEM_KEYS | extras.keys(), path)
    with problems.collect():
        cleaned["name"] = need_name(item.get("name"), child(path, "name"))
        cleaned["title"] = cleaned["name"]
    for key, check in {**_OPTIONAL, **extras}.items():
        if item.get(key) is not None:
            with problems.collect():
                cleaned[key] = check(item[key], child(path, key))
    problems.raise_if_any()
    return cleaned


def _check_unique(item: Json, path: str, seen: set[str], problems: Problems) -> None:
    raw = item.get("name") if isinstance(item, dict) else item
    where = child(path, "name") if isinstance(item, dict) else path
    quiet = Problems()
    with quiet.collect():  # a bad name was reported already
        name = need_name(raw, where)
        if name in seen:
            problems.add(where, f'"{name}" is used twice')
        seen.add(name)


_OPTIONAL: dict[str, Extra] = {
    "title": lambda raw, path: need_line(raw, path, most=MAX_TITLE),
    "color": need_color,
    "hotkey": need_hotkey,
    "description": lambda raw, path: need_prose(raw, path, most=MAX_DESCRIPTION),
}

# Told apart also with the common color blindnesses; after Tol and Okabe-Ito, darkened for white ground.
PALETTE = (
    "#4477aa", "#cc6677", "#228833", "#b8860b", "#aa3377", "#0e8a94",
    "#d55e00", "#6a5acd", "#5b7f00", "#8c564b", "#c2185b", "#607080",
)  # fmt: skip


def with_colors(items: Json) -> Json:
    """Cleaned classes where each has a color: those without get what the palette has not given yet."""
    classes = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    used = {item.get("color") for item in classes}
    free = [color for color in PALETTE if color not in used] or list(PALETTE)
    colorless = [item for item in classes if "color" not in item]
    for index, item in enumerate(colorless):
        item["color"] = free[index % len(free)]
    return list[Json](classes)
