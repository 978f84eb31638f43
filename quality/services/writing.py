"""Writing consensus: its own rows, the tasks' summaries, and the second looks that follow from it."""

from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from django.db import transaction

from accounts.statements import Prepared, Sent
from annotate.models import Pool, ReviewEntry, ReviewReason
from annotate.services.review_requests import ReviewRequest, request_reviews
from annotate.services.summaries import summary_columns, to_apply
from formats.strictjson import dumps
from projects.models import AnswerSource, Project, TaskState, TaskSummary
from projects.pg_arrays import documents, numbers, texts
from quality.services.answers import lock_tasks, to_lock
from quality.services.fields import asked_fields
from quality.services.inference import METHOD_VERSION
from quality.services.merging import Answer, FieldResult, TaskResult
from quality.services.stopping import rule_of, settle_overlap

# A distrusted person's answer needs no second look where the others are this sure.
SURE = 0.95

COLUMNS = {
    "task": "bigint[]",
    "field": "varchar[]",
    "value": "jsonb[]",
    "majority": "jsonb[]",
    "probability": "float8[]",
    "agreement": "float8[]",
    "method": "varchar[]",
    "answers": "smallint[]",
}
# Distributions come as one document: in an array literal each of their quotes would be escaped twice.
TYPES = {**COLUMNS, "distribution": "jsonb"}
ROWS = f"""
ROWS FROM ({", ".join(f"unnest(%({name})s::{kind})" for name, kind in COLUMNS.items())},
           jsonb_array_elements(%(distribution)s::jsonb))
    AS r(task_id, field, value, majority, probability, agreement, method, answers, distribution)
"""
# Nothing is written where nothing changed, so that a second run leaves every row as it is.
SET = """
SET value = r.value, majority = r.majority, probability = r.probability, distribution = r.distribution,
    agreement = r.agreement, method = r.method, answers = r.answers, version = %(version)s,
    computed_at = now()
"""
IS_NEWS = """
(c.value, c.majority, c.probability, c.distribution, c.agreement, c.method, c.answers, c.version)
IS DISTINCT FROM
(r.value, r.majority, r.probability, r.distribution, r.agreement, r.method, r.answers, %(version)s)
"""
# Of rows that are there: a row that changes need not be locked first, as INSERT ... ON CONFLICT does.
UPDATE = Prepared(
    "update_consensus",
    f"""
UPDATE quality_consensus AS c {SET} FROM {ROWS}
WHERE c.task_id = r.task_id AND c.field = r.field AND {IS_NEWS}
""",
    version="int",
    **TYPES,
)
INSERT = Prepared(
    "insert_consensus",
    f"""
INSERT INTO quality_consensus
    (project_id, task_id, field, value, majority, probability, agreement, method, answers, distribution,
     version, computed_at)
SELECT %(project)s, r.*, %(version)s, now() FROM {ROWS}
""",  # noqa: S608  # columns and types, no value
    project="bigint",
    version="int",
    **TYPES,
)
FORGET = Prepared(
    "forget_fields",
    """
DELETE FROM quality_consensus AS c USING unnest(%(task)s::bigint[], %(field)s::varchar[]) AS gone(task, field)
WHERE c.task_id = gone.task AND c.field = gone.field
""",
    task="bigint[]",
    field="varchar[]",
)


class Columns(NamedTuple):
    """Of so many tasks what is written of summaries, and of all rows of consensus."""

    tasks: int
    summaries: Mapping[str, str]
    consensus: Mapping[str, int | str]


@transaction.atomic(savepoint=False)
def write_results(
    project: Project,
    results: Sequence[TaskResult],
    answers: Mapping[int, Sequence[Answer]],
    *,
    suspects: Mapping[int, float] | None = None,
    columns: Columns | None = None,
) -> int:
    """Store what some tasks came to; twice changes nothing. Return for how many the summary was new."""
    sent = to_write(project, results, answers, suspects=suspects, columns=columns)
    if not sent:
        return 0
    *behind, (statement, values) = sent
    ((new,),) = statement.rows(values, behind=behind)
    return int(new)


def to_write(
    project: Project,
    results: Sequence[TaskResult],
    answers: Mapping[int, Sequence[Answer]],
    *,
    suspects: Mapping[int, float] | None = None,
    columns: Columns | None = None,
) -> list[Sent]:
    """Lock the queue rows of these tasks, and return the statements that store what they came to, in one
    message, in the same transaction; the last one returns for how many tasks the summary was new.
    ``columns``: of all these results, where somebody made them while nothing was locked.

    Tasks whose answers are no longer those that were judged stay as they are: the change marks them, and who
    sees the mark may have been here already, with the newer answers.
    Tasks on which people agree too little wait for a reviewer, and so do answers of ``suspects`` (person →
    accuracy) where the others are not sure. All other answered tasks may be done. Where one more person is
    asked (dynamic overlap), a task is neither done nor waits for a reviewer yet.
    """
    if not results:
        return []
    locked = lock_tasks(project.pk, {each.task_id: answers[each.task_id] for each in results})
    results = [each for each in results if each.task_id not in locked.changed]
    if not results:
        return []
    apart = locked.gold | settle_overlap(project, results, answers)
    low = _ask_for_reviews(
        project, [each for each in results if each.task_id not in apart], answers, suspects or {}
    )
    final = [
        each.value is not None and each.task_id not in apart and each.task_id not in low for each in results
    ]
    ready = columns if columns is not None and len(results) == columns.tasks else columns_of(results)
    return [*_rows(project, results, locked.fields, ready), to_apply(project.pk, ready.summaries, final)]


