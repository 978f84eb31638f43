"""What a person does with a task in hand besides answering it: save a draft, skip it, give it back."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.errors import Conflict, DomainError, FieldError
from annotate.models import Annotation, Assignment, AssignmentState, Draft, Drawn, Skip, SkipReason
from annotate.outbox import emit
from annotate.services.experts import give_to_experts, goes_to_experts, has_no_expert_left
from annotate.services.found import MAY_ANSWER
from annotate.services.keys import bring_forward
from annotate.services.leases import lock_person
from annotate.services.retry import again_on_deadlock
from annotate.states import Cause, lock_entries, move
from labeltypes.base import JsonObject
from projects.models import Project, TaskState, TaskSummary

LONGEST_COMMENT = 10_000
LIVING = (AssignmentState.ACTIVE, AssignmentState.EXPIRED, AssignmentState.RELEASED)

# Where the slot is gone the lease stays as it is, but for the time: of gold, whose slots never go, people are
# told the same.
RENEW = """
UPDATE annotate_assignment
SET state = CASE WHEN %(lives)s THEN 'active' ELSE state END,
    holds_slot = %(holds)s,
    closed_at = CASE WHEN %(lives)s THEN NULL ELSE closed_at END,
    expires_at = greatest(expires_at, now() + make_interval(mins => %(minutes)s))
