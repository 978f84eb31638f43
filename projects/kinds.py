"""What the ontology editor must know of the label types, asked of the types themselves."""

from typing import Any

from labeltypes.base import LabelType
from labeltypes.ontology import MEDIA_KINDS
from labeltypes.registry import get_type, kinds


def describe_kinds() -> dict[str, Any]:
    """Media kinds, and per label type its media, whether it can be an attribute, and its settings' schema.

    `asked`: whether other fields can depend on an answer to it (`show_if`).
    """
    types = {
        kind: {
            "media": sorted(get_type(kind).media),
            "scalar": get_type(kind).scalar,
            "asked": type(get_type(kind)).choices is not LabelType.choices,
            "schema": get_type(kind).settings_schema(),
        }
        for kind in kinds()
    }
    return {"media": list(MEDIA_KINDS), "types": types}
