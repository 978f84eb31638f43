"""The type `text`: its settings, values, distance and merge."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from labeltypes.base import (
    Field,
    Invalid,
    ItemMedia,
    Json,
    JsonObject,
    LabelType,
    Merged,
    Posterior,
)
from labeltypes.checks import Problems, child, need_prose
from labeltypes.settings import boolean, integer, read_settings
from labeltypes.voting import normalized_weights
from stats.text.edit_distance import normalized_distance
from stats.text.medoid import text_medoid

DEFAULT_LENGTH = 10_000
MOST_LENGTH = 100_000


class Text(LabelType):
    """A string as it was typed, except that line ends are `\\n`. Lengths are in code points."""

    kind: ClassVar[str] = "text"
    scalar: ClassVar[bool] = True

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        length: JsonObject = {"type": "integer", "minimum": 1, "maximum": MOST_LENGTH}
        return {
            "type": "object",
            "properties": {
                "multiline": {"type": "boolean", "default": False},
                "min_length": {**length, "default": 1},
                "max_length": {**length, "default": DEFAULT_LENGTH},
            },
        }

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType."""
        problems = Problems()
        length = integer(1, MOST_LENGTH)
        settings = read_settings(
            raw,
            path,
            {"multiline": boolean, "min_length": length, "max_length": length},
            problems,
            defaults={
                "multiline": False,
                "min_length": 1,
                "max_length": DEFAULT_LENGTH,
            },
        )
        least, most = settings["min_length"], settings["max_length"]
        if isinstance(least, int) and isinstance(most, int) and least > most:
            problems.add(child(path, "max_length"), f"must be >= min_length ({least})")
        problems.raise_if_any()
        return settings

    def relaxed(self, field: Field) -> Field:
        """See LabelType."""
        return field.with_settings(min_length=1)

    def clean(self, raw: Json, field: Field, media: ItemMedia | None = None) -> Json:
        """See LabelType. Blank text is refused: what is not answered is left out."""
        text = need_prose(raw, field.name, most=2 * MOST_LENGTH).replace("\r\n", "\n").replace("\r", "\n")
        least, most = (
            field.number("min_length") or 1,
            field.number("max_length") or DEFAULT_LENGTH,
        )
        if not text.strip():
            raise Invalid.at(field.name, "must not be empty")
        if "\n" in text and not field.flag("multiline"):
            raise Invalid.at(field.name, "must be one line")
        if len(text) < least:
            raise Invalid.at(
                field.name,
                f"has {len(text):,} characters, at least {least:,} are needed",
            )
        if len(text) > most:
            raise Invalid.at(
                field.name,
                f"has {len(text):,} characters, at most {most:,} are allowed",
            )
        return text

    def distance(self, a: Json, b: Json, field: Field) -> float:
        """Edit distance on code points over the longer length, after NFC; case and spaces count."""
        return normalized_distance(_nfc(a), _nfc(b))

    def merge(
        self,
        values: Sequence[Json],
        trust: Sequence[float],
        posterior: Posterior | None,
        field: Field,
    ) -> Merged:
        """The answer nearest to all: the trust-weighted medoid, ties to the earlier."""
        weights = normalized_weights(trust, len(values)) if values else []
        medoid = text_medoid([_nfc(value) for value in values], weights)
        if medoid is None:
            return Merged(None, 0.0)
        return Merged(values[medoid.index], min(1.0, max(0.0, 1 - medoid.distance)))


def _nfc(value: Json) -> str:
    return unicodedata.normalize("NFC", str(value))
