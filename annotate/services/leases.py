"""Leases: give, renew, reclaim. All times are the database's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import User
from accounts.rows import Columns, join
from accounts.statements import Prepared
from annotate.models import Assignment, Draft
from annotate.services.keys import NOW_KEY, reopened_epoch
from projects.access.doors import ACCESS, IS_LET_IN, TO_ACCESS, ProjectAccess
from projects.models import Project, Task
from projects.services.guidelines import IS_UNREAD

RECLAIM_BATCH = 20

# A lease is renewed once a quarter of it is gone: at every call, all that somebody holds would be written.
RENEW_BELOW = 0.75

LEASE = Columns(Assignment, "a")
TASK = Columns(Task, "t", without=("search",))  # the words are for searching: as long as the item
DRAFT = Columns(Draft, "d")

LOCK_PERSON = Prepared(
    "lock_person",
    """
SELECT 1 FROM annotate_queuecursor
WHERE project_id = %(project)s AND user_id = %(user)s AND epoch = -1 FOR UPDATE
""",
    project="bigint",
    user="bigint",
)

SAVE_CURSOR = Prepared(
    "save_cursor",
    """
INSERT INTO annotate_queuecursor (project_id, user_id, epoch, order_key, task_id)
VALUES (%(project)s, %(user)s, %(epoch)s, %(key)s, %(after)s)
ON CONFLICT (project_id, user_id, epoch)
DO UPDATE SET order_key = excluded.order_key, task_id = excluded.task_id
""",
    project="bigint",
    user="bigint",
    epoch="integer",
    key="bigint",
    after="bigint",
)

ADD_PERSON = """
INSERT INTO annotate_queuecursor (project_id, user_id, epoch, order_key, task_id)
VALUES (%(project)s, %(user)s, -1, -1, 0) ON CONFLICT (project_id, user_id, epoch) DO NOTHING
"""

FIND_LEASE = Prepared(
    "find_lease",
    f"""
SELECT {LEASE.sql}, {TASK.sql}, {DRAFT.sql}, {ACCESS}
FROM annotate_assignment a
JOIN projects_task t ON t.id = a.task_id
LEFT JOIN annotate_draft d ON d.assignment_id = a.id
JOIN projects_project p ON p.id = a.project_id
{TO_ACCESS}
WHERE a.id = %(assignment)s AND {IS_LET_IN}
""",  # noqa: S608 - only constants of this program
    assignment="bigint",
    user="bigint",
)

HELD = Prepared(
    "held",
    f"""
SELECT c.rescan_epoch IS NOT NULL OR c.rescanned_at IS NULL OR c.rescanned_at < now() - interval '1 minute',
       (SELECT x.id FROM annotate_assignment x
        WHERE x.project_id = %(project)s AND x.state = 'active' AND x.expires_at <= now()
        ORDER BY x.expires_at LIMIT 1) IS NOT NULL,
       now() + make_interval(mins => %(minutes)s) * {RENEW_BELOW},
       c.preferred <> '{{}}',
       NOT %(certificate)s OR (SELECT coalesce(m.certified_until > now(), false) FROM projects_membership m
                               WHERE m.project_id = %(project)s AND m.user_id = %(user)s),
       {IS_UNREAD},
       {LEASE.sql}, {TASK.sql}, {DRAFT.sql}
FROM annotate_queuecursor c
LEFT JOIN annotate_assignment a ON a.project_id = c.project_id AND a.user_id = c.user_id
    AND a.state = 'active' AND a.expires_at > now()
LEFT JOIN projects_task t ON t.id = a.task_id
LEFT JOIN annotate_draft d ON d.assignment_id = a.id
WHERE c.project_id = %(project)s AND c.user_id = %(user)s AND c.epoch = -1
ORDER BY a.drawn <> 'rework', a.created_at, a.id
""",  # noqa: S608 - only constants of this program
    project="bigint",
    user="bigint",
    minutes="integer",
    certificate="boolean",
    guideline="bigint",
)

# Both rows are skipped when locked: whoever holds one is just working on it, and nobody ever waits here.
# Rework that ran out stays answered for its author, who never gets the task anew. Gold has its own order.
RECLAIM = Prepared(
    f"reclaim_{RECLAIM_BATCH}",
    f"""
