"""All that a few tasks are judged by, read by one statement: this runs for every answer."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
    CROSS JOIN LATERAL (SELECT field, user_id, sums FROM quality_personsums
                        WHERE project_id = %(project)s AND field = f.name AND user_id = p.id OFFSET 0) AS s),
fit AS MATERIALIZED (
    SELECT concat_ws(' ', count(*), max(id), max(xmin::text::bigint)) AS name
    FROM quality_fittedmodel WHERE project_id = %(project)s)
SELECT 'answer' AS kind, id, task_id AS task, user_id AS person, version AS number, NULL::varchar AS field,
       NULL::varchar AS label, value AS content, NULL::bytea AS bytes, NULL::text[] AS texts,
       NULL::float8 AS n, NULL::float8 AS correct, NULL::float8 AS accuracy
FROM given
UNION ALL
SELECT 'fit', NULL, NULL, NULL,
       (SELECT count(*) FROM projects_ontologyversion WHERE project_id = %(project)s),
       NULL, NULL, name, NULL, NULL, NULL, NULL, NULL
FROM fit
UNION ALL
SELECT 'model', NULL, NULL, NULL, NULL, field, unit, sums::text, NULL,
       ARRAY[codes::text, marginals::text, pooled::text, method], temper, difficulty, NULL
FROM quality_fittedmodel
WHERE project_id = %(project)s AND (SELECT name FROM fit) <> %(fit)s
UNION ALL
SELECT 'trust', t.id, NULL, t.user_id, NULL, t.field, t.label, t.confusion, NULL, ARRAY[t.basis],
       t.n, t.correct, t.accuracy
FROM people AS p CROSS JOIN LATERAL (
    SELECT id, user_id, field, label, basis, n, correct, accuracy,
           CASE WHEN label = '' THEN confusion::text END AS confusion
    FROM quality_trust WHERE project_id = %(project)s AND user_id = p.id OFFSET 0) AS t
WHERE t.label = '' OR t.field IN (SELECT field FROM sums)
UNION ALL
SELECT 'gold', NULL, task_id, NULL, NULL, NULL, NULL, answers::text, NULL, NULL, NULL, NULL, NULL
FROM quality_golditem
WHERE project_id = %(project)s AND retired_at IS NULL AND task_id = ANY(%(tasks)s)
UNION ALL
SELECT 'sums', NULL, NULL, user_id, NULL, field, NULL, NULL, sums, NULL, NULL, NULL, NULL FROM sums
UNION ALL
SELECT 'votes', NULL, task_id, NULL, NULL, field, NULL, votes::text, NULL, NULL, NULL, NULL, NULL
FROM quality_votessincefit WHERE project_id = %(project)s AND task_id = ANY(%(tasks)s)
UNION ALL
SELECT 'block', NULL, NULL, NULL, NULL, field, NULL, NULL, votes, NULL, NULL, NULL, NULL
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


class Row(NamedTuple):
    """One of ``READ``."""

    kind: str
    id: int
    task: int
    person: int
    number: int
    field: str
    label: str
    content: str
    bytes: memoryview
    texts: list[str]
    n: float
    correct: float
    accuracy: float


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
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in READ.rows(values):
        rows[row[0]].append(Row(*row))
    (fit,) = rows["fit"]
    if fit.content != held[0]:
        held = fit.content, _models(rows["model"])
        _hold(project.pk, held)
    people = [
        TrustRow(
            row.id,
            row.person,
            row.field,
            row.label,
            row.texts[0],
            row.n,
            row.correct,
            row.accuracy,
            row.content,
        )
        for row in rows["trust"]
    ]
    gold = {
        row.task: [usable(answer, ontology) for answer in json.loads(row.content)] for row in rows["gold"]
    }
    models = {name: units for name, units in held[1].items() if name in names}
    answers = _answers(project, ontology, task_ids, rows["answer"], has_older=fit.number > 1)
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


def _kept(rows: Mapping[str, Sequence[Row]]) -> Kept:
    kept = Kept()
    for row in rows["votes"]:
        kept.votes[row.field, row.task] = {
            unit: [(user, code) for user, code in given] for unit, given in json.loads(row.content).items()
        }
    for row in rows["sums"]:
        kept.sums[row.field][row.person] = np.frombuffer(row.bytes, dtype="<f8")
    kept.blocks += [(row.field, row.bytes) for row in rows["block"]]
    return kept


def _hold(project_id: int, held: tuple[str, Models]) -> None:
    if len(_fits) >= MOST_PROJECTS:
        _fits.clear()
    _fits[project_id] = held


def _models(rows: Sequence[Row]) -> Models:
    """Field → its units in the order of the fit; nobody may change them, so nobody can."""
    found: dict[str, list[StoredModel]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.field, row.label)):
        codes, marginals, pooled = (json.loads(text) for text in row.texts[:3])
        crowd = None if row.content == NO_SUMS else read_crowd(json.loads(row.content))
        arrays = np.array(marginals), np.array(pooled)
        for array in (*arrays, *((crowd.marginals, crowd.base, crowd.raised_by_class) if crowd else ())):
            array.flags.writeable = False
        found[row.field].append(
            StoredModel(row.label, codes, *arrays, row.n, row.texts[3], row.correct, crowd)
        )
    return dict(found)
