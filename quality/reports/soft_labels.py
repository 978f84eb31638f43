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
from quality.models import GroupQuestion, VoteLabel
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


# People count for the group that they name now, while they belong to the organization.
BY_GROUP = """
SELECT v.task_id, v.field, v.unit, v.code, q.id, a.option, count(*) FROM quality_vote v
JOIN quality_groupanswer a ON a.user_id = v.user_id
JOIN quality_groupquestion q ON q.id = a.question_id AND q.in_exports
JOIN accounts_organizationmembership m ON m.organization_id = q.organization_id AND m.user_id = v.user_id
WHERE v.project_id = %s AND v.task_id = ANY(%s::bigint[]) AND v.field = ANY(%s)
  AND q.organization_id = %s
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 5, 6, 3, 4
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
    """Read for an export: batches of tasks, two statements each (three with groups), and two for names."""

    def __init__(self, project: Project, fields: Sequence[str], *, groups: bool = False) -> None:
        self.project, self.fields, self.with_groups = project, list(fields), groups

    def of(self, tasks: Sequence[int]) -> dict[int, dict[str, SoftLabel]]:
        """By task and field; nothing for a field that nobody answered."""
        votes = self._votes(tasks)
        inferred = {(row.task, row.field): row for row in map(Inferred._make, self._rows(CONSENSUS, tasks))}
        groups = self._groups(tasks, votes) if self.with_groups else {}
        found: dict[int, dict[str, SoftLabel]] = defaultdict(dict)
        for task, field in sorted(votes.keys() | inferred.keys(), key=self._place):
            soft = _soft(inferred.get((task, field)), votes.get((task, field), {}))
            soft.groups = groups.get((task, field), {}) if self.with_groups else None
            found[task][field] = soft
        return found

    def _place(self, key: tuple[int, str]) -> tuple[int, int]:
        return key[0], self.fields.index(key[1])

    def _votes(self, tasks: Sequence[int]) -> dict[tuple[int, str], Counts]:
        found: dict[tuple[int, str], Counts] = defaultdict(lambda: defaultdict(dict))
        for task, field, unit, code, count in self._rows(VOTES, tasks):
            names = self._names[field]
            found[task, field][names["unit", unit]][names["code", code]] = count
        return found

    def _groups(
        self, tasks: Sequence[int], votes: Mapping[tuple[int, str], Counts]
    ) -> dict[tuple[int, str], dict[str, Json]]:
        """Question → group → votes, where every group and the rest are nobody or enough people."""
        told: dict[tuple[int, str, int], dict[str, Counts]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(dict))
        )
        rows = self._rows(BY_GROUP, tasks, self.project.organization_id)
        for task, field, unit, code, question, option, count in rows:
            names = self._names[field]
            told[task, field, question][option][names["unit", unit]][names["code", code]] = count
        found: dict[tuple[int, str], dict[str, Json]] = defaultdict(dict)
        for (task, field, number), groups in told.items():
            question = self._questions[number]
            if _are_enough(groups, votes[task, field], question.least):
                shown: dict[str, Json] = {option: _plain(units) for option, units in groups.items()}
                found[task, field][question.name] = shown
        return found

    @cached_property
    def _questions(self) -> Mapping[int, GroupQuestion]:
        rows = GroupQuestion.objects.filter(organization=self.project.organization_id, in_exports=True)
        return {question.pk: question for question in rows}

    def _rows(self, statement: str, tasks: Sequence[int], *more: int) -> Iterator[tuple[Any, ...]]:
        with reading().cursor() as cursor:
            cursor.execute(statement, [self.project.pk, list(tasks), self.fields, *more])
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


def _are_enough(groups: Mapping[str, Counts], votes: Counts, least: int) -> bool:
    """Whether two groups or more voted, and in each unit every group and the rest are nobody or enough."""
    for unit, codes in votes.items():
        sizes = [sum(units.get(unit, {}).values()) for units in groups.values()]
        rest = sum(codes.values()) - sum(sizes)
        if len(sizes) < 2 or min(sizes) < least or 0 < rest < least:
            return False
    return True


def _plain(units: Mapping[str, Mapping[str, float]]) -> dict[str, Json]:
    """Without the unit where the question is a single one."""
    whole = units.get("")
    return {**whole} if whole is not None else {unit: {**codes} for unit, codes in units.items()}
