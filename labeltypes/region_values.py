"""Reading clean region values and the classes of a field."""

from __future__ import annotations

from labeltypes.base import Field, Json, JsonObject

SAME_OBJECT = 0.5  # greatest distance at which two people mean the same object
OTHER_CLASS = 0.9  # what an overlap with another class is worth when looking for the same object


def as_regions(value: Json) -> list[JsonObject]:
    """A clean value as a list of objects."""
    return [region for region in value if isinstance(region, dict)] if isinstance(value, list) else []


def attributes_of(region: JsonObject) -> JsonObject:
    """The attributes of a clean region; none is the empty object."""
    attributes = region.get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def attribute_fields(class_item: JsonObject) -> list[Field]:
    """The attributes of a class as fields."""
    raw = class_item.get("attributes")
    return [Field.from_json(data) for data in raw if isinstance(data, dict)] if isinstance(raw, list) else []


def attributes_by_class(field: Field) -> dict[str, list[Field]]:
    """The attribute fields of every class."""
    return {str(item["name"]): attribute_fields(item) for item in field.items("classes")}
