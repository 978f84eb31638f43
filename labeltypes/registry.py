"""Finding label types: the folders of this package, then entry points of other packages.

A folder `labeltypes/<kind>/` exports its object as `label_type`; another package names such an object
in the entry point group `touchstone.labeltypes`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from labeltypes.base import LabelType

GROUP = "touchstone.labeltypes"


class RegistryError(Exception):
    """Two types with one kind, or something that is no label type."""


def get_type(kind: str) -> LabelType:
    """The label type of that kind. Raises KeyError if there is none."""
    return _types()[kind]


def kinds() -> list[str]:
    """All kinds, sorted."""
    return sorted(_types())


@cache
def _types() -> dict[str, LabelType]:
    return collect([*_own(), *_foreign()])


def collect(found: list[tuple[str, object]]) -> dict[str, LabelType]:
    """Kind → type from (where it was found, object) pairs. Raises RegistryError for duplicates."""
    types: dict[str, LabelType] = {}
    for origin, candidate in found:
        if not isinstance(candidate, LabelType):
            raise RegistryError(f"{origin} is not a LabelType")
        if candidate.kind in types:
            raise RegistryError(f'{origin} repeats the kind "{candidate.kind}"')
        types[candidate.kind] = candidate
    return types


def _own() -> list[tuple[str, object]]:
    folders = [info.name for info in pkgutil.iter_modules([str(Path(__file__).parent)]) if info.ispkg]
    modules = [importlib.import_module(f"labeltypes.{name}") for name in sorted(folders)]
    return [(module.__name__, getattr(module, "label_type", None)) for module in modules]


def _foreign() -> list[tuple[str, object]]:
    return [(entry.value, entry.load()) for entry in entry_points(group=GROUP)]
