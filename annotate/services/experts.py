"""Tasks that only experts get: what others found too hard, or what a manager or a triage keeps for them.

An expert is a member like others, who is given these tasks before everything else. docs/adr/0030-experts.md.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.statements import Prepared
from annotate.models import Drawn, Pool, QueueEntry
from annotate.services.found import NEVER_HAD, OPEN_TO_EXPERTS, Found, Picked
from annotate.services.keys import bring_forward
from annotate.services.slots import settle_slots
from annotate.states import lock_entries
from projects.models import Membership, Project

BATCH = 2_000

# Slots are taken as in ``scan.TAKE``: the count on the locked row decides. No cursor: what waits for experts
# is little, and one of their answers ends each. What somebody gave up comes before what a triage keeps.
TAKE_FOR_EXPERTS = f"""
WITH picked AS MATERIALIZED (
    SELECT q.task_id, q.epoch, q.order_key FROM annotate_queueentry q
    WHERE {OPEN_TO_EXPERTS} AND {NEVER_HAD}
    ORDER BY q.epoch DESC, q.order_key, q.task_id
    LIMIT %(look)s
    FOR UPDATE SKIP LOCKED
), first AS (
    SELECT picked.task_id FROM picked ORDER BY epoch DESC, order_key, task_id LIMIT %(take)s
), taken AS (
    UPDATE annotate_queueentry q SET taken = q.taken + 1
    FROM first
    WHERE q.task_id = first.task_id AND q.taken < q.wanted AND q.is_open
    RETURNING q.task_id
)
SELECT picked.task_id, taken.task_id IS NOT NULL
FROM picked LEFT JOIN taken ON taken.task_id = picked.task_id
ORDER BY picked.epoch DESC, picked.order_key, picked.task_id
"""  # noqa: S608 - only constants of this program

TAKE = Prepared(
    "take_for_experts", TAKE_FOR_EXPERTS, project="bigint", user="bigint", look="integer", take="integer"
)

# One answer of an expert ends it, beside those that are given or under way.
KEEP_FOR_EXPERTS = """
UPDATE annotate_queueentry SET for_experts = true, wanted = taken + 1
WHERE task_id = ANY(%(tasks)s) AND project_id = %(project)s AND pool = 'work' AND is_open
  AND answered < wanted AND NOT for_experts
"""

NONE_LEFT = """
SELECT NOT EXISTS (
    SELECT 1 FROM projects_membership m
    WHERE m.project_id = q.project_id AND m.is_expert AND NOT EXISTS (
        SELECT 1 FROM annotate_assignment a
        WHERE a.project_id = q.project_id AND a.task_id = q.task_id AND a.user_id = m.user_id
          AND a.state IN ('submitted', 'skipped'))
)
FROM annotate_queueentry q WHERE q.task_id = %(task)s AND q.for_experts
"""


def take_for_experts(project_id: int, user_id: int, look: int, count: int) -> Found:
    """Look for up to ``look`` tasks that wait for an expert and that this one never had; take ``count``."""
    rows = TAKE.rows({"project": project_id, "user": user_id, "look": look, "take": count})
    picked = [Picked(task, Drawn.POLICY, for_experts=True) for task, is_taken in rows if is_taken]
    return Found(picked, len(rows), for_experts=len(rows))


def goes_to_experts(project_id: int, user_id: int) -> bool:
    """Whether what this person finds too hard goes to somebody else, who is an expert and works now."""
    experts = Membership.objects.filter(project=project_id, is_expert=True, paused_at=None)
    ids = set(experts.values_list("user_id", flat=True))
    return bool(ids) and user_id not in ids


def has_experts(project_id: int) -> bool:
    """Whether anybody in the project is an expert, also one who is paused."""
    return Membership.objects.filter(project=project_id, is_expert=True).exists()


@transaction.atomic
def give_to_experts(*, project_id: int, task_ids: Collection[int]) -> int:
    """Keep these tasks for experts, as far as they take answers; return how many. Gold stays as it is.

    What others hold of them they may still answer. The caller sees to it that there are experts.
    """
    ids = sorted(task_ids)
    lock_entries(ids)
    with connection.cursor() as cursor:
        cursor.execute(KEEP_FOR_EXPERTS, {"tasks": ids, "project": project_id})
        return int(cursor.rowcount)


@transaction.atomic
def give_to_everybody(*, project: Project, task_ids: Collection[int]) -> int:
    """Keep these tasks for experts no longer; they want the project's number of answers. Return how many."""
    ids = sorted(task_ids)
    lock_entries(ids)
    kept = QueueEntry.objects.filter(project=project, pk__in=ids, for_experts=True)
    found = sorted(kept.values_list("pk", flat=True))
    kept.update(for_experts=False, wanted=Greatest(project.overlap, F("taken")))
    bring_forward(project.pk, found)
    settle_slots(project.pk, found)
    return len(found)


def give_batch_to_everybody(project: Project) -> bool:
    """The next tasks that wait for experts, where there is none any more; whether there may be others."""
    if has_experts(project.pk):
        return False
    waiting = waiting_for_experts(project.pk).values_list("pk", flat=True)[:BATCH]
    return bool(give_to_everybody(project=project, task_ids=list(waiting)))


def waiting_for_experts(project_id: int) -> Any:
    """The rows of tasks that wait for an expert's answer."""
    return QueueEntry.objects.filter(
        project=project_id, pool=Pool.WORK, is_open=True, taken__lt=F("wanted"), for_experts=True
    )


def has_no_expert_left(task_id: int) -> bool:
    """Whether a task waits for experts all of whom have passed it on or answered it."""
    with connection.cursor() as cursor:
        cursor.execute(NONE_LEFT, {"task": task_id})
        row = cursor.fetchone()
    return bool(row and row[0])
