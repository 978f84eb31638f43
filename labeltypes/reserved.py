"""Hotkeys that no option, class or field can have: pages take them before an ontology is asked.

`static/js/label/reserved-keys.js` has the same list for the browser; tests/labeltypes/reserved_keys.json
holds both to it.
"""

from __future__ import annotations

from typing import Any

from labeltypes.base import Json

# Key, and what it does everywhere.
RESERVED = {
    "?": "shows all keys of a page",
    "/": "goes to the search of a long list",
}


def without_reserved(raw: Json) -> Json:
    """A copy without reserved hotkeys, for what was saved when they were still allowed."""
    if isinstance(raw, list):
        return [without_reserved(item) for item in raw]
    if isinstance(raw, dict):
        return {key: without_reserved(value) for key, value in raw.items() if not _is_reserved(key, value)}
    return raw


def _is_reserved(key: str, value: Any) -> bool:
    return key == "hotkey" and isinstance(value, str) and value in RESERVED
