"""The type `rating`: its settings, values, distance and merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import ClassVar

import numpy as np

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
    need_between,
    need_integer,
    need_line,
    need_list,
)
from labeltypes.inferred import Inferred, Shares, posterior_of
from labeltypes.settings import integer, read_settings
from labeltypes.voting import agreement_with, first_breaks_ties, normalized_weights
from stats.numbers.weighted import weighted_median

DEFAULT_MAX = 5
MOST_LEVELS = 100
MAX_LABEL = 100
HAIR = 1e-9  # so that rounding does not decide where a median lies


class Rating(LabelType):
    """A whole number from 1 to `max`."""

    kind: ClassVar[str] = "rating"
    scalar: ClassVar[bool] = True

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        label: JsonObject = {"type": "string", "maxLength": MAX_LABEL}
        return {
            "type": "object",
            "properties": {
                "max": {
                    "type": "integer",
                    "minimum": 2,
                    "maximum": MOST_LEVELS,
                    "default": DEFAULT_MAX,
                },
                "labels": {"type": "array", "items": label, "default": []},
            },
        }

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType. `labels` has a text per level, or is empty."""
        problems = Problems()
        checks = {"max": integer(2, MOST_LEVELS), "labels": _clean_labels}
        defaults: JsonObject = {"max": DEFAULT_MAX, "labels": []}
        settings = read_settings(raw, path, checks, problems, defaults=defaults)
        labels = settings["labels"]
        if isinstance(labels, list) and labels and len(labels) != settings["max"]:
            problems.add(
                child(path, "labels"),
                f"must have {settings['max']} entries, one per level",
            )
        problems.raise_if_any()
        return settings

    def clean(self, raw: Json, field: Field, media: ItemMedia | None = None) -> Json:
        """See LabelType."""
        value = need_integer(raw, field.name)
        need_between(value, field.name, least=1, most=_levels(field))
        return value

    def scale(self, field: Field) -> Scale:
        """See LabelType."""
        return "ordinal"

    def codes(self, field: Field) -> list[str]:
        """The levels as text, lowest first."""
        return [str(level) for level in range(1, _levels(field) + 1)]

    def votes(self, value: Json, field: Field) -> list[Vote]:
        """One vote: the level as text."""
        return [Vote("", str(value))]

    def labels(self, value: Json, field: Field) -> list[str]:
        """The level as text, so that it can be filtered and counted."""
        return [str(value)]

    def corrupt(self, value: Json, field: Field, rng: Random, media: ItemMedia | None = None) -> Json:
        """One or two levels up or down."""
        level = _level(value)
        near = [other for other in range(level - 2, level + 3) if other != level]
        return rng.choice([other for other in near if 1 <= other <= _levels(field)])

    def distance(self, a: Json, b: Json, field: Field) -> float:
        """|a - b| / (max - 1)."""
        return abs(_level(a) - _level(b)) / (_levels(field) - 1)

    def merge(
        self,
        values: Sequence[Json],
        trust: Sequence[float],
        posterior: Posterior | None,
        field: Field,
    ) -> Merged:
        """The median of the inferred probabilities, with its probability; without them of the answers.

        The answers' median is weighted by trust, and its confidence is the mean agreement (1 - distance) with
        it. Halfway between two answers it is the level in their middle; if there is none, the earlier answer.
        """
        if not values:
            return Merged(None, 0.0)
        probable = [(posterior or {}).get("", {}).get(code, 0.0) for code in self.codes(field)]
        if any(probable):
            reached = list(accumulate(probable))
            level = next(index for index, sum_ in enumerate(reached) if sum_ >= reached[-1] / 2 - HAIR)
            return Merged(level + 1, min(1.0, probable[level] / reached[-1]))
        weights = normalized_weights(trust, len(values))
        levels = [_level(value) for value in values]
        median = weighted_median(levels, weights)
        if median is None or median != int(median):
            median = weighted_median(levels, first_breaks_ties(weights))
        merged = need_integer(median, field.name)
        return Merged(
            merged,
            agreement_with(merged, values, weights, lambda a, b: self.distance(a, b, field)),
        )

    def merge_many(
        self, cases: Sequence[Case], trust: Mapping[int, float], inferred: Inferred, field: Field
    ) -> list[Merged]:
        """See LabelType. Where levels have probabilities, these decide alone."""
        if "" not in inferred:
            return super().merge_many(cases, trust, inferred, field)
        return [
            median or self.merge(case.values, [trust.get(person, 1.0) for person in case.people],
                                 posterior_of(inferred, row), field)
            for row, (case, median) in enumerate(zip(cases, _medians(inferred[""]), strict=True))
        ]  # fmt: skip


def _medians(inferred: Shares) -> list[Merged | None]:
    """What `merge` says of each task that has probabilities; None elsewhere."""
    if not inferred.shares.size:
        return [None] * len(inferred.shares)
    reached = np.cumsum(inferred.shares, axis=1)
    total = reached[:, -1]
    place = (reached >= (total / 2 - HAIR)[:, None]).argmax(axis=1)
    share = inferred.shares[np.arange(place.size), place]
    return [
        Merged(int(inferred.codes[level]), min(1.0, probable / whole)) if whole > 0 else None
        for level, probable, whole in zip(place.tolist(), share.tolist(), total.tolist(), strict=True)
    ]


def _clean_labels(raw: Json, path: str) -> Json:
    labels = need_list(raw, path, most=MOST_LEVELS)
    problems = Problems()
    for index, label in enumerate(labels):
        with problems.collect():
            need_line(label, f"{path}[{index}]", most=MAX_LABEL)
    problems.raise_if_any()
    return labels


def _levels(field: Field) -> int:
    return int(field.number("max") or DEFAULT_MAX)


def _level(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is not a clean rating")
    return value