WHERE id = %(id)s
"""
TAKE_BACK = f"""
UPDATE annotate_queueentry SET taken = taken + 1
WHERE task_id = %(task)s AND is_open AND taken < wanted AND pool = 'work' AND %(counted)s AND {MAY_ANSWER}
"""  # noqa: S608 - only constants of this program
RETURN = """
UPDATE annotate_queueentry SET taken = taken - 1 WHERE task_id = ANY(%(tasks)s) AND %(counted)s
"""


@again_on_deadlock
@transaction.atomic
def save_draft(
    *, assignment: Assignment, project: Project, value: JsonObject, base: int, may_hold: bool = True
) -> Draft:
    """Keep what was typed so far and renew the lease; ``base`` is the revision it was made from, 0 for none.

    Raises Conflict with the newer draft when another tab saved in between, and when the task was
    answered or skipped. A lease that ran out is taken up again if its slot is free; the draft is kept anyway,
    and the person is told a time in either case. Without ``may_hold`` a lease that is gone stays so.
    """
    lock_person(assignment.project_id, assignment.user_id)
    locked, _ = Assignment.objects.locked(assignment.pk)
    if locked.state not in LIVING:
        raise Conflict("You have answered or skipped this task.", code="closed")
    draft = Draft.objects.select_for_update(no_key=True).filter(assignment=locked).first()
    revision = draft.revision if draft else 0
    if revision != base and not (draft and draft.value == value):
        raise Conflict("Another tab has saved a newer draft.", current=draft_payload(draft), code="draft")
    Draft.objects.update_or_create(
        assignment=locked,
        defaults={"revision": max(revision, base + 1), "saved_at": Now(), "value": value},
    )
    _renew(locked, project, may_hold=may_hold)
    return Draft.objects.select_related("assignment").get(pk=locked.pk)


def draft_payload(draft: Draft | None) -> dict[str, object] | None:
    """What the browser is shown of a draft."""
    if draft is None:
        return None
    return {"value": draft.value, "revision": draft.revision, "saved_at": draft.saved_at}


def _renew(assignment: Assignment, project: Project, *, may_hold: bool) -> None:
    holds, lives = assignment.holds_slot, True
    with connection.cursor() as cursor:
        if assignment.state != AssignmentState.ACTIVE:
            is_gold = assignment.drawn == Drawn.GOLD
            counted = may_hold and not is_gold
            values = {"task": assignment.task_id, "user": assignment.user_id, "counted": counted}
            cursor.execute(TAKE_BACK, values)
            holds = cursor.rowcount == 1
            lives = holds or (may_hold and is_gold)
        values = {"id": assignment.pk, "holds": holds, "lives": lives, "minutes": project.lease_minutes}
        cursor.execute(RENEW, values)


@again_on_deadlock
@transaction.atomic
def skip(*, assignment: Assignment, project: Project, reason: str, comment: str = "") -> None:
    """Pass on a task for good: this person never gets it again, the slot returns, many skips block the task.

    What is too hard goes to an expert where there is one, and is then no skip of the task. What no expert is
    left for is blocked. A second skip changes nothing. Raises Conflict for a task that was answered.
    """
    if reason not in SkipReason.values:
        raise DomainError(
            "Unknown reason.", fields=[FieldError("reason", f"one of {', '.join(SkipReason.values)}")]
        )
    lock_person(assignment.project_id, assignment.user_id)
    locked, now = Assignment.objects.locked(assignment.pk)
    if locked.state == AssignmentState.SKIPPED:
        return
    if locked.state not in LIVING:
        raise Conflict("You have answered this task.", code="already_submitted")
    _close(locked, AssignmentState.SKIPPED, now)
    Skip.objects.create(
        project_id=locked.project_id,
        task_id=locked.task_id,
        user_id=locked.user_id,
        assignment=locked,
        reason=reason,
        comment=comment[:LONGEST_COMMENT],
        at=now,
    )
    too_hard = reason == SkipReason.HARD and goes_to_experts(project.pk, locked.user_id)
    if too_hard:
        give_to_experts(project_id=project.pk, task_ids=[locked.task_id])
    _count_skip(locked, project.skip_limit, is_counted=not too_hard)
    emit(
        "skipped", project_id=locked.project_id, task_id=locked.task_id, user_id=locked.user_id, reason=reason
    )


@again_on_deadlock
@transaction.atomic
def release(*, assignment: Assignment) -> None:
    """Give a held task back; the person may get it again, with their draft. Twice changes nothing.

    Raises Conflict for work that was sent back: that stays with its author until the deadline.
    """
    lock_person(assignment.project_id, assignment.user_id)
    locked, now = Assignment.objects.locked(assignment.pk)
    if locked.state != AssignmentState.ACTIVE:
        return
    if locked.drawn == Drawn.REWORK:
        raise Conflict("This was sent back to you; answer or skip it.", code="rework")
    _close(locked, AssignmentState.RELEASED, now)


@transaction.atomic
def release_all(*, project_id: int, user_id: int) -> int:
    """Give back everything a person holds but what was sent back to them; return how many."""
    lock_person(project_id, user_id)
    held = list(
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .filter(project_id=project_id, user_id=user_id, state=AssignmentState.ACTIVE)
        .exclude(drawn=Drawn.REWORK)
        .order_by("task_id")
    )
    return_slots(project_id, [row.task_id for row in held if row.holds_slot])
    Assignment.objects.filter(pk__in=[row.pk for row in held]).update(
        state=AssignmentState.RELEASED, holds_slot=False, closed_at=Now()
    )
    return len(held)


def return_slots(project_id: int, task_ids: Collection[int], *, counted: bool = True) -> None:
    """Give one slot back to each of these tasks and bring them forward.

    With ``counted`` false (gold has no slots) the same statements run and change nothing of it.
    """
    if task_ids:
        lock_entries(task_ids)
        with connection.cursor() as cursor:
            cursor.execute(RETURN, {"tasks": list(task_ids), "counted": counted})
        bring_forward(project_id, list(task_ids))


def _close(assignment: Assignment, state: str, now: datetime) -> None:
    if assignment.state == AssignmentState.ACTIVE:
        return_slots(assignment.project_id, [assignment.task_id], counted=assignment.holds_slot)
    Assignment.objects.filter(pk=assignment.pk).update(state=state, holds_slot=False, closed_at=now)


def _count_skip(assignment: Assignment, limit: int, *, is_counted: bool) -> None:
    lock_entries([assignment.task_id])
    summary = TaskSummary.objects.select_for_update(no_key=True).get(pk=assignment.task_id)
    skips = summary.skips + is_counted
    TaskSummary.objects.filter(pk=summary.pk).update(skips=skips, updated_at=Now())
    if summary.state == TaskState.REWORK and not _others_rework(assignment):
        move(summary, Cause.REWORK_EXPIRED)
    waits_for_nobody = has_no_expert_left(summary.pk)
    if summary.state == TaskState.OPEN and (waits_for_nobody or (is_counted and skips >= limit)):
        move(summary, Cause.BLOCKED)


def _others_rework(assignment: Assignment) -> bool:
    """Whether somebody else's answer to this task is still sent back."""
    return (
        Annotation.objects.filter(task_id=assignment.task_id, rejected_at__isnull=False)
        .exclude(user_id=assignment.user_id)
        .exists()
    )
