"""The type `choice`: its settings, values, distance and votes."""

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
from labeltypes.checks import (
    Problems,
    child,
    need_bool,
    need_integer,
    need_list,
    need_one_of,
    refuse_unknown,
)
from labeltypes.choice.merge import clear_winners, merge_multiple, merge_single
from labeltypes.inferred import Inferred, posterior_of
from labeltypes.options import ITEM_SCHEMA, MAX_OPTIONS, clean_option, clean_options

DISPLAYS = ("auto", "list", "buttons", "search")
MAX_UNITS = 200  # beyond it a vote per option and answer would swamp the vote table


class Choice(LabelType):
    """Single: the name of an option. Multiple: a list of names in the ontology's order."""

    kind: ClassVar[str] = "choice"
    scalar: ClassVar[bool] = True

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        return {
            "type": "object",
            "required": ["options"],
            "properties": {
                "options": {
                    "type": "array",
                    "minItems": 2,
                    "maxItems": MAX_OPTIONS,
                    "items": ITEM_SCHEMA,
                },
                "multiple": {"type": "boolean", "default": False},
                "min": {"type": "integer", "minimum": 0},
                "max": {"type": "integer", "minimum": 1},
                "display": {"enum": list(DISPLAYS), "default": "auto"},
            },
        }

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType. `min` and `max` count options and need `multiple`."""
        problems = Problems()
        settings: JsonObject = {"options": [], "multiple": False, "display": "auto"}
        with problems.collect():
            refuse_unknown(raw, ("options", "multiple", "min", "max", "display"), path)
        with problems.collect():
            settings["options"] = clean_options(raw.get("options"), child(path, "options"), least=2)
        if raw.get("multiple") is not None:
            with problems.collect():
                settings["multiple"] = need_bool(raw["multiple"], child(path, "multiple"))
        if raw.get("display") is not None:
            with problems.collect():
                settings["display"] = need_one_of(raw["display"], DISPLAYS, child(path, "display"))
        with problems.collect():
            settings |= _clean_limits(raw, path)
        problems.raise_if_any()
        return settings

    def relaxed(self, field: Field) -> Field:
        """See LabelType."""
        return field.with_settings(min=None)

    def clean(self, raw: Json, field: Field, media: ItemMedia | None = None) -> Json:
        """See LabelType."""
        if not field.flag("multiple"):
            return clean_option(raw, field.name_set("options"), field.name)
        return _clean_list(raw, field)

    def distance(self, a: Json, b: Json, field: Field) -> float:
        """Single: 0 or 1. Multiple: the Jaccard distance 1 - |A ∩ B| / |A ∪ B|; two empty lists agree."""
        if not isinstance(a, list) or not isinstance(b, list):
            return 0.0 if a == b else 1.0
        left, right = set(map(str, a)), set(map(str, b))
        return 1 - len(left & right) / len(left | right) if left | right else 0.0

    def scale(self, field: Field) -> Scale:
        """See LabelType. A multiple choice of very many options is compared by distance only."""
        return "none" if _too_many_units(field) else "nominal"

    def codes(self, field: Field) -> list[str]:
        """The options, or yes and no for a multiple choice."""
        if _too_many_units(field):
            return []
        return ["yes", "no"] if field.flag("multiple") else field.names("options")

    def votes(self, value: Json, field: Field) -> list[Vote]:
        """Single: one vote in unit "". Multiple: a yes or no in a unit per option (up to 200 options)."""
        if not isinstance(value, list):
            return [Vote("", str(value))]
        if _too_many_units(field):
            return []
        chosen = set(map(str, value))
        return [Vote(name, "yes" if name in chosen else "no") for name in field.names("options")]

    def in_words(self, vote: Vote, field: Field) -> str:
        """Of a multiple choice: an option, or that it is not chosen."""
        if not vote.unit:
            return super().in_words(vote, field)
        option = field.titles("options").get(vote.unit, vote.unit)
        return option if vote.code == "yes" else f"not {option}"

    def labels(self, value: Json, field: Field) -> list[str]:
        """See LabelType."""
        return list(map(str, value)) if isinstance(value, list) else [str(value)]

    def corrupt(self, value: Json, field: Field, rng: Random, media: ItemMedia | None = None) -> Json:
        """Single: another option. Multiple: an option too many or too few."""
        names = field.names("options")
        if not isinstance(value, list):
            return rng.choice([name for name in names if name != value])
        flipped, chosen = rng.choice(names), set(map(str, value))
        return [name for name in names if (name in chosen) != (name == flipped)]

    def choices(self, field: Field) -> list[str]:
        """See LabelType."""
        return field.names("options")

    def merge(
        self,
        values: Sequence[Json],
        trust: Sequence[float],
        posterior: Posterior | None,
        field: Field,
    ) -> Merged:
        """The most probable options by `posterior` where it is given, else the trust-weighted majority."""
        if not values:
            return Merged(None, 0.0)
        if field.flag("multiple"):
            chosen = [self.labels(value, field) for value in values]
            return merge_multiple(chosen, trust, posterior, field)
        return merge_single([str(value) for value in values], trust, posterior, field)

    def merge_many(
        self, cases: Sequence[Case], trust: Mapping[int, float], inferred: Inferred, field: Field
    ) -> list[Merged]:
        """See LabelType. Where one option is the most probable, nothing else decides."""
        if field.flag("multiple") or "" not in inferred:
            return super().merge_many(cases, trust, inferred, field)
        found = clear_winners(inferred[""])
        return [
            clear or self.merge(case.values, [trust.get(person, 1.0) for person in case.people],
                                posterior_of(inferred, row), field)
            for row, (case, clear) in enumerate(zip(cases, found, strict=True))
        ]  # fmt: skip


def _clean_limits(raw: JsonObject, path: str) -> JsonObject:
    """`min` and `max`, and that they fit each other and the number of options."""
    problems = Problems()
    limits: dict[str, int] = {}
    for key, least in (("min", 0), ("max", 1)):
        if raw.get(key) is None:
            continue
        with problems.collect():
            number = need_integer(raw[key], child(path, key))
            if number < least:
                problems.add(child(path, key), f"must be >= {least}")
            if raw.get("multiple") is not True:
                problems.add(child(path, key), "needs a multiple choice")
            limits[key] = number
    options = raw.get("options")
    if isinstance(options, list) and limits.get("min", 0) > len(options):
        problems.add(child(path, "min"), f"must be <= {len(options)}, the number of options")
    if "min" in limits and limits["min"] > limits.get("max", MAX_OPTIONS):
        problems.add(child(path, "max"), f"must be >= min ({limits['min']})")
    problems.raise_if_any()
    return dict(limits)


def _clean_list(raw: Json, field: Field) -> Json:
    problems = Problems()
    known, chosen = field.name_set("options"), set[str]()
    for index, item in enumerate(need_list(raw, field.name, most=MAX_OPTIONS)):
        path = f"{field.name}[{index}]"
        with problems.collect():
            name = clean_option(item, known, path)
            if name in chosen:
                problems.add(path, f'"{name}" is chosen twice')
            chosen.add(name)
    least, most = field.number("min"), field.number("max")
    if not problems.found and least is not None and len(chosen) < least:
        problems.add(field.name, f"choose at least {least:g}")
    if not problems.found and most is not None and len(chosen) > most:
        problems.add(field.name, f"choose at most {most:g}")
    problems.raise_if_any()
    return [name for name in field.names("options") if name in chosen]


def _too_many_units(field: Field) -> bool:
    return field.flag("multiple") and len(field.items("options")) > MAX_UNITS
