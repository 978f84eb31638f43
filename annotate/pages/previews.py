"""A task in one line or one thumbnail, for lists."""

from typing import Any

LONGEST = 240


def preview(media: dict[str, Any], data: dict[str, Any]) -> dict[str, str]:
    """``{"text", "image"}`` of an item as shown: its first picture, how its first text begins."""
    shown = {"text": "", "image": ""}
    for medium in media.values():
        if medium["kind"] == "text" and not shown["text"]:
            shown["text"] = shortened(medium["text"])
        elif medium.get("url") and not shown["image"]:
            shown["image"] = medium["url"].replace("/view/", "/thumbnail/")
    if not any(shown.values()):
        shown["text"] = shortened(next((str(value) for value in data.values()), ""))
    return shown


def shortened(text: str) -> str:
    """The beginning of a text."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
