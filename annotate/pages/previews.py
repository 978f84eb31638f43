"""A task in one line or one thumbnail, for lists."""

from collections.abc import Iterable
from typing import Any

from labeltypes.base import Field

LONGEST = 240


def preview(media: dict[str, Any], data: dict[str, Any]) -> dict[str, str]:
    """``{"text", "image"}`` of an item as shown: its first picture, how its first text begins."""
    shown = {"text": "", "image": ""}
    for medium in media.values():
        if medium["kind"] == "text" and not shown["text"]:
            shown["text"] = shortened(medium["text"])
        elif not shown["image"]:
            shown["image"] = thumbnail(medium)
    if not any(shown.values()):
        shown["text"] = shortened(next((str(value) for value in data.values()), ""))
    return shown


def thumbnail(medium: dict[str, Any]) -> str:
    """The address of its small picture; empty where there is none, or none yet."""
    if medium["kind"] == "audio":
        return medium["thumbnail"] or ""
    return (medium.get("url") or "").replace("/view/", "/thumbnail/")


def shortened(text: str) -> str:
    """The beginning of a text."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def class_titles(fields: Iterable[Field]) -> dict[str, str]:
    """What people call the classes and options of these fields, by name, in the ontology's order."""
    return {
        str(item["name"]): str(item.get("title") or item["name"])
        for field in fields
        for setting in ("options", "classes")
        for item in field.items(setting)
    }