def to_write_plainly(
    project: Project,
    results: Sequence[TaskResult],
    answers: Mapping[int, Sequence[Answer]],
    pools: Mapping[int, str],
    stored: Mapping[str, Set[int]],
) -> list[Sent] | None:
    """As ``to_write``, without a look at the database: ``pools`` and ``stored`` fields are those that were
    read with the answers. The statements fail if anything is no longer so. None where more must be looked at
    under the lock: where people agree too little, and where more of them may be asked."""
    if rule_of(project) is not None or any(_is_low(project, each) for each in results):
        return None
    final = [each.value is not None and pools.get(each.task_id, Pool.WORK) == Pool.WORK for each in results]
    ready = columns_of(results)
    return [
        *to_lock(project.pk, answers, pools, stored),
        *_rows(project, results, stored, ready),
        to_apply(project.pk, ready.summaries, final),
    ]


def _is_low(project: Project, result: TaskResult) -> bool:
    return result.agreement is not None and result.agreement < project.review_below_agreement


def columns_of(results: Sequence[TaskResult]) -> Columns:
    """What these tasks came to as the statements take it, if all of it is written."""
    rows = [(each.task_id, field) for each in results for field in each.fields]
    return Columns(len(results), summary_columns(results), _columns(rows))


def _rows(
    project: Project, results: Sequence[TaskResult], stored: Mapping[str, Set[int]], ready: Columns
) -> list[Sent]:
    """What brings the rows of consensus of these tasks up to date; ``stored``: by field, of which tasks."""
    rows = [(each.task_id, field) for each in results for field in each.fields]
    none: Set[int] = frozenset()
    new = [row for row in rows if row[0] not in stored.get(row[1].field, none)]
    sent: list[Sent] = []
    if sum(map(len, stored.values())) > len(rows) - len(new):
        known = {(task_id, field.field) for task_id, field in rows}
        judged = {each.task_id for each in results}
        every = [(task_id, name) for name, tasks in stored.items() for task_id in sorted(tasks)]
        gone = [row for row in every if row[0] in judged and row not in known]
        sent += [_forget(gone)] if gone else []
    if not new:
        return [*sent, (UPDATE, ready.consensus)] if rows else sent
    if len(new) < len(rows):
        there = [row for row in rows if row[0] in stored.get(row[1].field, none)]
        return [*sent, (UPDATE, _columns(there)), _insert(project, _columns(new))]
    return [*sent, _insert(project, ready.consensus)]


def _insert(project: Project, columns: Mapping[str, int | str]) -> Sent:
    return INSERT, {"project": project.pk, **columns}


def _forget(gone: Sequence[tuple[int, str]]) -> Sent:
    return FORGET, {"task": numbers([at for at, _ in gone]), "field": texts([name for _, name in gone])}


def _columns(rows: Sequence[tuple[int, FieldResult]]) -> dict[str, int | str]:
    return {
        "version": METHOD_VERSION,
        "task": numbers([task_id for task_id, _ in rows]),
        "field": texts([field.field for _, field in rows]),
        "value": documents([field.value for _, field in rows]),
        "majority": documents([field.majority for _, field in rows]),
        "probability": numbers([field.probability for _, field in rows]),
        "distribution": dumps([field.distribution for _, field in rows]).decode(),
        "agreement": numbers([field.agreement for _, field in rows]),
        "method": texts([field.method for _, field in rows]),
        "answers": numbers([field.answers for _, field in rows]),
    }


def _ask_for_reviews(
    project: Project,
    results: Sequence[TaskResult],
    answers: Mapping[int, Sequence[Answer]],
    suspects: Mapping[int, float],
) -> set[int]:
    """Return the tasks that people agree too little on."""
    low = [each for each in results if _is_low(project, each)]
    wanted = {each.task_id: each for each in low}
    ready = _waiting_for_nobody(project, list(wanted))
    requests = [
        ReviewRequest(
            _farthest(project, wanted[task_id], answers[task_id]).annotation_id,
            ReviewReason.LOW_AGREEMENT,
            wanted[task_id].agreement,
        )
        for task_id in sorted(ready)
    ]
    unsure = [
        each
        for each in (results if suspects else ())
        if each.answers < 2 or each.probability is None or each.probability < SURE
    ]
    requests += [
        ReviewRequest(answer.annotation_id, ReviewReason.LOW_TRUST, suspects[answer.user_id])
        for each in sorted(unsure, key=lambda result: result.task_id)
        for answer in answers.get(each.task_id, ())
        if answer.user_id in suspects
    ]
    if requests:
        request_reviews(project_id=project.pk, requests=requests)
    return set(wanted)


def _waiting_for_nobody(project: Project, task_ids: Sequence[int]) -> set[int]:
    """Those that have all their answers, that no person has settled, and that were not looked at for this."""
    if not task_ids:
        return set()
    summaries = TaskSummary.objects.filter(
        project=project, task_id__in=task_ids, state__in=[TaskState.ANSWERED, TaskState.DONE]
    ).exclude(source__in=[AnswerSource.REVIEW, AnswerSource.ADJUDICATION])
    asked = ReviewEntry.objects.filter(task_id__in=task_ids, reason=ReviewReason.LOW_AGREEMENT)
    done = set(asked.values_list("task_id", flat=True))
    return set(summaries.values_list("task_id", flat=True)) - done


def _farthest(project: Project, result: TaskResult, answers: Sequence[Answer]) -> Answer:
    """The answer that differs most from the consensus; among equals the newest."""
    value = result.value or {}
    fields = [asked for asked in asked_fields(project) if asked.name in value]

    def distance(answer: Answer) -> float:
        return sum(
            asked.distance(value[asked.name], answer.value[asked.name]) if asked.name in answer.value else 1.0
            for asked in fields
        )

    return max(answers, key=lambda answer: (distance(answer), answer.annotation_id))
