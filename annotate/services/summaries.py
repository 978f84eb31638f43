"""The final value of a task: adjudication stands above review, review above consensus."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from annotate.models import ReviewEntry
from annotate.services.facts import classes_in
from annotate.states import Cause, lock_entries, move_many
from annotate.versions import ontology_of
from labeltypes.base import Json, JsonObject
from projects.models import AnswerSource, TaskSummary
from projects.pg_arrays import documents, numbers, texts


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
# written: a run over a million answers changes few tasks. What a model answered stands until people answer.
APPLY = """
UPDATE projects_tasksummary s
SET agreement = r.agreement, probability = r.probability, updated_at = now(),
    value = CASE WHEN s.source IN ('review', 'adjudication') THEN s.value ELSE r.value END,
    classes = CASE WHEN s.source IN ('review', 'adjudication') THEN s.classes ELSE r.classes END,
    source = CASE WHEN s.source IN ('review', 'adjudication') THEN s.source
                  WHEN r.value IS NULL THEN '' ELSE 'consensus' END
FROM (SELECT task_id, value, agreement, probability, classes::varchar[] AS classes
      FROM unnest(%(task)s::bigint[], %(value)s::jsonb[], %(agreement)s::float8[], %(probability)s::float8[],
                  %(classes)s::text[]) AS n(task_id, value, agreement, probability, classes)) AS r
WHERE s.task_id = r.task_id AND s.project_id = %(project)s AND NOT (s.source = 'model' AND r.value IS NULL)
  AND ((s.agreement, s.probability) IS DISTINCT FROM (r.agreement, r.probability)
       OR s.source NOT IN ('review', 'adjudication') AND (s.value, s.classes, s.source) IS DISTINCT FROM
          (r.value, r.classes, CASE WHEN r.value IS NULL THEN '' ELSE 'consensus' END))
"""
# Of many tasks that are final few were not done before.
ANSWERED = """
SELECT task_id FROM projects_tasksummary
WHERE project_id = %s AND task_id = ANY(%s::bigint[]) AND state = 'answered'
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
    columns: dict[str, int | str] = {
        "project": project_id,
        "task": numbers([result.task_id for result in results]),
        "value": documents([result.value for result in results]),
        "agreement": numbers([result.agreement for result in results]),
        "probability": numbers([result.probability for result in results]),
        "classes": texts([texts(result.classes) for result in results]),
    }
    lock_entries([result.task_id for result in results])
    with connection.cursor() as cursor:
        cursor.execute(APPLY, columns)
        cursor.execute(ANSWERED, [project_id, [result.task_id for result in results if result.final]])
        final = {task_id for (task_id,) in cursor.fetchall()}
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
