"""An answer with exactly one error in it, as the gold would grade it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from labeltypes.answers import clean_answer
from labeltypes.base import Invalid, ItemMedia, JsonObject
from labeltypes.ontology import Ontology
from quality.models import GoldItem
from quality.services.fields import Asked
from quality.services.grading import grade_value

TRIES = 20


@dataclass(frozen=True)
class Known:
    """A gold task: its accepted answers, and what its regions point into."""

    gold: GoldItem
    media: Mapping[str, ItemMedia]


@dataclass(frozen=True)
class Error:
    """``value`` is right in all but ``field``."""

    field: str
    value: JsonObject


def is_right_so_far(value: JsonObject, known: Known, fields: Sequence[Asked]) -> bool:
    """Whether whatever a value says passes; a pre-label may leave fields out."""
    if not value:
        return False
    grade = grade_value(value, known.gold.answers, known.gold.tolerance, fields)
    return all(grade.fields[name]["passed"] for name in value if name in grade.fields)


def make_error(
    value: JsonObject,
    known: Known,
    *,
    ontology: Ontology,
    fields: Sequence[Asked],
    rng: Random,
    partial: bool,
) -> Error | None:
    """The value with one error, drawn by ``rng``; None where no field's type finds one.

    It is a valid answer, and under each of the accepted answers the field with the error fails.
    """
    answered = [asked for asked in fields if asked.name in value]
    for _ in range(TRIES if answered else 0):
        asked = rng.choice(answered)
        medium = known.media.get(asked.field.on) if asked.field.on else None
        wrong = asked.label_type.corrupt(value[asked.name], asked.field, rng, medium)
        if wrong is None:
            continue
        try:
            spoiled = clean_answer({**value, asked.name: wrong}, ontology, known.media, partial=partial)
        except Invalid:
            continue
        if _is_one_error(spoiled, asked.name, known, fields):
            return Error(asked.name, spoiled)
    return None


def _is_one_error(spoiled: JsonObject, field: str, known: Known, fields: Sequence[Asked]) -> bool:
    for accepted in known.gold.answers:
        found = grade_value(spoiled, [accepted], known.gold.tolerance, fields).fields
        if field not in found or found[field]["passed"]:
            return False
    best = grade_value(spoiled, known.gold.answers, known.gold.tolerance, fields).fields
    return all(best[name]["passed"] for name in spoiled if name != field and name in best)
