"""Reading the answers that consensus stands on, a batch of tasks at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection

from accounts.statements import Prepared
from annotate.states import LOCK
from formats.strictjson import stored
from labeltypes.ontology import Ontology
from projects.models import Project
from quality.services.fields import usable
from quality.services.merging import Answer
from quality.services.votes import given_under_older

BATCH = 1_000

ANSWERED = """
SELECT DISTINCT a.task_id FROM annotate_annotation a
WHERE a.project_id = %s AND a.task_id > %s
ORDER BY a.task_id LIMIT %s
"""

COUNTED = """
FROM annotate_annotation WHERE project_id = %(project)s AND task_id = ANY(%(tasks)s)
    AND NOT is_fix AND NOT is_extra
    AND discarded_at IS NULL AND rejected_at IS NULL
"""
# A row for each task: rows of their own for a million answers cost the worker more than the database.
READ = Prepared(
    "read_answers",
    f"""
SELECT task_id, array_agg(id ORDER BY id), array_agg(user_id ORDER BY id), array_agg(value::text ORDER BY id),
       array_agg(version ORDER BY id)
{COUNTED} GROUP BY task_id
""",  # a part of its own, no value
    project="bigint",
    tasks="bigint[]",
)
# Sent behind the lock of the same rows: what those did who had them is seen.
LOCKED = Prepared(
    "locked_tasks",
    f"""
SELECT 'pool', task_id, pool, NULL::bigint[], NULL::integer[] FROM annotate_queueentry
WHERE task_id = ANY(%(tasks)s)
UNION ALL
SELECT 'answers', task_id, NULL, array_agg(id ORDER BY id), array_agg(version ORDER BY id)
{COUNTED} GROUP BY task_id
UNION ALL
SELECT 'field', task_id, field, NULL, NULL FROM quality_consensus WHERE task_id = ANY(%(tasks)s)
""",  # noqa: S608  # a part of its own, no value
    project="bigint",
    tasks="bigint[]",
)
NONE: tuple[list[int], list[int]] = ([], [])
# What Answer(...) does, without a call of Python for each of a million.
_answer: Callable[[Iterable[Any]], Answer] = partial(tuple.__new__, Answer)


@dataclass(frozen=True)
class Locked:
    """``pools``: of each task. ``changed``: those whose answers are no longer those that were read: given,
    corrected or set aside meanwhile. ``fields``: task and field of each consensus that is stored."""

    pools: dict[int, str]
    changed: set[int]
    fields: set[tuple[int, str]]


def task_batches(project_id: int) -> Iterator[list[int]]:
    """Ids of tasks with any answer, ascending, in batches."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(ANSWERED, [project_id, last, BATCH])
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        last = ids[-1]


def answers_of(project: Project, ontology: Ontology, ids: Sequence[int]) -> dict[int, list[Answer]]:
    """The counted answers of these tasks, in the order in which they were given; tasks without have none.

    Equal values are read once and shared: nobody may change one.
    """
    found: dict[int, list[Answer]] = {task_id: [] for task_id in ids}
    rows = READ.rows({"project": project.pk, "tasks": list(ids)})
    every = {text for row in rows for text in row[3]}
    read = {text: stored(text) for text in every}
    older = given_under_older(project, [pk for row in rows for pk in row[1]])
    for task_id, pks, people, texts, versions in rows:
        given = map(_answer, zip(pks, people, [read[text] for text in texts], versions, strict=True))
        found[task_id] = list(given)
        if older:
            found[task_id] = [
                each._replace(value=usable(each.value, ontology)) if each.annotation_id in older else each
                for each in found[task_id]
            ]
    return found


def lock_tasks(project_id: int, answers: Mapping[int, Sequence[Answer]]) -> Locked:
    """Lock the queue rows of these tasks, and look at what stands there since ``answers`` were read: those of
    a task in the order in which they were given."""
    pools: dict[int, str] = {}
    fields: set[tuple[int, str]] = set()
    now: dict[int, tuple[list[int], list[int]]] = {}
    rows = LOCKED.rows({"project": project_id, "tasks": list(answers)}, after=LOCK)
    for kind, task_id, name, pks, versions in rows:
        if kind == "answers":
            now[task_id] = pks, versions
        elif kind == "pool":
            pools[task_id] = name
        else:
            fields.add((task_id, name))
    changed = {
        task_id
        for task_id, given in answers.items()
        if now.get(task_id, NONE)
        != ([each.annotation_id for each in given], [each.version for each in given])
    }
    return Locked(pools, changed, fields)
