"""Writing consensus: its own rows, the tasks' summaries, and the second looks that follow from it."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from accounts.statements import Prepared
from annotate.models import Pool, ReviewEntry, ReviewReason
from annotate.services.review_requests import ReviewRequest, request_reviews
from annotate.services.summaries import TaskConsensus, apply_consensus
from formats.strictjson import dumps
from projects.models import AnswerSource, Project, TaskState, TaskSummary
from projects.pg_arrays import documents, numbers, texts
from quality.services.answers import lock_tasks
from quality.services.fields import asked_fields
from quality.services.inference import METHOD_VERSION
from quality.services.merging import Answer, TaskResult
from quality.services.stopping import settle_overlap

# A distrusted person's answer needs no second look where the others are this sure.
SURE = 0.95

# Nothing is written where nothing changed, so that a second run leaves every row as it is.
UPSERT = Prepared(
    "store_consensus",
    """
INSERT INTO quality_consensus AS c
    (project_id, task_id, field, value, majority, probability, distribution, agreement, method, answers,
     version, computed_at)
SELECT %(project)s, r.task_id, r.field, r.value, r.majority, r.probability, r.distribution, r.agreement,
       r.method, r.answers, %(version)s, now()
FROM unnest(%(task)s::bigint[], %(field)s::varchar[], %(value)s::jsonb[], %(majority)s::jsonb[],
            %(probability)s::float8[], %(distribution)s::jsonb[], %(agreement)s::float8[],
            %(method)s::varchar[], %(answers)s::smallint[])
    AS r(task_id, field, value, majority, probability, distribution, agreement, method, answers)
ON CONFLICT (task_id, field) DO UPDATE SET
    value = excluded.value, majority = excluded.majority, probability = excluded.probability,
    distribution = excluded.distribution, agreement = excluded.agreement, method = excluded.method,
    answers = excluded.answers, version = excluded.version, computed_at = excluded.computed_at
WHERE (c.value, c.majority, c.probability, c.distribution, c.agreement, c.method, c.answers, c.version)
    IS DISTINCT FROM (excluded.value, excluded.majority, excluded.probability, excluded.distribution,
                      excluded.agreement, excluded.method, excluded.answers, excluded.version)
""",
    project="bigint",
    version="int",
    task="bigint[]",
    field="varchar[]",
    value="jsonb[]",
    majority="jsonb[]",
    probability="float8[]",
    distribution="jsonb[]",
    agreement="float8[]",
    method="varchar[]",
    answers="smallint[]",
)
# Task by task by the index: asked for all at once, the planner reads the project through for every batch.
FORGET = Prepared(
    "forget_fields",
    """
DELETE FROM quality_consensus WHERE id IN (
    SELECT c.id FROM unnest(%(tasks)s::bigint[]) AS t(id)
    CROSS JOIN LATERAL (SELECT id, field FROM quality_consensus WHERE task_id = t.id OFFSET 0) AS c
    WHERE (t.id, c.field) NOT IN (SELECT * FROM unnest(%(task)s::bigint[], %(field)s::varchar[])))
""",
    tasks="bigint[]",
    task="bigint[]",
    field="varchar[]",
)


@transaction.atomic(savepoint=False)
def write_results(
    project: Project,
    results: Sequence[TaskResult],
    answers: Mapping[int, Sequence[Answer]],
    *,
    suspects: Mapping[int, float] | None = None,
) -> int:
    """Store what some tasks came to; twice changes nothing. Return for how many the summary was new.

    Tasks whose answers are no longer those that were judged stay as they are: the change marks them, and who
    sees the mark may have been here already, with the newer answers.
    Tasks on which people agree too little wait for a reviewer, and so do answers of ``suspects`` (person →
    accuracy) where the others are not sure. All other answered tasks may be done. Where one more person is
    asked (dynamic overlap), a task is neither done nor waits for a reviewer yet.
    """
    if not results:
        return 0
    locked = lock_tasks(project.pk, {each.task_id: answers[each.task_id] for each in results})
    results = [each for each in results if each.task_id not in locked.changed]
    if not results:
        return 0
    gold = {task_id for task_id, pool in locked.pools.items() if pool != Pool.WORK}
    apart = gold | settle_overlap(project, results, answers)
    low = _ask_for_reviews(
        project, [each for each in results if each.task_id not in apart], answers, suspects or {}
    )
    columns = _columns(project, results)
    fields = {(each.task_id, field.field) for each in results for field in each.fields}
    judged = {each.task_id for each in results}
    is_less = any(row not in fields for row in locked.fields if row[0] in judged)
    return apply_consensus(
        project_id=project.pk,
        results=[
            TaskConsensus(
                task_id=each.task_id,
                value=each.value,
                agreement=each.agreement,
                probability=each.probability,
                classes=each.classes,
                final=each.value is not None and each.task_id not in apart and each.task_id not in low,
            )
            for each in results
        ],
        are_locked=True,
        behind=[*([(FORGET, columns)] if is_less else []), (UPSERT, columns)],
    )


def _columns(project: Project, results: Sequence[TaskResult]) -> dict[str, int | str]:
    """The rows of consensus, and the tasks of which all others go."""
    rows = [(each.task_id, field) for each in results for field in each.fields]
    return {
        "project": project.pk,
        "version": METHOD_VERSION,
        "tasks": numbers([each.task_id for each in results]),
        "task": numbers([task_id for task_id, _ in rows]),
        "field": texts([field.field for _, field in rows]),
        "value": documents([field.value for _, field in rows]),
        "majority": documents([field.majority for _, field in rows]),
        "probability": numbers([field.probability for _, field in rows]),
        "distribution": texts([dumps(field.distribution).decode() for _, field in rows]),
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
    low = [
        each
        for each in results
        if each.agreement is not None and each.agreement < project.review_below_agreement
    ]
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
