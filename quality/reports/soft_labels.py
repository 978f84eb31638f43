"""Soft labels: per categorical field the probability of each answer, and how people voted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from accounts.replica import reading
from formats.outgoing import SoftLabel
from formats.strictjson import Json, stored
from labeltypes.ontology import Ontology
from projects.models import Project
from quality.models import VoteLabel
from quality.services.fields import asked_of

CONSENSUS = """
SELECT task_id, field, distribution::text, method, version, answers, computed_at FROM quality_consensus
WHERE project_id = %s AND task_id = ANY(%s::bigint[]) AND field = ANY(%s)
"""
VOTES = """
SELECT task_id, field, unit, code, count(*) FROM quality_vote
WHERE project_id = %s AND task_id = ANY(%s::bigint[]) AND field = ANY(%s)
GROUP BY task_id, field, unit, code ORDER BY task_id, field, unit, code
"""


class Inferred(NamedTuple):
    """A row of ``CONSENSUS``."""

    task: int
    field: str
    distribution: str
    method: str
    version: int
    answers: int
    time: datetime


Counts = dict[str, dict[str, int]]


def soft_fields(ontology: Ontology) -> tuple[str, ...]:
    """The fields that have a soft label: those whose answers are votes on codes."""
    return tuple(field.name for field in ontology.fields if asked_of(field).is_judged_by_votes)


class SoftLabels:
    """Read for an export: batches of tasks, two statements each, and one for the names of codes."""

    def __init__(self, project: Project, fields: Sequence[str]) -> None:
        self.project, self.fields = project, list(fields)

    def of(self, tasks: Sequence[int]) -> dict[int, dict[str, SoftLabel]]:
        """By task and field; nothing for a field that nobody answered."""
        votes = self._votes(tasks)
        inferred = {(row.task, row.field): row for row in map(Inferred._make, self._rows(CONSENSUS, tasks))}
        found: dict[int, dict[str, SoftLabel]] = defaultdict(dict)
        for task, field in sorted(votes.keys() | inferred.keys(), key=self._place):
            found[task][field] = _soft(inferred.get((task, field)), votes.get((task, field), {}))
        return found

    def _place(self, key: tuple[int, str]) -> tuple[int, int]:
        return key[0], self.fields.index(key[1])

    def _votes(self, tasks: Sequence[int]) -> dict[tuple[int, str], Counts]:
        found: dict[tuple[int, str], Counts] = defaultdict(lambda: defaultdict(dict))
        for task, field, unit, code, count in self._rows(VOTES, tasks):
            names = self._names[field]
            found[task, field][names["unit", unit]][names["code", code]] = count
        return found

    def _rows(self, statement: str, tasks: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        with reading().cursor() as cursor:
            cursor.execute(statement, [self.project.pk, list(tasks), self.fields])
            yield from cursor.fetchall()

    @cached_property
    def _names(self) -> Mapping[str, Mapping[tuple[str, int], str]]:
        found: dict[str, dict[tuple[str, int], str]] = defaultdict(dict)
        rows = VoteLabel.objects.filter(project=self.project, field__in=self.fields)
        for field, kind, code, text in rows.values_list("field", "kind", "code", "text"):
            found[field][kind, code] = text
        return found


def _soft(row: Inferred | None, votes: Counts) -> SoftLabel:
    if row is None:
        answers = max((sum(codes.values()) for codes in votes.values()), default=0)
        return SoftLabel(None, None, None, answers, None, _plain(votes))
    known: Any = stored(row.distribution)
    probabilities = _plain(known) if known else None
    return SoftLabel(row.method, row.version, row.time, row.answers, probabilities, _plain(votes))


def _plain(units: Mapping[str, Mapping[str, float]]) -> dict[str, Json]:
    """Without the unit where the question is a single one."""
    whole = units.get("")
    return {**whole} if whole is not None else {unit: {**codes} for unit, codes in units.items()}
