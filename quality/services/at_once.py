"""All that a few tasks are judged by, read by one statement: this runs for every answer."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from accounts.statements import Prepared
from labeltypes.ontology import Ontology
from projects.models import Project
from quality.services.answers import COUNTED
from quality.services.fields import Asked, usable
from quality.services.kept import Kept
from quality.services.known import Known, Models, People, StoredModel, TrustRow
from quality.services.merging import Answer
from quality.services.sums import read_crowd
from quality.services.votes import current_values, shared_values

# Rows of eight kinds, each with the columns that it needs. ``fit`` tells which run the models are of: they
# are sent only to a process that has those of another. People are looked up one by one, by the index: asked
# for all at once, the planner may read all people's rows through. Figures per class only of the fields on
# which trust follows single answers: there may be a thousand classes.
READ = Prepared(
    "read_at_once",
    f"""
WITH given AS MATERIALIZED (SELECT id, task_id, user_id, version, value::text AS value {COUNTED}),
people AS MATERIALIZED (SELECT DISTINCT user_id AS id FROM given),
sums AS MATERIALIZED (
    SELECT s.* FROM people AS p CROSS JOIN unnest(%(fields)s::varchar[]) AS f(name)
    CROSS JOIN LATERAL (SELECT id, field, user_id, sums FROM quality_personsums
                        WHERE project_id = %(project)s AND field = f.name AND user_id = p.id OFFSET 0) AS s),
fit AS MATERIALIZED (
    SELECT concat_ws(' ', count(*), max(id), max(xmin::text::bigint)) AS name
    FROM quality_fittedmodel WHERE project_id = %(project)s)
SELECT 0 AS kind, id, user_id AS person, NULL::varchar AS field, NULL::varchar AS label,
       NULL::varchar AS basis, NULL::float8 AS n, NULL::float8 AS correct, NULL::float8 AS accuracy,
       value AS content, task_id AS task, version AS number, NULL::bytea AS bytes, NULL::text[] AS texts
FROM given
UNION ALL
SELECT 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, name, NULL,
       (SELECT count(*) FROM projects_ontologyversion WHERE project_id = %(project)s), NULL, NULL
FROM fit
UNION ALL
SELECT 2, NULL, NULL, field, unit, method, temper, difficulty, NULL, sums::text, NULL, NULL, NULL,
       ARRAY[codes::text, marginals::text, pooled::text]
FROM quality_fittedmodel
WHERE project_id = %(project)s AND (SELECT name FROM fit) <> %(fit)s
UNION ALL
SELECT 3, t.id, t.user_id, t.field, t.label, t.basis, t.n, t.correct, t.accuracy, t.confusion,
       NULL, NULL, NULL, NULL
FROM people AS p CROSS JOIN LATERAL (
    SELECT id, user_id, field, label, basis, n, correct, accuracy,
           CASE WHEN label = '' THEN confusion::text END AS confusion
    FROM quality_trust WHERE project_id = %(project)s AND user_id = p.id OFFSET 0) AS t
WHERE t.label = '' OR t.field IN (SELECT field FROM sums)
UNION ALL
SELECT 4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, answers::text, task_id, NULL, NULL, NULL
FROM quality_golditem
WHERE project_id = %(project)s AND retired_at IS NULL AND task_id = ANY(%(tasks)s)
UNION ALL
SELECT 5, id, user_id, field, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, sums, NULL FROM sums
UNION ALL
SELECT 6, NULL, NULL, field, NULL, NULL, NULL, NULL, NULL, votes::text, task_id, NULL, NULL, NULL
FROM quality_votessincefit WHERE project_id = %(project)s AND task_id = ANY(%(tasks)s)
UNION ALL
SELECT 7, NULL, NULL, field, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, votes, NULL
FROM quality_fittedvotes WHERE id IN (
    SELECT b.id FROM unnest(%(tasks)s::bigint[]) AS t(id) CROSS JOIN unnest(%(fields)s::varchar[]) AS f(name)
    CROSS JOIN LATERAL (SELECT id FROM quality_fittedvotes
                        WHERE project_id = %(project)s AND field = f.name AND first_task <= t.id
                        ORDER BY first_task DESC LIMIT 1) AS b)