WITH expired AS MATERIALIZED (
    SELECT a.id, a.task_id, a.holds_slot, a.drawn
    FROM annotate_assignment a JOIN annotate_queueentry q ON q.task_id = a.task_id
    WHERE a.project_id = %(project)s AND a.state = 'active' AND a.expires_at <= now()
    ORDER BY a.expires_at
    LIMIT {RECLAIM_BATCH}
    FOR UPDATE OF a, q SKIP LOCKED
), closed AS (
    UPDATE annotate_assignment a
    SET state = CASE WHEN a.drawn = 'rework' THEN 'submitted' ELSE 'expired' END,
        holds_slot = false, closed_at = now()
    FROM expired WHERE a.id = expired.id
), back AS (
    UPDATE annotate_queueentry q
    SET taken = q.taken - freed.slots,
        epoch = CASE WHEN q.pool = 'work' THEN %(epoch)s ELSE q.epoch END,
        order_key = CASE WHEN q.pool = 'work' THEN {NOW_KEY} ELSE q.order_key END
    FROM (SELECT task_id, count(*) AS slots FROM expired WHERE holds_slot GROUP BY task_id) AS freed
    WHERE q.task_id = freed.task_id
)
SELECT task_id, holds_slot AND drawn = 'rework' FROM expired
""",  # noqa: S608 - only constants of this program
    project="bigint",
    epoch="integer",
)

# Gold that was let go comes again as what it was: work for experts would still wait for them.
GIVE = Prepared(
    "give",
    f"""
WITH given AS (
INSERT INTO annotate_assignment
    (project_id, task_id, user_id, state, drawn, holds_slot, for_experts,
     ontology_id, guideline_id, created_at, expires_at)
SELECT %(project)s, new.task_id, %(user)s, 'active', new.drawn, new.drawn <> 'gold', new.for_experts,
       %(ontology)s, %(guideline)s, now(), now() + make_interval(mins => %(minutes)s)
FROM unnest(%(tasks)s::bigint[], %(drawn)s::text[], %(for_experts)s::boolean[])
    WITH ORDINALITY AS new(task_id, drawn, for_experts, place)
ORDER BY new.place
ON CONFLICT (project_id, task_id, user_id) DO UPDATE
SET state = 'active', drawn = excluded.drawn, holds_slot = excluded.holds_slot,
    for_experts = excluded.for_experts OR excluded.drawn = 'gold' AND annotate_assignment.for_experts,
    ontology_id = excluded.ontology_id, guideline_id = excluded.guideline_id,
    created_at = excluded.created_at, expires_at = excluded.expires_at, closed_at = NULL
WHERE annotate_assignment.state IN ('expired', 'released')
RETURNING *
)
SELECT {LEASE.sql}, {TASK.sql}, {DRAFT.sql}
FROM given a JOIN projects_task t ON t.id = a.task_id LEFT JOIN annotate_draft d ON d.assignment_id = a.id
ORDER BY a.id
""",  # noqa: S608 - only constants of this program
    project="bigint",
    user="bigint",
    ontology="bigint",
    guideline="bigint",
    minutes="integer",
    tasks="bigint[]",
    drawn="text[]",
    for_experts="boolean[]",
)

# A lease is only ever made longer: rework has days.
RENEW_ALL = """
UPDATE annotate_assignment
SET expires_at = greatest(expires_at, now() + make_interval(mins => %(minutes)s)),
    guideline_id = %(guideline)s
