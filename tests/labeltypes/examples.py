"""Reading labeltypes/<kind>/examples.json."""

import json
from pathlib import Path
from typing import Any

from labeltypes import registry
from labeltypes.base import Field, ItemMedia

ROOT = Path(registry.__file__).parent


def load(kind: str) -> dict[str, Any]:
    """The examples of one kind."""
    examples: dict[str, Any] = json.loads((ROOT / kind / "examples.json").read_text(encoding="utf-8"))
    return examples


def field_of(examples: dict[str, Any], example: dict[str, Any]) -> Field:
    """The field of an example: the shared one with the example's own settings over it; null takes one out."""
    merged = {**examples["field"], **example.get("field", {})}
    return Field.from_json({key: value for key, value in merged.items() if value is not None})


def media_of(examples: dict[str, Any], example: dict[str, Any]) -> ItemMedia | None:
    """The medium of an example."""
    media = example.get("media", examples["media"])
    return ItemMedia(**media) if media else None


def cases(section: str) -> list[Any]:
    """(kind, examples, example) for every example of a section, with readable ids."""
    import pytest

    found = []
    for kind in registry.kinds():
        examples = load(kind)
        for index, example in enumerate(examples[section]):
            found.append(pytest.param(kind, examples, example, id=f"{kind}-{index}"))
    return found
