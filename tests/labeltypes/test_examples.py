"""Every example of every kind holds."""

from typing import Any

import pytest

from labeltypes import registry
from labeltypes.base import Invalid, Problem
from tests.labeltypes.examples import cases, field_of, load, media_of


def test_it_works() -> None:
    assert load("choice")["field"]["type"] == "choice"


@pytest.mark.parametrize("kind", registry.kinds())
def test_field_is_normalized(kind: str) -> None:
    examples = load(kind)
    field = field_of(examples, {})
    cleaned = registry.get_type(kind).clean_settings(dict(field.settings), "fields[0]")
    assert cleaned == field.settings
    assert field.to_json() == examples["field"]


@pytest.mark.parametrize(("kind", "examples", "example"), cases("valid"))
def test_valid(kind: str, examples: dict[str, Any], example: dict[str, Any]) -> None:
    clean = registry.get_type(kind).clean(
        example["raw"], field_of(examples, example), media_of(examples, example)
    )
    assert clean == example["clean"]
    assert repr(clean) == repr(example["clean"])  # also the same types and the same order of keys


@pytest.mark.parametrize(("kind", "examples", "example"), cases("invalid"))
def test_invalid(kind: str, examples: dict[str, Any], example: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        registry.get_type(kind).clean(
            example["raw"], field_of(examples, example), media_of(examples, example)
        )
    assert list(caught.value.problems) == [Problem(example["path"], example["message"])]


@pytest.mark.parametrize(("kind", "examples", "example"), cases("distances"))
def test_distance(kind: str, examples: dict[str, Any], example: dict[str, Any]) -> None:
    field = field_of(examples, example)
    distance = registry.get_type(kind).distance(example["a"], example["b"], field)
    assert distance == pytest.approx(example["distance"], abs=1e-9)


@pytest.mark.parametrize(("kind", "examples", "example"), cases("merges"))
def test_merge(kind: str, examples: dict[str, Any], example: dict[str, Any]) -> None:
    field, label_type = field_of(examples, example), registry.get_type(kind)
    merged = label_type.merge(example["values"], example["trust"], example.get("posterior"), field)
    assert rounded(merged.value) == rounded(example["value"])
    assert merged.confidence == pytest.approx(example["confidence"], abs=1e-6)


def rounded(value: Any) -> Any:
    """The value with floats to nine digits."""
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return {key: rounded(item) for key, item in value.items()} if isinstance(value, dict) else value
