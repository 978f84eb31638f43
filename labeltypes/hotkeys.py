"""Hotkeys that two things on the screen would share.

Fields, options and classes share one keyboard, so a key is given once per ontology. Exceptions, where
both can never be meant at the same time: fields that `show_if` shows for different options of one single
choice, and the attributes of different classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labeltypes.base import Json, JsonObject, Problem
from labeltypes.checks import is_hotkey


@dataclass(frozen=True)
class _Use:
    key: str
    path: str
    owner: str
    field: int
    scope: str  # path of the class whose attribute it belongs to, else ""


def find_conflicts(raw: Json, path: str) -> list[Problem]:
    """Problems for the raw fields: each later use of a key that an earlier one has on the same screen.

    Works on raw JSON (of bounded depth), so that conflicts are found beside other problems.
    """
    fields = raw if isinstance(raw, list) else []
    problems: list[Problem] = []
    by_key: dict[str, list[_Use]] = {}
    for index, item in enumerate(fields):
        for use in _uses(item, f"{path}[{index}]", index, ""):
            others = by_key.setdefault(use.key, [])
            clash = next((other for other in others if _meet(use, other, fields)), None)
            if clash:
                problems.append(Problem(use.path, f'already used by "{clash.owner}"'))
            else:
                others.append(use)
    return problems


def _uses(raw: Json, path: str, field: int, scope: str) -> Iterator[_Use]:
    """Every named object with a hotkey, at any depth, in reading order."""
    if isinstance(raw, list):
        for index, item in enumerate(raw):
            yield from _uses(item, f"{path}[{index}]", field, scope)
    if isinstance(raw, dict):
        hotkey, name = raw.get("hotkey"), raw.get("name")
        if is_hotkey(hotkey) and isinstance(name, str):
            yield _Use(str(hotkey).casefold(), f"{path}.hotkey", name, field, scope)
        for key, value in raw.items():
            if isinstance(value, list):
                inner = path if key == "attributes" else scope
                yield from _uses(value, f"{path}.{key}", field, inner)


def _meet(a: _Use, b: _Use, fields: list[Json]) -> bool:
    if a.scope and b.scope and a.scope != b.scope:
        return False
    return a.field == b.field or not _exclusive(fields[a.field], fields[b.field], fields)


def _exclusive(a: Json, b: Json, fields: list[Json]) -> bool:
    """Whether two fields never show together: they wait for different options of one single choice."""
    ours, theirs = _conditions(a), _conditions(b)
    return any(
        not ours[name] & theirs[name] and _is_single(name, fields) for name in ours.keys() & theirs.keys()
    )


def _conditions(field: Json) -> dict[str, set[str]]:
    show_if = field.get("show_if") if isinstance(field, dict) else None
    conditions = show_if if isinstance(show_if, dict) else {}
    return {name: _strings(options) for name, options in conditions.items()}


def _strings(raw: Json) -> set[str]:
    items = raw if isinstance(raw, list) else [raw]
    return {item for item in items if isinstance(item, str)}


def _is_single(name: str, fields: list[Json]) -> bool:
    named: list[JsonObject] = [f for f in fields if isinstance(f, dict) and f.get("name") == name]
    return bool(named) and not named[0].get("multiple")
