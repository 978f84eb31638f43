"""Reading the answers that consensus stands on, a batch of tasks at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from accounts.statements import Prepared
from annotate.states import LOCK
from labeltypes.ontology import Ontology
from projects.models import Project
from quality.services.merging import Answer
from quality.services.votes import Head, current_values, shared_values

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
# Rows as they are: model objects of a million answers would cost ten times as much.
READ = Prepared(
    "read_answers",
    f"SELECT id, task_id, user_id, value::text, version {COUNTED} ORDER BY task_id, id",
    project="bigint",
    tasks="bigint[]",
)
# Sent behind the lock of the same rows: what those did who had them is seen.
LOCKED = Prepared(
    "locked_tasks",
    f"""
SELECT 'pool', task_id, NULL::bigint, NULL::integer, pool FROM annotate_queueentry
WHERE task_id = ANY(%(tasks)s)
UNION ALL
SELECT 'answer', task_id, id, version, NULL {COUNTED}
UNION ALL
SELECT 'field', task_id, NULL, NULL, field FROM quality_consensus WHERE task_id = ANY(%(tasks)s)
""",  # noqa: S608  # a part of its own, no value
    project="bigint",
    tasks="bigint[]",
)


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
    """The counted answers of these tasks, in the order in which they were given; tasks without have none."""
    heads = _heads(project.pk, ids)
    found: dict[int, list[Answer]] = {task_id: [] for task_id in ids}
    for head, value in current_values(project, heads, ontology):
        found[head.task_id].append(Answer(head.pk, head.user_id, value, head.version))
    return found


def lock_tasks(project_id: int, answers: Mapping[int, Sequence[Answer]]) -> Locked:
    """Lock the queue rows of these tasks, and look at what stands there since ``answers`` were read."""
    read = {
        (task_id, each.annotation_id, each.version) for task_id, given in answers.items() for each in given
    }
    pools, now, fields = {}, set(), set()
    rows = LOCKED.rows({"project": project_id, "tasks": list(answers)}, after=LOCK)
    for kind, task_id, pk, version, name in rows:
        if kind == "answer":
            now.add((task_id, pk, version))
        elif kind == "pool":
            pools[task_id] = name
        else:
            fields.add((task_id, name))
    return Locked(pools, {task_id for task_id, _, _ in read ^ now}, fields)


def _heads(project_id: int, ids: Sequence[int]) -> list[Head]:
    return shared_values(READ.rows({"project": project_id, "tasks": list(ids)}))
