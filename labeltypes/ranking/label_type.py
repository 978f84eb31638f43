"""The type `ranking`: its settings, values, distance and votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import ClassVar

from labeltypes.base import (
    Case,
    Field,
    ItemMedia,
    Json,
    JsonObject,
    LabelType,
    Merged,
    Posterior,
    Scale,
    Vote,
)
from labeltypes.checks import Problems, child, need_list, need_text, refuse_unknown
from labeltypes.inferred import Inferred, posterior_of
from labeltypes.options import ITEM_SCHEMA, clean_option, clean_options
from labeltypes.ranking.merge import merge_rankings, merge_undisputed
from labeltypes.ranking.pairs import discordance, ordered_pairs, pair_of, unit_of
from stats.rankings.kemeny import MOST_EXACT

LEAST_OPTIONS, MOST_OPTIONS = 2, MOST_EXACT
LONGEST_NAME = 95  # two of them name a unit, and trust keeps 200 characters of that


class Ranking(LabelType):
    """All options, as a list of their names, best first. Two options make a preference."""

    kind: ClassVar[str] = "ranking"
    in_order: ClassVar[bool] = True

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        return {
            "type": "object",
            "required": ["options"],
            "properties": {
                "options": {
                    "type": "array",
                    "minItems": LEAST_OPTIONS,
                    "maxItems": MOST_OPTIONS,
                    "items": ITEM_SCHEMA,
                },
            },
        }

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType."""
        problems = Problems()
        options: list[Json] = []
        with problems.collect():
            refuse_unknown(raw, ("options",), path)
        with problems.collect():
            where = child(path, "options")
            options = clean_options(raw.get("options"), where, least=LEAST_OPTIONS, most=MOST_OPTIONS)
            _refuse_long_names(raw.get("options"), where)
        problems.raise_if_any()
        return {"options": options}

    def relaxed(self, field: Field) -> Field:
        """Some options may be missing: of drafts, and of answers that are older than an option."""
        return field.with_settings(partial=True)

    def clean(self, raw: Json, field: Field, media: ItemMedia | None = None) -> Json:
        """See LabelType."""
        problems = Problems()
        ranked: list[str] = []
        for index, item in enumerate(need_list(raw, field.name, most=MOST_OPTIONS)):
            path = f"{field.name}[{index}]"
            with problems.collect():
                name = clean_option(item, field.name_set("options"), path)
                if name in ranked:
                    problems.add(path, f'"{name}" is ranked twice')
                ranked.append(name)
        missing = [name for name in field.names("options") if name not in ranked]
        if missing and not problems.found and not field.flag("partial"):
            problems.add(field.name, f"rank all options; missing: {', '.join(missing)}")
        problems.raise_if_any()
        return list[Json](ranked)

    def distance(self, a: Json, b: Json, field: Field) -> float:
        """The share of pairs that stand the other way round (Kendall's tau distance, normalized)."""
        return discordance(_names(a), _names(b))

    def scale(self, field: Field) -> Scale:
        """See LabelType."""
        return "nominal"

    def codes(self, field: Field) -> list[str]:
        """Whether the first option of a unit's name stands before the second."""
        return ["yes", "no"]

    def votes(self, value: Json, field: Field) -> list[Vote]:
        """A vote for each two options."""
        units = [unit_of(better, worse) for better, worse in ordered_pairs(_names(value))]
        return [Vote(unit, "yes" if is_first else "no") for unit, is_first in units]

    def in_words(self, vote: Vote, field: Field) -> str:
        """Which of two options stands before the other."""
        first, second = pair_of(vote.unit) if vote.code == "yes" else reversed(pair_of(vote.unit))
        titles = field.titles("options")
        return f"{titles.get(first, first)} before {titles.get(second, second)}"

    def labels(self, value: Json, field: Field) -> list[str]:
        """The option that is ranked first."""
        return _names(value)[:1]

    def said(self, value: Json, field: Field) -> list[str]:
        """All options, best first."""
        return _names(value)

    def corrupt(self, value: Json, field: Field, rng: Random, media: ItemMedia | None = None) -> Json:
        """Two neighbors change places."""
        ranked = _names(value)
        if len(ranked) < 2:
            return None
        upper = rng.randrange(len(ranked) - 1)
        ranked[upper], ranked[upper + 1] = ranked[upper + 1], ranked[upper]
        return list[Json](ranked)

    def merge(
        self,
        values: Sequence[Json],
        trust: Sequence[float],
        posterior: Posterior | None,
        field: Field,
    ) -> Merged:
        """The order of which the fewest pairs are expected to be the wrong way round (Kemeny)."""
        if not values:
            return Merged(None, 0.0)
        return merge_rankings([_names(value) for value in values], trust, posterior, field)

    def merge_many(
        self, cases: Sequence[Case], trust: Mapping[int, float], inferred: Inferred, field: Field
    ) -> list[Merged]:
        """See LabelType. Where no majorities go in a circle, arrays tell the order."""
        found = merge_undisputed(cases, trust, inferred, field)
        return [
            clear or self.merge(case.values, [trust.get(person, 1.0) for person in case.people],
                                posterior_of(inferred, row), field)
            for row, (case, clear) in enumerate(zip(cases, found, strict=True))
        ]  # fmt: skip


def _refuse_long_names(raw: Json, path: str) -> None:
    problems = Problems()
    for index, item in enumerate(need_list(raw, path, most=MOST_OPTIONS)):
        where, name = f"{path}[{index}]", item
        if isinstance(item, dict):
            where, name = child(where, "name"), item.get("name")
        with problems.collect():
            need_text(name, where, most=LONGEST_NAME)
    problems.raise_if_any()


def _names(value: Json) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a clean ranking")
    return [str(name) for name in value]
