"""Names of files inside an archive: safe on every system, and nobody else's."""

from __future__ import annotations

import hashlib
from posixpath import splitext

_PART_CHARS = 100


class FreeNames:
    """Gives names away, whatever their endings. Digests of 12 bytes keep a million in some 80 MB."""

    def __init__(self) -> None:
        self._taken: set[bytes] = set()

    def take(self, wanted: str, number: int) -> tuple[str, bool]:
        """The name, or with ``number`` behind it if it is taken; and whether it was free."""
        stem, ending = splitext(wanted)
        if self._is_new(stem):
            return wanted, True
        stem = f"{stem}-{number:08d}"
        self._is_new(stem)
        return stem + ending, False

    def _is_new(self, stem: str) -> bool:
        digest = hashlib.blake2b(stem.casefold().encode(), digest_size=12).digest()
        free = digest not in self._taken
        self._taken.add(digest)
        return free


def safe_path(raw: str, fallback: str, ending: str) -> str:
    """A file name from outside as a relative path: no drive, no `..`, no control characters, parts of fair
    length; with an ending, if it has none."""
    parts = []
    for part in raw.replace("\\", "/").split("/"):
        clean = "".join(
            char if char.isprintable() and char not in '<>:"|?*' else "_" for char in part
        ).strip()
        if clean.strip("."):
            parts.append(_shorten(clean))
    if not parts:
        return fallback
    return "/".join(parts) + ("" if splitext(parts[-1])[1] else ending)


def _shorten(part: str) -> str:
    stem, ending = splitext(part)
    return part if len(part) <= _PART_CHARS else stem[: _PART_CHARS - 10] + ending[:10]
