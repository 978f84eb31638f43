"""The two statements of ``submit``: what stands, locked, and the writing of an answer with all that follows.

Two round trips instead of fourteen, and none of the ORM's work: docs/adr/0006-queue.md has the measurements.
"""

import json
from dataclasses import dataclass
from typing import Any

from accounts.errors import Missing
from accounts.rows import Columns, join
from accounts.statements import Prepared
from annotate.models import Annotation, AnnotationVersion, Assignment, Drawn
from annotate.services.found import BY_EXPERT, MAY_ANSWER
from annotate.services.leases import LOCK_PERSON, add_person
from annotate.states import FILL
from labeltypes.base import JsonObject

LEASE = Columns(Assignment, "a")
HEAD = Columns(Annotation, "h")
VERSION = Columns(AnnotationVersion, "v")

STANDING = Prepared(
    "standing",
    f"""
SELECT EXISTS (SELECT 1 FROM annotate_queuecursor
               WHERE project_id = %(project)s AND user_id = %(user)s AND epoch = -1),
       {LEASE.sql}, {HEAD.sql}, {VERSION.sql}
FROM annotate_assignment a
LEFT JOIN annotate_annotation h ON h.assignment_id = a.id
LEFT JOIN annotate_annotationversion v ON v.annotation_id = h.id AND v.key = %(key)s
WHERE a.id = %(assignment)s
FOR UPDATE OF a
""",  # noqa: S608 - only constants of this program
    project="bigint",
    user="bigint",
    key="text",
    assignment="bigint",
)

ADD_HEAD = """
INSERT INTO annotate_annotation (project_id, task_id, user_id, assignment_id, version, value, seconds,
                                 is_extra, is_fix, created_at, updated_at)
SELECT %(project)s, %(task)s, %(user)s, %(assignment)s, 1, %(value)s::jsonb, %(seconds)s,
       fate.is_extra, false, now(), now()
FROM fate
RETURNING id, version, is_extra, created_at, seconds
"""

RENEW_HEAD = """
UPDATE annotate_annotation h
SET version = h.version + 1, value = %(value)s::jsonb, seconds = h.seconds + %(seconds)s,
    is_extra = fate.is_extra, rejected_at = NULL, updated_at = now()
FROM fate WHERE h.id = %(head)s
RETURNING h.id, h.version, h.is_extra, h.created_at, h.seconds
"""

# A slot that is held is answered, one that ran out is taken up again if it is free. Gold has none: the same
# statement, no row of the queue written. ``fate`` stands between the queue's row and the summary, so that
# they are locked in this order.
# An expert's answer ends what waits for one: nobody is asked any more but those who have the task in hand,
# and should one of them let it go, anybody gets that place.
# Until there is a final value, a task can be found by the classes in its answers.
WRITE = """
WITH slot AS (
    UPDATE annotate_queueentry
    SET answered = answered + 1, taken = taken + CASE WHEN %(late)s THEN 1 ELSE 0 END,
        wanted = CASE WHEN for_experts AND {by_expert} THEN taken + %(late)s::int ELSE wanted END,
        for_experts = CASE WHEN for_experts AND answered + 1 < taken + %(late)s::int
                      THEN NOT {by_expert} ELSE for_experts END
    WHERE task_id = %(task)s AND (%(holds)s OR (%(late)s AND is_open AND taken < wanted AND {may}))
    RETURNING answered >= wanted AS filled
), fate AS MATERIALIZED (
    SELECT count(*) = 0 AND NOT %(is_gold)s AS is_extra,
           coalesce(bool_or(filled), false) AND %(is_first)s AS filled
    FROM slot
), head AS (
    {head}
), version AS (
    INSERT INTO annotate_annotationversion (project_id, annotation_id, version, value, seconds, key, drawn,
                                            ontology_id, guideline_id, created_by_id, created_at)
    SELECT %(project)s, head.id, head.version, %(value)s::jsonb, %(seconds)s, %(key)s, %(drawn)s,
           %(ontology)s, %(guideline)s, %(user)s, now()
    FROM head
    RETURNING id
), lease AS (
    UPDATE annotate_assignment a
    SET state = 'submitted', holds_slot = NOT fate.is_extra AND NOT %(is_gold)s, closed_at = now()
    FROM fate WHERE a.id = %(assignment)s
), draft AS (
    DELETE FROM annotate_draft WHERE assignment_id = %(assignment)s
), event AS (
    INSERT INTO annotate_outboxevent (project_id, kind, task_id, annotation_id, user_id, payload, created_at,
                                      done, attempts, error)
    SELECT %(project)s, 'submitted', %(task)s, head.id, %(user)s,
           jsonb_build_object('version', head.version, 'seconds', %(seconds)s), now(), '{{}}', 0, ''
    FROM head
), summary AS (
    UPDATE projects_tasksummary s
    SET answers = s.answers + CASE WHEN fate.is_extra THEN 0 ELSE 1 END,
        extra = s.extra + CASE WHEN fate.is_extra THEN 1 ELSE 0 END,
        classes = CASE WHEN fate.is_extra OR s.source <> '' OR s.classes @> %(names)s::varchar[]
                  THEN s.classes
                  ELSE ARRAY(SELECT DISTINCT name FROM unnest(s.classes || %(names)s::varchar[]) AS name
                             ORDER BY name) END,
        {fill},
        updated_at = statement_timestamp()
    FROM fate WHERE s.task_id = %(task)s
    RETURNING fate.filled AND s.answered_at = statement_timestamp() AND (
        s.source IN ('review', 'adjudication') OR EXISTS (
            SELECT 1 FROM annotate_reviewentry r WHERE r.task_id = s.task_id AND r.closed_at IS NULL
        )) AS to_settle
)
SELECT head.id, head.version, head.is_extra, head.created_at, head.seconds, version.id, now(),
       summary.to_settle
FROM head, version, summary
"""
TYPES = {
    "project": "bigint",
    "task": "bigint",
    "user": "bigint",
    "assignment": "bigint",
    "head": "bigint",
    "value": "jsonb",
    "names": "varchar[]",
    "seconds": "float8",
    "key": "text",
    "drawn": "text",
    "ontology": "bigint",
    "guideline": "bigint",
    "is_gold": "boolean",
    "is_first": "boolean",
    "holds": "boolean",
    "late": "boolean",
}
EXPERTS = {"may": MAY_ANSWER, "by_expert": BY_EXPERT}
WRITE_FIRST = Prepared("write_first", WRITE.format(head=ADD_HEAD, fill=FILL, **EXPERTS), **TYPES)
WRITE_AGAIN = Prepared("write_again", WRITE.format(head=RENEW_HEAD, fill=FILL, **EXPERTS), **TYPES)


