"""All that a few tasks are judged by, read by one statement: this runs for every answer."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from accounts.statements import Prepared, Sent
from annotate.versions import ontology_of
from formats.strictjson import stored
from labeltypes.ontology import Ontology
from projects.models import Project
from projects.pg_arrays import integers, texts
from projects.queries import VERSION
from quality.services.answers import COUNTED
from quality.services.fields import Asked, usable
from quality.services.kept import Kept
from quality.services.known import Known, Models, People, StoredModel, TrustRow
from quality.services.locks import TRUST, lock_key
from quality.services.merging import Answer
from quality.services.sums import read_crowd
from quality.services.votes import current_values, shared_values

# Rows of many kinds, each with the columns that it needs. Of the tasks that are given, or, if none are, of
# those that the oldest marks name, if ``TRY`` got the lock. The state tells which run the models are of: they
# are read only by a process that has those of another. People are looked up one by one, by the index: asked
# for all at once, the planner may read all people's rows through. Figures per class only of the fields on
# which trust follows single answers: there may be a thousand classes.
WANTED = "(SELECT tasks FROM wanted)::bigint[]"
READ = Prepared(
    "read_at_once",
    f"""
WITH wanted AS MATERIALIZED (
    SELECT coalesce(%(tasks)s::bigint[], array_agg(task_id)) AS tasks, array_agg(id) AS marks
    FROM (SELECT id, task_id FROM quality_staletask
          WHERE project_id = %(project)s AND %(tasks)s::bigint[] IS NULL
            AND current_setting('touchstone.has_trust', true) = 'true' AND id <= %(last)s
          ORDER BY id LIMIT %(most)s) AS marked),
given AS MATERIALIZED (
    SELECT id, task_id, user_id, version, value::text AS value {COUNTED.replace("%(tasks)s", WANTED)}),
people AS MATERIALIZED (SELECT DISTINCT user_id AS id FROM given),
sums AS MATERIALIZED (
    SELECT s.* FROM people AS p CROSS JOIN unnest(%(fields)s::varchar[]) AS f(name)
    CROSS JOIN LATERAL (SELECT id, field, user_id, sums FROM quality_personsums
                        WHERE project_id = %(project)s AND field = f.name AND user_id = p.id OFFSET 0) AS s)
SELECT 0 AS kind, id, user_id AS person, NULL::varchar AS field, NULL::varchar AS label,
       NULL::varchar AS basis, NULL::float8 AS n, NULL::float8 AS correct, NULL::float8 AS accuracy,
       value AS content, task_id AS task, version AS number, NULL::bytea AS bytes, NULL::text[] AS texts
FROM given
UNION ALL
SELECT 1, NULL, NULL, NULL, (SELECT {VERSION} FROM projects_project AS p WHERE p.id = %(project)s), NULL,
       NULL, NULL, NULL, (SELECT concat_ws(' ', count(*), max(id), max(xmin::text::bigint))
                          FROM quality_fittedmodel WHERE project_id = %(project)s),
       NULL, NULL, NULL, ARRAY[marks::text, tasks::text]
FROM wanted
UNION ALL
SELECT 2, t.id, t.user_id, t.field, t.label, t.basis, t.n, t.correct, t.accuracy, t.confusion,
       NULL, NULL, NULL, NULL
FROM people AS p CROSS JOIN LATERAL (
    SELECT id, user_id, field, label, basis, n, correct, accuracy,
           CASE WHEN label = '' THEN confusion::text END AS confusion
    FROM quality_trust WHERE project_id = %(project)s AND user_id = p.id OFFSET 0) AS t
