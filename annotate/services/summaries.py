"""The final value of a task: adjudication stands above review, review above consensus."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import connection, transaction

from accounts.statements import Prepared, Sent
from annotate.services.facts import classes_in
from annotate.states import AGREE, CLOSE, lock_entries
from annotate.versions import ontology_of
from labeltypes.base import Json, JsonObject
from projects.models import AnswerSource, TaskSummary
from projects.pg_arrays import documents, lists, numbers


class Found(Protocol):
    """What was found for a task. ``agreement`` and ``probability`` are in [0, 1] or None where nothing can be
    said."""

    @property
    def task_id(self) -> int:
        """Which task."""

    @property
    def value(self) -> JsonObject | None:
        """Its answer; None if there is none."""

    @property
    def agreement(self) -> float | None:
        """That of the field on which people differ most."""

    @property
    def probability(self) -> float | None:
        """That of the least certain field."""

    @property
    def classes(self) -> tuple[str, ...]:
        """What it can be found by."""


@dataclass(frozen=True)
class TaskConsensus:
    """What quality found for a task. ``final``: there is nothing more to wait for, the task may be done."""

    task_id: int
    value: JsonObject | None
    agreement: float | None
    probability: float | None
    classes: tuple[str, ...] = ()
    final: bool = False


# The figures are always news; the value only where no person has spoken. Where nothing is new, nothing is
# written: a run over a million answers changes few tasks. What a model answered stands until people answer.
# Of many tasks that are final few were not done before (what is done now is told by its time), and those that
# wait for a reviewer are not: only who has their queue rows can change that. A seeded error waits for a
# reviewer, but no task waits for it.
APPLY = Prepared(
    "apply_consensus",
    f"""
WITH new AS MATERIALIZED (
    SELECT n.task_id, n.value, n.agreement, n.probability, n.classes::varchar[] AS classes,
           n.final = 1 AND waiting.task_id IS NULL AS final
    FROM unnest(%(task)s::bigint[], %(value)s::jsonb[], %(agreement)s::float8[], %(probability)s::float8[],
                %(classes)s::text[], %(final)s::int[])
        AS n(task_id, value, agreement, probability, classes, final)
    LEFT JOIN LATERAL (
        SELECT e.task_id FROM annotate_reviewentry e
        WHERE n.final = 1 AND e.task_id = n.task_id AND e.closed_at IS NULL AND e.seeded_id IS NULL
        LIMIT 1) AS waiting ON true),
applied AS (
    UPDATE projects_tasksummary s
    SET agreement = r.agreement, probability = r.probability, updated_at = now(),
        value = CASE WHEN s.source IN ('review', 'adjudication') THEN s.value ELSE r.value END,
        classes = CASE WHEN s.source IN ('review', 'adjudication') THEN s.classes ELSE r.classes END,
        source = CASE WHEN s.source IN ('review', 'adjudication') THEN s.source
                      WHEN r.value IS NULL THEN '' ELSE 'consensus' END,{AGREE}
    FROM new AS r
    WHERE s.task_id = r.task_id AND s.project_id = %(project)s
      AND NOT (s.source = 'model' AND r.value IS NULL)
      AND (r.final AND s.state = 'answered'
           OR (s.agreement, s.probability) IS DISTINCT FROM (r.agreement, r.probability)
           OR s.source NOT IN ('review', 'adjudication') AND (s.value, s.classes, s.source) IS DISTINCT FROM
              (r.value, r.classes, CASE WHEN r.value IS NULL THEN '' ELSE 'consensus' END))
    RETURNING s.task_id, s.done_at = statement_timestamp() AS final),
closed AS ({CLOSE})
SELECT count(*) FROM applied
""",  # noqa: S608  # parts of their own, no value
    project="bigint",
    task="bigint[]",
    value="jsonb[]",
    agreement="float8[]",
    probability="float8[]",
    classes="text[]",
    final="int[]",
)
NOTE_CLASSES = """
UPDATE projects_tasksummary s
SET classes = ARRAY(SELECT DISTINCT name FROM unnest(s.classes || %(names)s::varchar[]) AS name ORDER BY name)
WHERE s.task_id = %(task)s AND s.source = '' AND NOT s.classes @> %(names)s::varchar[]
"""


@transaction.atomic(savepoint=False)
def apply_consensus(*, project_id: int, results: Sequence[TaskConsensus]) -> int:
    """Write what quality inferred, set-based; twice changes nothing. Return for how many tasks it was new.

    Tasks with a reviewer's or adjudicator's answer keep it, and only get the new figures. Tasks that are
    answered, final, and wait for no reviewer become done.
    """
    lock_entries([result.task_id for result in results])
    statement, columns = to_apply(project_id, summary_columns(results), [each.final for each in results])
    ((new,),) = statement.rows(columns)
    return int(new)


def to_apply(project_id: int, columns: Mapping[str, str], final: Iterable[bool]) -> Sent:
    """What ``apply_consensus`` sends, for callers who have locked the tasks' queue rows; a bool for each."""
    return APPLY, {"project": project_id, "final": numbers(map(int, final)), **columns}


def summary_columns(results: Sequence[Found]) -> dict[str, str]:
    """What stands in summaries, as ``to_apply`` takes it."""
    return {
        "task": numbers([result.task_id for result in results]),
        "value": documents([result.value for result in results]),
        "agreement": numbers([result.agreement for result in results]),
        "probability": numbers([result.probability for result in results]),
        "classes": lists([result.classes for result in results]),
    }


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