WHERE project_id = %(project)s AND user_id = %(user)s AND state = 'active' AND expires_at > now()
"""


@dataclass(frozen=True)
class Lease:
    """A task to be handed out, how it was drawn, and whether it comes as one for experts."""

    task_id: int
    drawn: str
    for_experts: bool


@dataclass(frozen=True)
class Held:
    """What a person holds, with tasks and drafts: what was sent back first, then in the order of giving.

    ``rescan_due``: a rescan is under way or due. ``others_expired``: a lease in the project has run out.
    ``renewal_due``: one of those held should be renewed, or names an older guideline. ``has_preferred``:
    there are tasks that this person should get first. ``may_work``:
    they have a certificate, or were not asked for one. ``must_read``: the newest guideline is unread.
    """

    assignments: list[Assignment]
    rescan_due: bool
    others_expired: bool
    renewal_due: bool
    has_preferred: bool
    may_work: bool
    must_read: bool


def lock_held(project: Project, user_id: int, *, certificate: bool = False) -> Held:
    """Let this person's calls wait for each other, and nobody else's; then read what they hold.

    ``certificate``: look whether they have one. Whoever withdraws it takes the same lock first.
    """
    who = {
        "project": project.pk,
        "user": user_id,
        "minutes": project.lease_minutes,
        "certificate": certificate,
        "guideline": project.guideline_id,
    }
    rows = HELD.rows(who, after=LOCK_PERSON)
    if not rows:
        add_person(project.pk, user_id)
        rows = HELD.rows(who, after=LOCK_PERSON)
    rescan_due, expired, renew_below, has_preferred, may_work, must_read = rows[0][:6]
    held = [lease for row in rows if (lease := _lease(row, 6))]
    due = any(lease.expires_at < renew_below or lease.guideline_id != project.guideline_id for lease in held)
    return Held(
        held, bool(rescan_due), bool(expired), due, bool(has_preferred), bool(may_work), bool(must_read)
    )


def _lease(row: Sequence[Any], at: int) -> Assignment | None:
    """A lease with its task and draft, as if selected as related."""
    lease = LEASE.read(row, at)
    task = TASK.read(row, at + len(LEASE))
    if lease is None or task is None:
        return None
    join(lease, task=task, draft=DRAFT.read(row, at + len(LEASE) + len(TASK)))
    return lease


def find_lease(assignment_id: int, user: User) -> tuple[Assignment, ProjectAccess] | tuple[None, None]:
    """One lease with its task and draft, whoever holds it, and this user's access to its project.

    Nothing if they have none. The caller has still to look at the rule of the route, and at whose it is.
    """
    rows = FIND_LEASE.rows({"assignment": assignment_id, "user": user.pk})
    lease = _lease(rows[0], 0) if rows else None
    if lease is None:
        return None, None
    return lease, ProjectAccess.read(rows[0], len(LEASE) + len(TASK) + len(DRAFT), user)


def lock_person(project_id: int, user_id: int) -> None:
    """Let this person's calls wait for each other, and nobody else's."""
    who = {"project": project_id, "user": user_id}
    if not LOCK_PERSON.rows(who):
        add_person(project_id, user_id)
        LOCK_PERSON.rows(who)


def add_person(project_id: int, user_id: int) -> None:
    """Make the row by which this person's calls wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(ADD_PERSON, {"project": project_id, "user": user_id})


def reclaim(project_id: int) -> list[int]:
    """Take back leases that have run out, a bounded number at a time; return the tasks whose rework ran out.

    The tasks get a new key. States of tasks sent back for rework are settled by the caller.
    """
    rows = RECLAIM.rows({"project": project_id, "epoch": reopened_epoch(project_id)})
    return [task_id for task_id, was_rework in rows if was_rework]


def renew_held(project: Project, user_id: int) -> None:
    """Renew all that this person holds: whoever asks for more is at work, and has read the guideline."""
    with connection.cursor() as cursor:
        cursor.execute(
            RENEW_ALL,
            {
                "project": project.pk,
                "user": user_id,
                "minutes": project.lease_minutes,
                "guideline": project.guideline_id,
            },
        )


def give(
    project: Project, user_id: int, leases: Sequence[Lease], move: Mapping[str, Any] | None = None
) -> list[Assignment]:
    """Write leases in this order; whoever had let one of the tasks go gets the same row (and draft) again.

    ``move``: where the person's cursor goes, written in the same message.
    """
    values: dict[str, Any] = {
        "project": project.pk,
        "user": user_id,
        "ontology": project.ontology_id,
        "guideline": project.guideline_id,
        "minutes": project.lease_minutes,
        "tasks": [lease.task_id for lease in leases],
        "drawn": [lease.drawn for lease in leases],
        "for_experts": [lease.for_experts for lease in leases],
    }
    rows = GIVE.rows({**values, **move}, after=SAVE_CURSOR) if move else GIVE.rows(values)
    given = [lease for row in rows if (lease := _lease(row, 0))]
    if len(given) != len(leases):
        raise RuntimeError("a slot was taken for somebody who had the task already")
    return given
