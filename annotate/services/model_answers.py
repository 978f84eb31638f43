"""Tasks that are left to a model: its answer stands as the task's, nobody is asked, and the way back.

Nothing of it is an annotation: no person gave it. The summary says that the source is a model, and how sure
it was; people's answers, a reviewer's or a decision stand above it.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from django.db import connection, transaction
from django.db.models.functions import Now

from annotate.models import Pool, QueueEntry
from annotate.states import Cause, lock_entries, move_many
from labeltypes.base import JsonObject
from projects.models import AnswerSource, TaskState, TaskSummary

WRITE = """
UPDATE projects_tasksummary s
SET value = r.value, probability = r.probability, classes = r.classes, source = 'model', updated_at = now()
FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS r(task_id bigint, value jsonb, probability float8, classes varchar[])
WHERE s.task_id = r.task_id AND s.project_id = %(project)s
"""


@dataclass(frozen=True)
class ModelAnswer:
    """A model's answer to one task, and how sure it is, in [0, 1]."""

    task_id: int
    value: JsonObject
    probability: float
    classes: tuple[str, ...]


def lock_untouched(project_id: int, task_ids: Collection[int]) -> set[int]:
    """Lock these tasks' rows; return those that nobody holds, has answered or has settled.

    The caller holds a transaction. Until it ends nobody draws any of them: a draw skips locked rows.
    """
    lock_entries(task_ids)
    free = QueueEntry.objects.filter(
        pk__in=task_ids,
        project_id=project_id,
        pool=Pool.WORK,
        for_experts=False,
        is_open=True,
        taken=0,
        answered=0,
    )
    rows = TaskSummary.objects.select_for_update(no_key=True).filter(
        project_id=project_id,
        task_id__in=list(free.values_list("pk", flat=True)),
        state=TaskState.OPEN,
        source=AnswerSource.NONE,
        answers=0,
        extra=0,
    )
    return set(rows.order_by("task_id").values_list("task_id", flat=True))


@transaction.atomic
def leave_to_model(*, project_id: int, answers: Sequence[ModelAnswer]) -> set[int]:
    """Let these answers stand where nobody has begun the task; return the tasks. Twice changes nothing.

    Locks queue rows, then summaries.
    """
    untouched = lock_untouched(project_id, [answer.task_id for answer in answers])
    rows = [asdict(answer) for answer in answers if answer.task_id in untouched]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, {"rows": json.dumps(rows), "project": project_id})
        move_many(project_id, untouched, Cause.LEFT_TO_MODEL)
    return untouched


@transaction.atomic
def take_from_model(*, project_id: int, task_ids: Collection[int]) -> int:
    """Have people answer these tasks after all; return how many a model's answer stood on until now.

    What people have answered or settled meanwhile stays as it is. An archived task is open once it is
    restored. Locks queue rows, then summaries.
    """
    lock_entries(task_ids)
    rows = TaskSummary.objects.select_for_update(no_key=True).filter(
        project_id=project_id, task_id__in=task_ids, source=AnswerSource.MODEL
    )
    ids = list(rows.order_by("task_id").values_list("task_id", flat=True))
    taken = TaskSummary.objects.filter(task_id__in=ids)
    taken.filter(state=TaskState.ARCHIVED).update(archived_from=TaskState.OPEN)
    taken.update(value=None, source=AnswerSource.NONE, probability=None, classes=[], updated_at=Now())
    done = taken.filter(state=TaskState.DONE).values_list("task_id", flat=True)
    move_many(project_id, list(done), Cause.REOPENED)
    return len(ids)
