"""Reading the answers that consensus stands on, a batch of tasks at a time."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection

from accounts.statements import Prepared, Sent
from annotate.states import LOCK
from formats.strictjson import stored
from labeltypes.ontology import Ontology
from projects.models import Project
from projects.pg_arrays import integers, numbers, texts
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
# One row of whole columns: a row for each task, with arrays that psycopg2 reads number by number, cost the
# worker more than the database. The text of a jsonb value has no line break.
READ = Prepared(
    "read_answers",
    f"""
SELECT array_agg(task_id)::text, array_agg(id)::text, array_agg(user_id)::text, array_agg(version)::text,
       string_agg(value::text, chr(10))
FROM (SELECT task_id, id, user_id, version, value {COUNTED} ORDER BY task_id, id) AS counted
""",  # noqa: S608  # a part of its own, no value
    project="bigint",
    tasks="bigint[]",
)
# Sent behind the lock of the same rows: what those did who had them is seen.
LOCKED = Prepared(
    "locked_tasks",
    f"""
SELECT 'pool', pool, array_agg(task_id)::text, NULL, NULL FROM annotate_queueentry
WHERE task_id = ANY(%(tasks)s) AND pool <> 'work' GROUP BY pool
UNION ALL
SELECT 'answers', NULL, array_agg(task_id)::text, array_agg(id)::text, array_agg(version)::text
FROM (SELECT task_id, id, version {COUNTED} ORDER BY task_id, id) AS counted
UNION ALL
SELECT 'field', field, array_agg(task_id)::text, NULL, NULL FROM quality_consensus
WHERE task_id = ANY(%(tasks)s) GROUP BY field
""",  # noqa: S608  # a part of its own, no value
    project="bigint",
    tasks="bigint[]",
)
# Behind the same lock, where nothing else is asked: an error, if anything is not as ``standing`` says. The
# database has no other word that keeps the statements behind it in the same message from being carried out.
SAME = Prepared(
    "same_tasks",
    f"""
SELECT ('other than when they were read, so done again: ' || string_agg(r.task_id::text, ' '))::int
FROM unnest(%(tasks)s::bigint[], %(standing)s::text[]) AS r(task_id, standing)
WHERE r.standing IS DISTINCT FROM concat_ws('|',
    (SELECT coalesce(max(pool), '') FROM annotate_queueentry WHERE task_id = r.task_id),
    (SELECT coalesce(string_agg(id || ':' || version, ',' ORDER BY id), '')
     {COUNTED.replace("ANY(%(tasks)s)", "r.task_id")}),
    (SELECT coalesce(string_agg(field, ',' ORDER BY field COLLATE "C"), '')
     FROM quality_consensus WHERE task_id = r.task_id))
""",  # noqa: S608  # a part of its own, no value
    project="bigint",
    tasks="bigint[]",
    standing="text[]",
)
# What Answer(...) does, without a call of Python for each of a million.
_answer: Callable[[Iterable[Any]], Answer] = partial(tuple.__new__, Answer)


@dataclass(frozen=True)
class Locked:
    """``gold``: those of another pool than work. ``changed``: those whose answers are no longer those that
    were read: given, corrected or set aside meanwhile. ``fields``: by field, of which it is stored."""

    gold: set[int]
    changed: set[int]
    fields: dict[str, set[int]]


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
    ((tasks, *numbers, values),) = READ.rows({"project": project.pk, "tasks": list(ids)})
    if tasks is None:
        return found
    pks, people, versions = map(integers, numbers)
    texts = values.split("\n")
    read = {text: stored(text) for text in set(texts)}
    answers = list(map(_answer, zip(pks, people, [read[text] for text in texts], versions, strict=True)))
    older = given_under_older(project, pks)
    if older:
        answers = [
            each._replace(value=usable(each.value, ontology)) if each.annotation_id in older else each
            for each in answers
        ]
    start = 0
    for task_id, count in Counter(integers(tasks)).items():
        found[task_id] = answers[start : start + count]
        start += count
    return found


def to_lock(
    project_id: int,
    answers: Mapping[int, Sequence[Answer]],
    pools: Mapping[int, str],
    fields: Mapping[str, Collection[int]],
) -> list[Sent]:
    """What locks the queue rows of these tasks, and fails if anything is other than when it was read."""
    states = [
        "|".join(
            [
                pools.get(task_id, ""),
                ",".join([f"{each.annotation_id}:{each.version}" for each in given]),
                ",".join(sorted(name for name, tasks in fields.items() if task_id in tasks)),
            ]
        )
        for task_id, given in answers.items()
    ]
    tasks = numbers(answers)
    values = {"project": project_id, "tasks": tasks, "standing": texts(states)}
    return [(LOCK, {"tasks": tasks}), (SAME, values)]


def lock_tasks(project_id: int, answers: Mapping[int, Sequence[Answer]]) -> Locked:
    """Lock the queue rows of these tasks, and look at what stands there since ``answers`` were read: those of
    a task in the order in which they were given."""
    gold: set[int] = set()
    changed: set[int] = set()
    fields: dict[str, set[int]] = {}
    rows = LOCKED.rows({"project": project_id, "tasks": list(answers)}, after=LOCK)
    for kind, name, tasks, pks, versions in rows:
        if kind == "answers":
            changed = _changed(answers, (tasks, pks, versions))
        elif kind == "pool":
            gold.update(integers(tasks))
        else:
            fields[name] = set(integers(tasks))
    return Locked(gold, changed, fields)


def _changed(answers: Mapping[int, Sequence[Answer]], now: tuple[str | None, ...]) -> set[int]:
    """The tasks whose answers differ from what the database has: tasks, numbers and versions as its texts."""
    read = sorted(answers.items())
    seen = [
        [task_id for task_id, given in read for _ in given],
        [each.annotation_id for _, given in read for each in given],
        [each.version for _, given in read for each in given],
    ]
    if now == tuple(f"{{{','.join(map(str, column))}}}" if column else None for column in seen):
        return set()
    stands = set(zip(*map(integers, now), strict=True))
    return {task_id for task_id, *_ in stands ^ set(zip(*seen, strict=True))}
