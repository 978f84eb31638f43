"""The type `text`: its settings, values, distance and merge."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from random import Random
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
from labeltypes.checks import Problems, child, need_one_of, need_prose
from labeltypes.settings import boolean, integer, read_settings
from labeltypes.voting import normalized_weights
from stats.text.edit_distance import normalized_distance
from stats.text.medoid import text_medoid
from stats.text.rover import rover

DEFAULT_LENGTH = 10_000
MOST_LENGTH = 100_000
MERGES = ("nearest", "words", "characters")
MOST_ALIGNED = 1_000  # words or characters: aligning costs their square


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
                "merge": {"enum": list(MERGES)},
            },
        }

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType. `merge` says how one text is made of several; absent: the nearest."""
        problems = Problems()
        length = integer(1, MOST_LENGTH)
        settings = read_settings(
            raw,
            path,
            {
                "multiline": boolean,
                "min_length": length,
                "max_length": length,
                "merge": lambda value, where: need_one_of(value, MERGES, where),
            },
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

    def corrupt(self, value: Json, field: Field, rng: Random, media: ItemMedia | None = None) -> Json:
        """A word left out or two words the wrong way round; in a single word the same with letters."""
        text = str(value)
        between = " " if len(text.split(" ")) > 1 else ""
        parts = text.split(" ") if between else list(text)
        swappable = [at for at in range(len(parts) - 1) if parts[at] != parts[at + 1]]
        if len(parts) < 2:
            return None
        if swappable and rng.random() < 0.5:
            at = rng.choice(swappable)
            parts[at], parts[at + 1] = parts[at + 1], parts[at]
        else:
            del parts[rng.randrange(len(parts))]
        wrong = between.join(parts)
        # Letters with their accents apart may look, and count, like those that were there.
        return wrong if _nfc(wrong) != _nfc(text) else None

    def merge(
        self,
        values: Sequence[Json],
        trust: Sequence[float],
        posterior: Posterior | None,
        field: Field,
    ) -> Merged:
        """The answer nearest to all: the trust-weighted medoid, ties to the earlier.

        With `merge` "words" or "characters" a vote on each of these (ROVER), unless that is no valid answer
        or the texts are very long; a result with the words of somebody's answer is that answer as typed.
        """
        weights = normalized_weights(trust, len(values)) if values else []
        voted = _voted(values, weights, field) if "merge" in field.settings else None
        if voted is not None and self._is_valid(voted.value, field):
            return voted
        medoid = text_medoid([_nfc(value) for value in values], weights)
        if medoid is None:
            return Merged(None, 0.0)
        return Merged(values[medoid.index], min(1.0, max(0.0, 1 - medoid.distance)))

    def _is_valid(self, value: Json, field: Field) -> bool:
        try:
            self.clean(value, field)
        except Invalid:
            return False
        return True


def _voted(values: Sequence[Json], weights: Sequence[float], field: Field) -> Merged | None:
    by_words = field.settings.get("merge") == "words"
    if not by_words and field.settings.get("merge") != "characters":
        return None
    texts = [_words(_nfc(value)) if by_words else list(_nfc(value)) for value in values]
    if any(len(text) > MOST_ALIGNED for text in texts):
        return None
    voted = rover(texts, weights)
    if voted is None:
        return None
    ranked = sorted(range(len(values)), key=lambda index: -weights[index])
    whole = next((values[index] for index in ranked if tuple(texts[index]) == voted.words), None)
    joined = " ".join(voted.words).replace(" \n", "\n").replace("\n ", "\n")
    made = joined if by_words else "".join(voted.words)
    return Merged(made if whole is None else whole, min(1.0, voted.confidence))


def _words(text: str) -> list[str]:
    """What stands between blanks; the end of a line is a word too."""
    return [word for word in re.split(r"(\n)|[^\S\n]+", text) if word]


def _nfc(value: Json) -> str:
    return unicodedata.normalize("NFC", str(value))