WHERE t.label = '' OR t.field IN (SELECT field FROM sums)
UNION ALL
SELECT 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, answers::text, task_id, NULL, NULL, NULL
FROM quality_golditem
WHERE project_id = %(project)s AND retired_at IS NULL AND task_id = ANY({WANTED})
UNION ALL
SELECT 4, id, user_id, field, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, sums, NULL FROM sums
UNION ALL
SELECT 5, NULL, NULL, field, NULL, NULL, NULL, NULL, NULL, votes::text, task_id, NULL, NULL, NULL
FROM quality_votessincefit WHERE project_id = %(project)s AND task_id = ANY({WANTED})
UNION ALL
SELECT 6, NULL, NULL, f.name, NULL, NULL, NULL, NULL, NULL, NULL, t.id, NULL, b.votes, NULL
FROM wanted CROSS JOIN unnest(wanted.tasks) AS t(id) CROSS JOIN unnest(%(fields)s::varchar[]) AS f(name)
CROSS JOIN LATERAL (SELECT votes FROM quality_fittedvotes
                    WHERE project_id = %(project)s AND field = f.name AND first_task <= t.id
                    ORDER BY first_task DESC LIMIT 1) AS b
UNION ALL
SELECT 7, NULL, NULL, pool, NULL, NULL, NULL, NULL, NULL, NULL, task_id, NULL, NULL,
       ARRAY(SELECT field::text FROM quality_consensus AS c WHERE c.task_id = q.task_id)
FROM annotate_queueentry AS q WHERE task_id = ANY({WANTED})
""",  # noqa: S608  # parts of their own, no value
    project="bigint",
    tasks="bigint[]",
    fields="varchar[]",
    most="integer",
    last="bigint",
)
MODELS = Prepared(
    "models_of_fit",
    """
SELECT field, unit, codes::text, marginals::text, pooled::text, temper, method, difficulty, sums::text
FROM quality_fittedmodel WHERE project_id = %(project)s ORDER BY field COLLATE "C", unit COLLATE "C"
""",
    project="bigint",
)
# Nobody waits for the disk: what a crash takes, it takes with the deletion of the mark, and it is done again.
# Who does not get the lock at once sees no marks: somebody is at them, or a full run writes trust.
TRY = Prepared(
    "try_trust",
    """
SELECT set_config('synchronous_commit', 'off', true),
       set_config('touchstone.has_trust',
                  pg_try_advisory_xact_lock(hashtext(%(lock)s), %(number)s)::text, true)
