"""The type `number`: its settings, values, distance and merge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import ClassVar

from labeltypes.base import (
    Case,
    Crowd,
    Field,
    Invalid,
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
    decimals,
    need_between,
    need_line,
    need_number,
    shown,
)
from labeltypes.number.crowd import NumberLearner, estimated
from labeltypes.settings import number, read_settings
from labeltypes.voting import agreement_with, first_breaks_ties, normalized_weights
from stats.numbers.weighted import weighted_median

MAX_UNIT = 30


class Number(LabelType):
    """An int or a float. A whole number is always an int, so that 3 and 3.0 are one value."""

    kind: ClassVar[str] = "number"
    scalar: ClassVar[bool] = True
    crowd_method: ClassVar[str] = "exactness and bias"

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        return {
            "type": "object",
            "properties": {
                "min": {"type": "number"},
                "max": {"type": "number"},
                "step": {"type": "number", "exclusiveMinimum": 0},
                "unit": {"type": "string", "maxLength": MAX_UNIT},
                "tolerance": {"type": "number", "exclusiveMinimum": 0},
            },
        }

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType."""
        problems = Problems()
        checks = {
            "min": number(),
            "max": number(),
            "step": _positive,
            "unit": lambda value, where: need_line(value, where, most=MAX_UNIT),
            "tolerance": _positive,
        }
        settings = read_settings(raw, path, checks, problems, defaults={})
        low, high = settings.get("min"), settings.get("max")
        if isinstance(low, int | float) and isinstance(high, int | float) and low >= high:
            problems.add(child(path, "max"), f"must be > min ({shown(low)})")
        problems.raise_if_any()
        return settings

    def clean(self, raw: Json, field: Field, media: ItemMedia | None = None) -> Json:
        """See LabelType."""
        value = need_number(raw, field.name)
        low, step = field.number("min"), field.number("step")
        need_between(value, field.name, least=low, most=field.number("max"))
        if step is not None and not _on_step(value, low or 0, step):
            start = f"{shown(low)} plus a multiple" if low else "a multiple"
            raise Invalid.at(field.name, f"must be {start} of {shown(step)}")
        return value

    def scale(self, field: Field) -> Scale:
        """See LabelType."""
        return "interval"

    def votes(self, value: Json, field: Field) -> list[Vote]:
        """One vote whose code is the number as text; the set of codes is open."""
        return [Vote("", repr(value))]

    def corrupt(self, value: Json, field: Field, rng: Random, media: ItemMedia | None = None) -> Json:
        """Off by a sixth to a half of the range (or of itself), on the step, as many decimals as before."""
        number, step = _float(value), field.number("step")
        low, high = field.number("min"), field.number("max")
        reach = high - low if low is not None and high is not None else abs(number) or 10.0
        gap = reach * rng.uniform(1 / 6, 1 / 2)
        unit = step or 10.0 ** -decimals(number)
        gap = max(1, round(gap / unit)) * unit * rng.choice((-1, 1))
        wrong = next((each for each in (number + gap, number - gap) if _within(each, low, high)), None)
        if wrong is None:
            return None
        return need_number(round(wrong, max(decimals(number), decimals(unit))), field.name)

    def distance(self, a: Json, b: Json, field: Field) -> float:
        """Between `min` and `max`: |a - b| / (max - min).

        Without both limits: d / (d + tolerance) with d = |a - b| (one half at the tolerance); without a
        tolerance too: d / (|a| + |b|), so that what counts is the difference in proportion.
        """
        x, y = _float(a), _float(b)
        gap = abs(x - y)
        low, high, tolerance = (
            field.number("min"),
            field.number("max"),
            field.number("tolerance"),
        )
        if gap == 0:
            return 0.0
        if low is not None and high is not None:
            return min(1.0, gap / (high - low))
        return gap / (gap + tolerance) if tolerance else min(1.0, gap / (abs(x) + abs(y)))

    def merge(
        self,
        values: Sequence[Json],
        trust: Sequence[float],
        posterior: Posterior | None,
        field: Field,
    ) -> Merged:
        """The trust-weighted median; the confidence is the mean agreement (1 - distance) with it.

        Halfway between two answers it is their middle, or the earlier answer when the middle is off the step.
        """
        if not values:
            return Merged(None, 0.0)
        weights = normalized_weights(trust, len(values))
        numbers = [_float(value) for value in values]
        median = weighted_median(numbers, weights)
        step = field.number("step")
        if median is None or (step is not None and not _on_step(median, field.number("min") or 0, step)):
            median = weighted_median(numbers, first_breaks_ties(weights))
        merged = need_number(median, field.name)
        return Merged(
            merged,
            agreement_with(merged, values, weights, lambda a, b: self.distance(a, b, field)),
        )

    def learner(self, field: Field) -> NumberLearner:
        """Learns who is exact, who always says more, and whether single answers slip."""
        return NumberLearner(_float)

    def merge_known(self, cases: Sequence[Case], crowd: Crowd, field: Field) -> list[Merged]:
        """The mean weighted by everybody's exactness, without their bias; answers that slip hardly count.

        It lies within the range of the answers, on the step, and has one decimal more than they have. The
        confidence is how near the answers are to what was expected of their authors, in the same weights.
        """
        found = estimated(cases, crowd, _float)
        merged, start = [], 0
        for case, value in zip(cases, found.value.tolist(), strict=True):
            own = slice(start, start + len(case.values))
            start = own.stop
            if not case.values:
                merged.append(Merged(None, 0.0))
            elif all(given == case.values[0] for given in case.values):
                merged.append(Merged(case.values[0], 1.0))
            else:
                expected, weights = found.expected[own].tolist(), found.weight[own].tolist()
                far = math.fsum(
                    weight * self.distance(given, theirs, field)
                    for given, theirs, weight in zip(case.values, expected, weights, strict=True)
                )
                merged.append(Merged(_as_exact(value, case.values, field), min(1.0, max(0.0, 1 - far))))
        return merged


def _as_exact(value: float, given: Sequence[Json], field: Field) -> Json:
    """On the step; without one, with a decimal more than the most exact of the answers."""
    step, start = field.number("step"), field.number("min") or 0
    if step is not None:
        value = start + round((value - start) / step) * step
    places = max(decimals(_float(each)) for each in given) + (0 if step is not None else 1)
    return need_number(round(value, max(places, decimals(step or 0.0))), field.name)


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _positive(raw: Json, path: str) -> Json:
    value = need_number(raw, path)
    if value <= 0:
        raise Invalid.at(path, "must be > 0")
    return value


def _on_step(value: float, start: float, step: float) -> bool:
    steps = (value - start) / step
    return math.isclose(steps, round(steps), rel_tol=1e-12, abs_tol=1e-6)


def _float(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a clean number")
    return float(value)
