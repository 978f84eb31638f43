"""The final value of a task: adjudication stands above review, review above consensus."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from annotate.models import ReviewEntry
from annotate.services.facts import classes_in
from annotate.states import Cause, lock_entries, move_many
from annotate.versions import ontology_of
from labeltypes.base import Json, JsonObject
from projects.models import AnswerSource, TaskSummary


@dataclass(frozen=True)
class TaskConsensus:
    """What quality found for a task. ``final``: there is nothing more to wait for, the task may be done.

    ``agreement`` and ``probability`` are in [0, 1] or None where nothing can be said.
    """

    task_id: int
    value: JsonObject | None
    agreement: float | None
    probability: float | None
    classes: tuple[str, ...] = ()
    final: bool = False


# The figures are always news; the value only where no person has spoken. Where nothing is new, nothing is
# written: a run over a million answers changes few tasks.
APPLY = """
UPDATE projects_tasksummary s
SET agreement = r.agreement, probability = r.probability, updated_at = now(),
    value = CASE WHEN s.source IN ('review', 'adjudication') THEN s.value ELSE r.value END,
    classes = CASE WHEN s.source IN ('review', 'adjudication') THEN s.classes ELSE r.classes END,
    source = CASE WHEN s.source IN ('review', 'adjudication') THEN s.source
                  WHEN r.value IS NULL THEN '' ELSE 'consensus' END
FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS r(task_id bigint, value jsonb, agreement float8, probability float8, classes varchar[])
WHERE s.task_id = r.task_id AND s.project_id = %(project)s
  AND ((s.agreement, s.probability) IS DISTINCT FROM (r.agreement, r.probability)
       OR s.source NOT IN ('review', 'adjudication') AND (s.value, s.classes, s.source) IS DISTINCT FROM
          (r.value, r.classes, CASE WHEN r.value IS NULL THEN '' ELSE 'consensus' END))
"""


NOTE_CLASSES = """
UPDATE projects_tasksummary s
SET classes = ARRAY(SELECT DISTINCT name FROM unnest(s.classes || %(names)s::varchar[]) AS name ORDER BY name)
WHERE s.task_id = %(task)s AND s.source = '' AND NOT s.classes @> %(names)s::varchar[]
"""


@transaction.atomic
def apply_consensus(*, project_id: int, results: Sequence[TaskConsensus]) -> None:
    """Write what quality inferred, set-based; twice changes nothing.

    Tasks with a reviewer's or adjudicator's answer keep it, and only get the new figures. Tasks that are
    answered, final, and wait for no reviewer become done.
    """
    rows = [dict(vars(result)) for result in results]
    for row in rows:
        if row["value"] is None:
            del row["value"]  # absent is NULL; a JSON null would be a value
    ids = [result.task_id for result in results]
    lock_entries(ids)
    with connection.cursor() as cursor:
        cursor.execute(APPLY, {"rows": json.dumps(rows), "project": project_id})
    final = {result.task_id for result in results if result.final}
    waiting = ReviewEntry.objects.filter(task_id__in=final, closed_at__isnull=True)
    final.difference_update(waiting.values_list("task_id", flat=True))
    move_many(project_id, sorted(final), Cause.AGREED)


def set_final(summary: TaskSummary, value: Json, source: AnswerSource, *, ontology_id: int) -> None:
    """Write a person's final value to a locked summary, unless what is there stands higher."""
    if summary.source == AnswerSource.ADJUDICATION and source != AnswerSource.ADJUDICATION:
        return
    summary.value, summary.source = value, source
    summary.classes = classes_in(value, ontology_of(ontology_id).ontology)
    summary.save(update_fields=["value", "source", "classes", "updated_at"])


def clear_final(summary: TaskSummary) -> None:
    """Take a person's final value away from a locked summary; consensus writes its own again soon."""
    summary.value, summary.source = None, AnswerSource.NONE
    summary.save(update_fields=["value", "source", "updated_at"])


def note_classes(task_id: int, value: Json, *, ontology_id: int) -> None:
    """Until there is a final value, a locked task can be found by the classes in its answers."""
    names = classes_in(value, ontology_of(ontology_id).ontology)
    with connection.cursor() as cursor:
        cursor.execute(NOTE_CLASSES, {"task": task_id, "names": names})
