"""Sending an answer back to its author, who keeps the slot until a deadline."""

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from accounts.errors import Conflict
from annotate.models import Annotation, Assignment, AssignmentState, Drawn, NoticeKind, QueueEntry, Review
from annotate.services.facts import LockedTask
from annotate.services.notices import notify, withdraw
from annotate.services.summaries import clear_final
from annotate.states import Cause, move
from projects.models import AnswerSource, Project, TaskState, TaskSummary


def lock_assignment(annotation: Annotation) -> Assignment | None:
    """Lock the assignment that an answer was given to, if it was given to one."""
    if annotation.assignment_id is None:
        return None
    return Assignment.objects.locked(annotation.assignment_id)[0]


def send_back(
    head: Annotation, assignment: Assignment | None, task: LockedTask, review: Review, project: Project
) -> None:
    """Give the task back to the author with the review, and tell them.

    Raises Conflict for an answer that nobody was assigned to, and for a task that was adjudicated.
    """
    if assignment is None:
        raise Conflict("This answer was not given in the queue: fix it instead.", code="no_assignment")
    if task.summary.source == AnswerSource.ADJUDICATION:
        raise Conflict("This task has a final answer; withdraw that first.", code="adjudicated")
    Assignment.objects.filter(pk=assignment.pk).update(
        state=AssignmentState.ACTIVE,
        drawn=Drawn.REWORK,
        closed_at=None,
        expires_at=Now() + timedelta(hours=project.rework_hours),
    )
    Annotation.objects.filter(pk=head.pk).update(rejected_at=Now())
    _count(head, assignment, task, step=-1)
    if task.summary.source == AnswerSource.REVIEW:
        clear_final(task.summary)
    if task.summary.state not in {TaskState.BLOCKED, TaskState.ARCHIVED}:
        move(task.summary, Cause.REJECTED)
    notify(
        project_id=head.project_id,
        user_ids=[head.user_id],
        kind=NoticeKind.REWORK,
        ref=f"review:{review.pk}",
        text=review.comment,
        code=review.code,
        assignment=str(assignment.pk),
    )


def take_back_rejection(
    head: Annotation, assignment: Assignment | None, task: LockedTask, review: Review
) -> None:
    """Undo ``send_back`` while the author has not answered anew; raises Conflict after that."""
    if head.rejected_at is None or assignment is None:
        raise Conflict("The author has answered again.", code="resubmitted")
    Annotation.objects.filter(pk=head.pk).update(rejected_at=None)
    holds = assignment.holds_slot or _retake(assignment, task)
    is_gold_like = head.versions.get(version=head.version).drawn == Drawn.GOLD
    if not holds and not is_gold_like and not head.is_extra:
        Annotation.objects.filter(pk=head.pk).update(is_extra=True)
        head.is_extra = True
    assignment.holds_slot = holds
    Assignment.objects.filter(pk=assignment.pk).update(
        state=AssignmentState.SUBMITTED, holds_slot=holds, closed_at=Now()
    )
    _count(head, assignment, task, step=1)
    withdraw(project_id=head.project_id, kind=NoticeKind.REWORK, ref=f"review:{review.pk}")


def _retake(assignment: Assignment, task: LockedTask) -> bool:
    """Take the slot of an answer again whose rework deadline had passed, if it is still free."""
    first = assignment.annotation.versions.order_by("version").values_list("drawn", flat=True)[0]
    if first == Drawn.GOLD or task.entry.taken >= task.entry.wanted:
        return False
    QueueEntry.objects.filter(pk=task.entry.pk).update(taken=F("taken") + 1)
    return True


def _count(head: Annotation, assignment: Assignment, task: LockedTask, *, step: int) -> None:
    """Count an answer that went back to its author (-1) or is there again (1)."""
    if head.is_extra:
        TaskSummary.objects.filter(pk=task.summary.pk).update(extra=F("extra") + step)
    else:
        task.add_answers(step, slots=step if assignment.holds_slot else 0)