@dataclass(frozen=True)
class Standing:
    """A locked lease, the answer given under it if there is one, and the version made with this key."""

    lease: Assignment
    head: Annotation | None
    repeated: AnnotationVersion | None


@dataclass(frozen=True)
class Written:
    """The answer as stored.

    ``to_settle``: its task has just become full, and a reviewer is waited for or has spoken already.
    """

    head: Annotation
    version: AnnotationVersion
    to_settle: bool


def lock_standing(assignment: Assignment, key: str) -> Standing:
    """Let the person's calls wait for each other, lock the lease, and read what was answered under it.

    Raises Missing if the lease went with its project meanwhile.
    """
    values: dict[str, Any] = {
        "project": assignment.project_id,
        "user": assignment.user_id,
        "assignment": assignment.pk,
        "key": key,
    }
    rows = STANDING.rows(values, after=LOCK_PERSON)
    if rows and not rows[0][0]:
        add_person(assignment.project_id, assignment.user_id)
        rows = STANDING.rows(values, after=LOCK_PERSON)
    if not rows:
        raise Missing
    row = rows[0]
    lease = LEASE.read(row, 1)
    if lease is None:
        raise Missing
    at = 1 + len(LEASE)
    return Standing(lease, HEAD.read(row, at), VERSION.read(row, at + len(HEAD)))


def write_answer(
    standing: Standing,
    *,
    value: JsonObject,
    names: list[str],
    seconds: float,
    key: str,
    late_counts: bool,
) -> Written:
    """Write head, version, slot, lease, event and summary in one statement; the draft goes.

    ``names`` are the classes and options in the value. ``late_counts``: a lease that is gone may take a
    free slot again.
    """
    lease, head = standing.lease, standing.head
    is_gold = lease.drawn == Drawn.GOLD
    values: dict[str, Any] = {
        "project": lease.project_id,
        "task": lease.task_id,
        "user": lease.user_id,
        "assignment": lease.pk,
        "head": head and head.pk,
        "value": json.dumps(value),
        "names": names,
        "seconds": seconds,
        "key": key,
        "drawn": lease.drawn,
        "ontology": lease.ontology_id,
        "guideline": lease.guideline_id,
        "is_gold": is_gold,
        "is_first": head is None,
        "holds": lease.holds_slot,
        "late": late_counts and not lease.holds_slot and not is_gold,
    }
    (row,) = (WRITE_AGAIN if head else WRITE_FIRST).rows(values)
    return _written(lease, value, seconds, key, row)


def _written(lease: Assignment, value: JsonObject, seconds: float, key: str, row: tuple[Any, ...]) -> Written:
    head_id, number, is_extra, created_at, all_seconds, version_id, now, to_settle = row
    head = HEAD.of(
        id=head_id,
        project_id=lease.project_id,
        task_id=lease.task_id,
        user_id=lease.user_id,
        assignment_id=lease.pk,
        version=number,
        value=value,
        seconds=all_seconds,
        is_extra=is_extra,
        is_fix=False,
        created_at=created_at,
        updated_at=now,
        rejected_at=None,
        discarded_at=None,
    )
    version = VERSION.of(
        id=version_id,
        project_id=lease.project_id,
        annotation_id=head_id,
        version=number,
        value=value,
        seconds=seconds,
        key=key,
        drawn=lease.drawn,
        ontology_id=lease.ontology_id,
        guideline_id=lease.guideline_id,
        created_by_id=lease.user_id,
        created_at=now,
    )
    join(version, annotation=head)
    return Written(head, version, bool(to_settle))