""",  # noqa: S608  # a part of its own, no value
    project="bigint",
    tasks="bigint[]",
    fields="varchar[]",
    fit="text",
)
# Of so many projects a process keeps the models, under the name of their fit.
MOST_PROJECTS = 32
_fits: dict[int, tuple[str, Models]] = {}
NO_SUMS = "{}"


class Kind(IntEnum):
    """What a row of ``READ`` is."""

    ANSWER = 0
    FIT = 1
    MODEL = 2
    TRUST = 3
    GOLD = 4
    SUMS = 5
    VOTES = 6
    BLOCK = 7


class Row(NamedTuple):
    """One of ``READ``; between ``kind`` and ``task`` as ``TrustRow`` has it."""

    kind: int
    id: int
    person: int
    field: str
    label: str
    basis: str
    n: float
    correct: float
    accuracy: float
    content: str
    task: int
    number: int
    bytes: memoryview
    texts: list[str]


# What Row(...) and TrustRow(...) do, without a call of Python for each.
_row: Callable[[Sequence[Any]], Row] = partial(tuple.__new__, Row)
_trust_row: Callable[[Sequence[Any]], TrustRow] = partial(tuple.__new__, TrustRow)


@dataclass(frozen=True)
class Seen:
    """``answers``: the counted ones by task, in the order in which they were given; a task may have none."""

    answers: dict[int, list[Answer]]
    known: Known
    kept: Kept


def read_at_once(
    project: Project, ontology: Ontology, fields: Sequence[Asked], task_ids: Sequence[int]
) -> Seen:
    """Of these tasks. ``fields`` are those of the ontology."""
    names = [asked.name for asked in fields if asked.is_judged_by_votes]
    held = _fits.get(project.pk, ("", {}))
    values = {"project": project.pk, "tasks": list(task_ids), "fields": names, "fit": held[0]}
    rows: list[list[Row]] = [[] for _ in Kind]
    for row in map(_row, READ.rows(values)):
        rows[row[0]].append(row)
    (fit,) = rows[Kind.FIT]
    if fit.content != held[0]:
        held = fit.content, _models(rows[Kind.MODEL])
        _hold(project.pk, held)
    people = [_trust_row(row[1:10]) for row in rows[Kind.TRUST]]
    gold = {
        row.task: [usable(answer, ontology) for answer in json.loads(row.content)] for row in rows[Kind.GOLD]
    }
    models = {name: units for name, units in held[1].items() if name in names}
    answers = _answers(project, ontology, task_ids, rows[Kind.ANSWER], has_older=fit.number > 1)
    return Seen(answers, Known(models, People(people), gold), _kept(rows))


def _answers(
    project: Project, ontology: Ontology, task_ids: Sequence[int], rows: Sequence[Row], *, has_older: bool
) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = {task_id: [] for task_id in task_ids}
    ordered = sorted((row.task, row.id, row.person, row.content, row.number) for row in rows)
    heads = shared_values((pk, task, user, text, version) for task, pk, user, text, version in ordered)
    values = current_values(project, heads, ontology) if has_older else [(head, head.value) for head in heads]
    for head, value in values:
        found[head.task_id].append(Answer(head.pk, head.user_id, value, head.version))
    return found


def _kept(rows: Sequence[Sequence[Row]]) -> Kept:
    kept = Kept()
    for row in rows[Kind.VOTES]:
        kept.votes[row.field, row.task] = {
            unit: [(user, code) for user, code in given] for unit, given in json.loads(row.content).items()
        }
    for row in rows[Kind.SUMS]:
        kept.add(row.id, row.field, row.person, row.bytes)
    kept.blocks += [(row.field, row.bytes) for row in rows[Kind.BLOCK]]
    return kept


def _hold(project_id: int, held: tuple[str, Models]) -> None:
    if len(_fits) >= MOST_PROJECTS:
        _fits.clear()
    _fits[project_id] = held


def _models(rows: Sequence[Row]) -> Models:
    """Field → its units in the order of the fit; nobody may change them, so nobody can."""
    found: dict[str, list[StoredModel]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.field, row.label)):
        codes, marginals, pooled = map(json.loads, row.texts)
        crowd = None if row.content == NO_SUMS else read_crowd(json.loads(row.content))
        arrays = np.array(marginals), np.array(pooled)
        for array in (*arrays, *((crowd.marginals, crowd.base, crowd.raised_by_class) if crowd else ())):
            array.flags.writeable = False
        found[row.field].append(StoredModel(row.label, codes, *arrays, row.n, row.basis, row.correct, crowd))
    return dict(found)
