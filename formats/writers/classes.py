"""Numbered classes for formats that know classes by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from labeltypes.base import Field


@dataclass(frozen=True)
class ClassTable:
    """(field, class) → position from 0, and the names to write: `class`, or `field.class` if two fields
    share it."""

    keys: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    index: dict[tuple[str, str], int]


def class_table(fields: Sequence[Field]) -> ClassTable:
    """Classes in the ontology's order, field after field."""
    keys = tuple((field.name, name) for field in fields for name in field.names("classes"))
    shared = Counter(name for _, name in keys)
    names = tuple(f"{field}.{name}" if shared[name] > 1 else name for field, name in keys)
    return ClassTable(keys, names, {key: position for position, key in enumerate(keys)})
