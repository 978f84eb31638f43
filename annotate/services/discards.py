"""Setting one person's answers aside: counted beforehand, requeued, and undone within a grace period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.audit import record
from accounts.models import User
from annotate.models import Annotation, Assignment, AssignmentState, OutboxEvent, ReviewEntry
from annotate.querysets import AnnotationQuerySet
from annotate.services.held import release_all
from annotate.services.slots import settle_slots
from annotate.states import Cause, lock_entries, move_many
from projects.models import Project, TaskState, TaskSummary

GRACE = timedelta(days=7)
BATCH = 500

# Assignments give their slots back; the counts on both rows follow from what each annotation was.
FREE_SLOTS = """
WITH freed AS (
    UPDATE annotate_assignment a SET holds_slot = false
    FROM annotate_annotation n
    WHERE n.id = ANY(%(ids)s) AND a.id = n.assignment_id AND a.holds_slot
    RETURNING a.task_id, n.rejected_at IS NULL AS answered
)
UPDATE annotate_queueentry q SET taken = q.taken - 1, answered = q.answered - freed.answered::int
FROM freed WHERE q.task_id = freed.task_id
"""

# Who lost the slot meanwhile comes back as an extra answer.
TAKE_SLOTS = """
WITH free AS (
    UPDATE annotate_queueentry q SET taken = q.taken + 1, answered = q.answered + 1
    FROM annotate_annotation n
    WHERE n.id = ANY(%(ids)s) AND q.task_id = n.task_id AND q.pool = 'work' AND q.taken < q.wanted
      AND n.assignment_id IS NOT NULL AND NOT n.is_extra AND NOT n.is_fix
    RETURNING n.assignment_id
)
UPDATE annotate_assignment a SET holds_slot = true FROM free WHERE a.id = free.assignment_id
"""

RECOUNT = """
UPDATE projects_tasksummary s SET answers = n.answers, extra = n.extra, updated_at = now()
FROM (
    SELECT t.task_id,
           count(*) FILTER (WHERE NOT a.is_extra AND a.rejected_at IS NULL) AS answers,
           count(*) FILTER (WHERE a.is_extra AND a.rejected_at IS NULL) AS extra
    FROM unnest(%(tasks)s::bigint[]) AS t(task_id)
    LEFT JOIN annotate_annotation a ON a.task_id = t.task_id AND a.discarded_at IS NULL AND NOT a.is_fix
    GROUP BY t.task_id
) n
WHERE s.task_id = n.task_id
"""


@dataclass(frozen=True)
class DiscardCount:
    """How many answers a discard would set aside, and how many could still be brought back."""

    answers: int
    restorable: int


def count_discard(*, project: Project, user: User) -> DiscardCount:
    """What a discard and its undo would touch."""
    return DiscardCount(_living(project, user).count(), _restorable(project, user).count())


def discard_answers(*, project: Project, user: User, by: User) -> int:
    """Set all answers of a person aside and ask others for new ones; return how many.

    In batches, each a transaction: a broken run goes on where it stopped. Settled tasks stay as they are.
    """
    release_all(project_id=project.pk, user_id=user.pk)
    total = 0
    while ids := list(_living(project, user).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        _discard_batch(project, ids)
        total += len(ids)
    _record(project, user, by, "answers.discarded", total)
    return total


def restore_answers(*, project: Project, user: User, by: User) -> int:
    """Bring back what was set aside in the last seven days; answers whose slot is gone come back as extra."""
    total = 0
    while ids := list(_restorable(project, user).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        _restore_batch(project, ids)
        total += len(ids)
    _record(project, user, by, "answers.restored", total)
    return total


def _living(project: Project, user: User) -> AnnotationQuerySet:
    return Annotation.objects.filter(project=project, user=user, is_fix=False, discarded_at__isnull=True)


def _restorable(project: Project, user: User) -> AnnotationQuerySet:
    return Annotation.objects.filter(
        project=project, user=user, is_fix=False, discarded_at__gte=Now() - GRACE
    )


@transaction.atomic
def _discard_batch(project: Project, ids: Sequence[int]) -> None:
    heads = list(Annotation.objects.filter(pk__in=ids))
    tasks = sorted({head.task_id for head in heads})
    _run_locked(tasks, FREE_SLOTS, ids)
    Annotation.objects.filter(pk__in=ids).update(discarded_at=Now())
    ReviewEntry.objects.filter(annotation__in=ids, closed_at__isnull=True).update(closed_at=Now())
    _close_rework(ids)
    _after(project, tasks, heads, "discarded")


@transaction.atomic
def _restore_batch(project: Project, ids: Sequence[int]) -> None:
    heads = list(Annotation.objects.filter(pk__in=ids))
    tasks = sorted({head.task_id for head in heads})
    _run_locked(tasks, TAKE_SLOTS, ids)
    restored = Annotation.objects.filter(pk__in=ids)
    lost = restored.filter(assignment__holds_slot=False).exclude(versions__drawn="gold")
    Annotation.objects.filter(pk__in=list(lost.values_list("pk", flat=True))).update(is_extra=True)
    restored.update(discarded_at=None, rejected_at=None)
    _after(project, tasks, heads, "restored_answer")


def _run_locked(tasks: list[int], statement: str, ids: Sequence[int]) -> None:
    lock_entries(tasks)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": list(ids)})


def _close_rework(ids: Sequence[int]) -> None:
    rework = Assignment.objects.filter(annotation__in=ids, state=AssignmentState.ACTIVE)
    rework.update(state=AssignmentState.SUBMITTED, closed_at=Now())


def _after(project: Project, tasks: list[int], heads: Sequence[Annotation], kind: str) -> None:
    list(
        TaskSummary.objects.select_for_update(no_key=True)
        .filter(pk__in=tasks)
        .order_by("pk")
        .values_list("pk")
    )
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, {"tasks": tasks})
    _leave_waiting(project.pk, tasks)
    settle_slots(project.pk, tasks)
    OutboxEvent.objects.bulk_create(
        OutboxEvent(
            project_id=project.pk,
            kind=kind,
            task_id=head.task_id,
            annotation_id=head.pk,
            user_id=head.user_id,
        )
        for head in heads
    )


def _leave_waiting(project_id: int, tasks: list[int]) -> None:
    """Tasks that waited for a reviewer or an author of these answers alone wait for nobody any more."""
    review = TaskSummary.objects.filter(task_id__in=tasks, state=TaskState.REVIEW)
    still = ReviewEntry.objects.filter(task_id__in=tasks, closed_at__isnull=True).values("task_id")
    move_many(
        project_id, list(review.exclude(task_id__in=still).values_list("pk", flat=True)), Cause.REVIEW_CLOSED
    )
    rework = TaskSummary.objects.filter(task_id__in=tasks, state=TaskState.REWORK)
    sent_back = Annotation.objects.filter(
        task_id__in=tasks, rejected_at__isnull=False, discarded_at__isnull=True
    ).values("task_id")
    ids = list(rework.exclude(task_id__in=sent_back).values_list("pk", flat=True))
    move_many(project_id, ids, Cause.UNDONE, target=TaskState.ANSWERED)


def _record(project: Project, user: User, by: User, verb: str, count: int) -> None:
    record(
        organization=project.organization_id,
        actor=by,
        verb=verb,
        subject=user.email,
        project_id=project.pk,
        answers=count,
    )
