"""A choice of ten thousand options is merged by looking at what was said, not at all options."""

from dataclasses import replace

import pytest

from labeltypes.base import Field
from labeltypes.choice.merge import merge_single

NAMES = [f"c{number}" for number in range(10_000)]
FIELD = Field("kind", "choice", "Kind", settings={"options": [{"name": name} for name in NAMES]})


def test_the_first_of_the_ontology_wins_where_nothing_else_tells() -> None:
    """Whatever the order of the probabilities; options that are gone do not count."""
    posterior = {"": {"gone": 0.9, "c20": 0.3, "c7": 0.3, "c9": 0.1}}
    assert merge_single(["c9"], [1.0], posterior, FIELD).value == "c7"


def test_all_options_are_read_once_for_all_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    names = Field.names

    def counted(field: Field, key: str) -> list[str]:
        read.append(key)
        return names(field, key)

    monkeypatch.setattr(Field, "names", counted)
    field = replace(FIELD)
    for _ in range(3):
        merge_single(["c20", "c7"], [0.5, 0.5], {"": {"c20": 0.7, "c7": 0.3}}, field)
    assert len(read) <= 1