""",
    lock="text",
    number="integer",
)
# Of so many projects a process keeps the models, under the name of their fit.
MOST_PROJECTS = 32
Held = tuple[str, Models]
NO_FIT: Held = ("", {})
_fits: dict[int, Held] = {}
NO_SUMS = "{}"
NO_LAST = 2**63 - 1


class Kind(IntEnum):
    """What a row of ``READ`` is."""

    ANSWER = 0
    STATE = 1
    TRUST = 2
    GOLD = 3
    SUMS = 4
    VOTES = 5
    BLOCK = 6
    TASK = 7


KINDS = tuple(Kind)


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


_parsed: Callable[[str], Any] = stored
# What Row(...) and TrustRow(...) do, without a call of Python for each.
_row: Callable[[Sequence[Any]], Row] = partial(tuple.__new__, Row)
_trust_row: Callable[[Sequence[Any]], TrustRow] = partial(tuple.__new__, TrustRow)


@dataclass(frozen=True)
class Seen:
    """``answers``: the counted ones by task, in the order in which they were given; a task may have none.
    ``pools``: of each task; ``judged``: by field, the tasks of which a consensus is stored."""

    answers: dict[int, list[Answer]]
    known: Known
    kept: Kept
    pools: dict[int, str]
    judged: dict[str, set[int]]


@dataclass(frozen=True)
class Marked:
    """What the oldest marks of a project come with. ``marks``: their ids; none if another has the lock.
    ``tasks``: theirs, ascending. ``version``: which row of the project stands now."""

    marks: list[int]
    tasks: list[int]
    version: str
    rows: list[list[Row]]
    held: Held


def read_marked(
    project_id: int,
    fields: Sequence[Asked],
    *,
    most: int,
    last: int | None = None,
    behind: Sequence[Sent] = (),
) -> Marked:
    """Try for the lock ``trust``, and read up to so many marks, none after the ``last``, with all that their
    tasks are judged by: in one message, before it what it stands ``behind``."""
    name, number = lock_key(TRUST, project_id)
    values = {"tasks": None, "most": most, "last": NO_LAST if last is None else last}
    rows, held = _read(project_id, fields, values, behind=[*behind, (TRY, {"lock": name, "number": number})])
    (state,) = rows[Kind.STATE]
    marks, tasks = map(integers, state.texts)
    return Marked(marks, sorted(set(tasks)), state.label, rows, held)


def read_at_once(
    project: Project, ontology: Ontology, fields: Sequence[Asked], task_ids: Sequence[int]
) -> Seen:
    """Of these tasks. ``fields`` are those of the ontology."""
    rows, held = _read(project.pk, fields, {"tasks": list(task_ids), "most": 0, "last": 0})
    return seen_in(rows, held, project, ontology, fields, task_ids)


def _read(
    project_id: int, fields: Sequence[Asked], wanted: Mapping[str, Any], *, behind: Sequence[Sent] = ()
) -> tuple[list[list[Row]], Held]:
    """The rows by kind, and the models of the fit that stands."""
    held = _fits.get(project_id, NO_FIT)
    names = [asked.name for asked in fields if asked.is_judged_by_votes]
    values = {**wanted, "project": project_id, "fields": texts(names)}
    rows: list[list[Row]] = [[] for _ in KINDS]
    for row in map(_row, READ.rows(values, behind=behind)):
        rows[row[0]].append(row)
    (state,) = rows[Kind.STATE]
    if state.content != held[0]:
        held = state.content, _models(MODELS.rows({"project": project_id}))
        _hold(project_id, held)
    return rows, held


def seen_in(
    rows: Sequence[Sequence[Row]],
    held: Held,
    project: Project,
    ontology: Ontology,
    fields: Sequence[Asked],
    task_ids: Sequence[int],
) -> Seen:
    """What these rows say of these tasks."""
    names = {asked.name for asked in fields if asked.is_judged_by_votes}
    people = [_trust_row(row[1:10]) for row in rows[Kind.TRUST]]
    gold = {
        row.task: [usable(answer, ontology) for answer in _parsed(row.content)] for row in rows[Kind.GOLD]
    }
    models = {name: units for name, units in held[1].items() if name in names}
    answers = _answers(project, ontology, task_ids, rows[Kind.ANSWER])
    pools = {row.task: row.field for row in rows[Kind.TASK]}
    judged: dict[str, set[int]] = defaultdict(set)
    for row in rows[Kind.TASK]:
        for name in row.texts:
            judged[name].add(row.task)
    return Seen(answers, Known(models, People(people), gold), _kept(rows), pools, judged)


def _answers(
    project: Project, ontology: Ontology, task_ids: Sequence[int], rows: Sequence[Row]
) -> dict[int, list[Answer]]:
    has_older = project.ontology_id and ontology_of(project.ontology_id).version > 1
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
            unit: [(user, code) for user, code in given] for unit, given in _parsed(row.content).items()
        }
    for row in rows[Kind.SUMS]:
        kept.add(row.id, row.field, row.person, row.bytes)
    kept.blocks += [(row.field, row.task, row.bytes) for row in rows[Kind.BLOCK]]
    return kept


def _hold(project_id: int, held: Held) -> None:
    if len(_fits) >= MOST_PROJECTS:
        _fits.clear()
    _fits[project_id] = held


def _models(rows: Sequence[tuple[Any, ...]]) -> Models:
    """Field → its units in the order of the fit; nobody may change them, so nobody can."""
    found: dict[str, list[StoredModel]] = defaultdict(list)
    for field, unit, codes, marginals, pooled, temper, method, difficulty, sums in rows:
        crowd = None if sums == NO_SUMS else read_crowd(_parsed(sums))
        arrays = np.array(_parsed(marginals)), np.array(_parsed(pooled))
        for array in (*arrays, *((crowd.marginals, crowd.base, crowd.raised_by_class) if crowd else ())):
            array.flags.writeable = False
        found[field].append(StoredModel(unit, _parsed(codes), *arrays, temper, method, difficulty, crowd))
    return dict(found)
