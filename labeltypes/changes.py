"""What differs between two versions of an ontology, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from labeltypes.base import Json, JsonObject
from labeltypes.checks import child
from labeltypes.ontology import Ontology

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Change:
    """One difference. Paths go by name, as indexes move: `fields.objects.classes.car.title`."""

    kind: Kind
    path: str
    text: str


def diff_ontologies(old: Ontology, new: Ontology) -> list[Change]:
    """All differences, in the order of the new ontology, removals last in each list. Equal: none."""
    return list(_objects(old.to_json(), new.to_json(), ""))


def _objects(old: JsonObject, new: JsonObject, path: str) -> Iterator[Change]:
    for key in [*new, *(key for key in old if key not in new)]:
        where = child(path, key)
        if key not in old:
            yield Change("added", where, f"{key} is now {_shown(new[key])}")
        elif key not in new:
            yield Change("removed", where, f"{key} was {_shown(old[key])}")
        elif old[key] != new[key]:
            yield from _values(old[key], new[key], where, key)


def _values(old: Json, new: Json, path: str, key: str) -> Iterator[Change]:
    old_items, new_items = _by_name(old), _by_name(new)
    if old_items is not None and new_items is not None:
        yield from _named(old_items, new_items, path)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _objects(old, new, path)
    else:
        yield Change("changed", path, f"{key}: {_shown(old)} → {_shown(new)}")


def _named(old: dict[str, JsonObject], new: dict[str, JsonObject], path: str) -> Iterator[Change]:
    kept_before = [name for name in old if name in new]
    kept_after = [name for name in new if name in old]
    for name, item in new.items():
        where = child(path, name)
        if name in old:
            yield from _objects(old[name], item, where)
        else:
            yield Change("added", where, f"{name} was added")
    if kept_before != kept_after:
        yield Change("moved", path, f"the order is now {_shown(list(new))}")
    for name in old:
        if name not in new:
            yield Change("removed", child(path, name), f"{name} was removed")


def _by_name(value: Json) -> dict[str, JsonObject] | None:
    """A list of named objects by name; None for anything else."""
    if not isinstance(value, list):
        return None
    items = [item for item in value if isinstance(item, dict) and "name" in item]
    return {str(item["name"]): item for item in items} if len(items) == len(value) else None


def _shown(value: Json) -> str:
    text = _plain(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _plain(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value) or "empty"
    if isinstance(value, dict):
        return str(
            value.get(
                "name",
                ", ".join(f"{key}: {_plain(inner)}" for key, inner in value.items()),
            )
        )
    return f'"{value}"' if isinstance(value, str) and not value.strip() else str(value)
