"""From the answers of a task to one: the label types merge, the inference says whom to believe."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from labeltypes.answers import compose_answer
from labeltypes.base import Case, Json, JsonObject, Merged, Posterior
from labeltypes.inferred import Inferred
from labeltypes.ontology import Ontology
from quality.services.distributions import WORTH_KEEPING, Distribution, distributions
from quality.services.fields import Asked
from quality.services.methods import METHOD, METHOD_PLAIN

# Pairs grow with the square: of more answers the first so many are compared.
MOST_COMPARED = 20
# So many different sets of answers to a field are remembered.
MOST_ALIKE = 50_000
METHOD_MERGED = "weighted merge"
EXISTS = "exists"
PLAIN = {str, int}  # types of values that tell themselves apart


class Answer(NamedTuple):
    """One counted answer: who, and what of it holds under the current ontology."""

    annotation_id: int
    user_id: int
    value: JsonObject
    version: int = 1


class FieldResult(NamedTuple):
    """What a field came to. ``agreement``: mean nearness of pairs in [0, 1]; None with a single answer."""

    field: str
    value: Json
    majority: Json
    probability: float
    distribution: Distribution
    agreement: float | None
    method: str
    answers: int


@dataclass(frozen=True, init=False)
class TaskResult:
    """All fields of a task, and the answer they make together (None if nobody answered)."""

    task_id: int
    fields: tuple[FieldResult, ...]
    value: JsonObject | None
    classes: tuple[str, ...]
    answers: int
    asked: list[FieldResult]
    """The fields that are part of the composed answer."""
    probability: float | None
    """That of the least certain field."""
    agreement: float | None
    """That of the field on which people differ most."""

    def __init__(
        self,
        task_id: int,
        fields: tuple[FieldResult, ...],
        value: JsonObject | None,
        classes: tuple[str, ...],
        answers: int,
    ) -> None:
        """Written at once, and in a loop of its own: a full run makes one of these for every task."""
        asked = [] if value is None else [field for field in fields if field.field in value]
        probability = agreement = None
        for field in asked:
            if probability is None or field.probability < probability:
                probability = field.probability
            if field.agreement is not None and (agreement is None or field.agreement < agreement):
                agreement = field.agreement
        self.__dict__.update(
            task_id=task_id,
            fields=fields,
            value=value,
            classes=classes,
            answers=answers,
            asked=asked,
            probability=probability,
            agreement=agreement,
        )


Posteriors = Mapping[str, Posterior]
Weights = Mapping[tuple[str, int], float]


def merge_task(
    task_id: int,
    answers: Sequence[Answer],
    composer: "Composer",
    posteriors: Posteriors,
    weights: Weights,
    known: Mapping[str, Mapping[int, Merged]] | None = None,
    method: str = METHOD,
) -> TaskResult:
    """Merge field by field.

    Who did not answer a field (not asked, or left out) has no say in it.

    ``known[field][task]`` where the type merges by what it learned of the crowd;
    ``posteriors[field][unit][code]`` where the inference has one, by this ``method``; ``weights[field,
    person]`` else.
    """
    results = []
    for asked in composer.fields:
        given = [answer for answer in answers if answer.value.get(asked.name) is not None]
        if given:
            trust = [weights.get((asked.name, answer.user_id), 1.0) for answer in given]
            values = [answer.value[asked.name] for answer in given]
            ready = (known or {}).get(asked.name, {}).get(task_id)
            results.append(_merge_field(asked, values, trust, posteriors.get(asked.name), ready, method))
    return composer.result(task_id, results, len(answers))


def merge_batch(
    answers: Mapping[int, Sequence[Answer]],
    composer: "Composer",
    inferred: Mapping[str, Inferred],
    weights: Mapping[str, Mapping[int, float]],
    known: Mapping[str, Mapping[int, Merged]],
    method: str = METHOD,
) -> list[TaskResult]:
    """As ``merge_task`` for many tasks at once, field by field; ``weights[field][person]``.

    ``inferred[field]`` has a row for each task of ``answers``, in their order.
    """
    found: list[list[FieldResult]] = [[] for _ in answers]
    for asked in composer.fields:
        rows, cases = _cases(asked.name, answers.values())
        by_votes = {unit: each.only(rows) for unit, each in inferred.get(asked.name, {}).items()}
        if asked.name in known:
            tasks = list(answers)
            merged = [known[asked.name][tasks[row]] for row in rows]
            results = [_by_crowd(asked, case.values, each) for case, each in zip(cases, merged, strict=True)]
        else:
            merged = asked.label_type.merge_many(cases, weights.get(asked.name, {}), by_votes, asked.field)
            kept = distributions(by_votes, len(cases))
            results = [
                _result(asked, case.values, each, shares, method)
                for case, each, shares in zip(cases, merged, kept, strict=True)
            ]
        for row, result in zip(rows, results, strict=True):
            found[row].append(result)
    return [
        composer.result(task_id, results, len(given))
        for (task_id, given), results in zip(answers.items(), found, strict=True)
    ]


def _cases(name: str, answers: Iterable[Sequence[Answer]]) -> tuple[list[int], list[Case]]:
    """The tasks (by place) that anybody answered this field of, and these answers."""
    rows, cases = [], []
    for row, given in enumerate(answers):
        people, values = [each.user_id for each in given], [each.value.get(name) for each in given]
        if None in values:
            said = [
                (person, value) for person, value in zip(people, values, strict=True) if value is not None
            ]
            people, values = [person for person, _ in said], [value for _, value in said]
        if values:
            rows.append(row)
            cases.append(Case(people, values))
    return rows, cases


def _merge_field(
    asked: Asked,
    values: Sequence[Json],
    trust: Sequence[float],
    posterior: Posterior | None,
    ready: Merged | None,
    by: str,
) -> FieldResult:
    if ready is not None:
        return _by_crowd(asked, values, ready)
    merged = asked.label_type.merge(values, trust, posterior, asked.field)
    return _result(asked, values, merged, _worth_keeping(posterior or {}), by)


def _result(
    asked: Asked, values: Sequence[Json], merged: Merged, distribution: Distribution, by: str
) -> FieldResult:
    plain, agreement = _alike(asked, values)
    method = by if distribution else METHOD_PLAIN if asked.is_judged_by_votes else METHOD_MERGED
    return FieldResult(
        asked.name,
        merged.value,
        plain,
        round(merged.confidence, 9),
        distribution,
        agreement,
        method,
        len(values),
    )


def _by_crowd(asked: Asked, values: Sequence[Json], merged: Merged) -> FieldResult:
    """By what the type learned of the people."""
    found = {region: {EXISTS: share} for region, share in merged.existence.items()}
    return _result(asked, values, merged, _worth_keeping(found), "")._replace(
        method=asked.label_type.crowd_method
    )


def _alike(asked: Asked, values: Sequence[Json]) -> tuple[Json, float | None]:
    """What counts everybody alike: the plain merge, and the agreement.

    Of a choice the same answers come again and again; they are worked out once.
    """
    known = asked.alike
    key = key_of(values)
    if key is not None and key in known:
        return known[key]
    plain = asked.label_type.merge(values, [1.0] * len(values), None, asked.field).value
    found = plain, pair_agreement(asked, values)
    if key is not None:
        if len(known) >= MOST_ALIKE:
            known.clear()
        known[key] = found
    return found


def key_of(values: Iterable[Json]) -> tuple[object, ...] | None:
    """What tells names, levels and lists of names from others; None where there is anything else."""
    given = tuple(values)
    if PLAIN.issuperset(map(type, given)):
        return given
    key: list[object] = []
    for value in given:
        kind = type(value)
        if kind is str or kind is int:
            key.append(value)
        elif isinstance(value, list) and all(type(each) is str for each in value):
            key.append(tuple(value))
        else:
            return None
    return tuple(key)


def _worth_keeping(distribution: Posterior) -> Distribution:
    return {
        unit: {code: round(share, 9) for code, share in shares.items() if share >= WORTH_KEEPING}
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


class Composer:
    """Makes one answer of the results of an ontology's fields. The same values are put together once."""

    def __init__(self, ontology: Ontology, fields: Sequence[Asked]) -> None:
        self.fields = fields
        self.ontology = ontology
        self._made: dict[object, tuple[JsonObject, tuple[str, ...]]] = {}

    def result(self, task_id: int, results: Sequence[FieldResult], answers: int) -> TaskResult:
        """All fields of a task, and what they make together; nobody may change its value."""
        if not results:
            return TaskResult(task_id, (), None, (), answers)
        values = [each.value for each in results]
        key = key_of(values)
        if key is None:
            return TaskResult(task_id, tuple(results), *self._compose(results), answers)
        known = key, tuple(each.field for each in results)
        if known not in self._made:
            if len(self._made) >= MOST_ALIKE:
                self._made.clear()
            self._made[known] = self._compose(results)
        return TaskResult(task_id, tuple(results), *self._made[known], answers)

    def _compose(self, results: Sequence[FieldResult]) -> tuple[JsonObject, tuple[str, ...]]:
        value = compose_answer({each.field: each.value for each in results}, self.ontology)
        shown = [asked for asked in self.fields if asked.name in value]
        names = {name[:200] for asked in shown for name in asked.labels(value[asked.name])}
        return value, tuple(sorted(names))
