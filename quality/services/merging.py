"""From the answers of a task to one: the label types merge, the inference says whom to believe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from labeltypes.answers import compose_answer
from labeltypes.base import Json, JsonObject, Merged, Posterior
from labeltypes.ontology import Ontology
from quality.services.fields import Asked
from quality.services.methods import METHOD, METHOD_PLAIN

# Pairs grow with the square: of more answers the first so many are compared.
MOST_COMPARED = 20
# So many different sets of answers to a field are remembered.
MOST_ALIKE = 50_000
METHOD_MERGED = "weighted merge"
METHOD_OBJECTS = "detection rates"
EXISTS = "exists"


@dataclass(frozen=True)
class Answer:
    """One counted answer: who, and what of it holds under the current ontology."""

    annotation_id: int
    user_id: int
    value: JsonObject
    version: int = 1


@dataclass(frozen=True)
class FieldResult:
    """What a field came to. ``agreement``: mean nearness of pairs in [0, 1]; None with a single answer."""

    field: str
    value: Json
    majority: Json
    probability: float
    distribution: dict[str, dict[str, float]]
    agreement: float | None
    method: str
    answers: int


@dataclass(frozen=True)
class TaskResult:
    """All fields of a task, and the answer they make together (None if nobody answered)."""

    task_id: int
    fields: tuple[FieldResult, ...]
    value: JsonObject | None
    classes: tuple[str, ...]
    answers: int

    @property
    def asked(self) -> list[FieldResult]:
        """The fields that are part of the composed answer."""
        return [field for field in self.fields if self.value is not None and field.field in self.value]

    @property
    def probability(self) -> float | None:
        """That of the least certain field."""
        return min((field.probability for field in self.asked), default=None)

    @property
    def agreement(self) -> float | None:
        """That of the field on which people differ most."""
        known = [field.agreement for field in self.asked if field.agreement is not None]
        return min(known, default=None)


Posteriors = Mapping[str, Posterior]
Weights = Mapping[tuple[str, int], float]


def merge_task(
    task_id: int,
    answers: Sequence[Answer],
    ontology: Ontology,
    fields: Sequence[Asked],
    posteriors: Posteriors,
    weights: Weights,
    known: Mapping[str, Mapping[int, Merged]] | None = None,
    method: str = METHOD,
) -> TaskResult:
    """Merge field by field; ``fields`` are those of the ontology.

    Who did not answer a field (not asked, or left out) has no say in it.

    ``known[field][task]`` where the type merges by what it learned of the crowd;
    ``posteriors[field][unit][code]`` where the inference has one, by this ``method``; ``weights[field,
    person]`` else.
    """
    results = []
    for asked in fields:
        given = [answer for answer in answers if answer.value.get(asked.name) is not None]
        if given:
            trust = [weights.get((asked.name, answer.user_id), 1.0) for answer in given]
            values = [answer.value[asked.name] for answer in given]
            ready = (known or {}).get(asked.name, {}).get(task_id)
            results.append(_merge_field(asked, values, trust, posteriors.get(asked.name), ready, method))
    value = compose_answer({each.field: each.value for each in results}, ontology) if results else None
    return TaskResult(task_id, tuple(results), value, _classes(value, fields), len(answers))


def _merge_field(
    asked: Asked,
    values: Sequence[Json],
    trust: Sequence[float],
    posterior: Posterior | None,
    ready: Merged | None,
    by: str,
) -> FieldResult:
    merge, field = asked.label_type.merge, asked.field
    merged = merge(values, trust, posterior, field) if ready is None else ready
    plain, agreement = _alike(asked, values)
    known = {unit: dict(shares) for unit, shares in (posterior or {}).items()}
    method = by if known else METHOD_PLAIN if asked.is_judged_by_votes else METHOD_MERGED
    if ready is not None:
        method = METHOD_OBJECTS
        known = {region: {EXISTS: share} for region, share in ready.existence.items()}
    return FieldResult(
        field=field.name,
        value=merged.value,
        majority=plain,
        probability=round(merged.confidence, 9),
        distribution=_worth_keeping(known),
        agreement=agreement,
        method=method,
        answers=len(values),
    )


def _alike(asked: Asked, values: Sequence[Json]) -> tuple[Json, float | None]:
    """What counts everybody alike: the plain merge, and the agreement.

    Of a choice the same answers come again and again; they are worked out once.
    """
    known = asked.alike
    key = tuple(values) if all(type(value) in (str, int) for value in values) else None
    if key is not None and key in known:
        return known[key]
    plain = asked.label_type.merge(values, [1.0] * len(values), None, asked.field).value
    found = plain, pair_agreement(asked, values)
    if key is not None:
        if len(known) >= MOST_ALIKE:
            known.clear()
        known[key] = found
    return found


def _worth_keeping(distribution: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Probabilities below one in a million say nothing; of thousands of options most are."""
    return {
        unit: {code: round(share, 9) for code, share in shares.items() if share >= 1e-6}
        for unit, shares in distribution.items()
    }


def pair_agreement(asked: Asked, values: Sequence[Json]) -> float | None:
    """Mean of 1 - distance over all pairs of answers, in [0, 1]; None with fewer than two."""
    pairs = list(combinations(values[:MOST_COMPARED], 2))
    if not pairs:
        return None
    return round(sum(1 - asked.distance(a, b) for a, b in pairs) / len(pairs), 9)


def nearness(asked: Asked, values: Sequence[Json]) -> list[float]:
    """For each of at least two answers its mean nearness to the others', in [0, 1]."""
    compared = values[:MOST_COMPARED]
    sums = [0.0] * len(compared)
    for i, j in combinations(range(len(compared)), 2):
        near = 1 - asked.distance(compared[i], compared[j])
        sums[i] += near
        sums[j] += near
    return [total / (len(compared) - 1) for total in sums]


def _classes(value: JsonObject | None, fields: Sequence[Asked]) -> tuple[str, ...]:
    if value is None:
        return ()
    shown = [asked for asked in fields if asked.name in value]
    return tuple(sorted({name[:200] for asked in shown for name in asked.labels(value[asked.name])}))
