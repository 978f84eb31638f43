"""Submit: an idempotent command. One transaction writes everything; "saved" means committed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.errors import Conflict
from accounts.services.once import KeyReused, check_key
from annotate.items import resolve
from annotate.models import (
    Annotation,
    AnnotationVersion,
    Assignment,
    AssignmentState,
    ReviewEntry,
    ReviewReason,
)
from annotate.outbox import poke_after_commit
from annotate.services.answer_rows import Standing, Written, lock_standing, write_answer
from annotate.services.facts import classes_in
from annotate.services.retry import again_on_deadlock
from annotate.states import Cause, move
from annotate.versions import ontology_of
from labeltypes.answers import clean_answer
from labeltypes.base import JsonObject
from projects.models import AnswerSource, TaskState, TaskSummary

LONGEST_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Submitted:
    """The answer as stored; ``created`` is false when this was a repeat."""

    annotation: Annotation
    version: AnnotationVersion
    created: bool

    def as_first_given(self) -> dict[str, object]:
        """The answer's facts as of this version: a repeat says the same as the first time."""
        return {
            "id": self.annotation.pk,
            "assignment_id": self.annotation.assignment_id,
            "version": self.version.version,
            "created_at": self.version.created_at,
        }


@again_on_deadlock
def submit(
    *, assignment: Assignment, value: JsonObject, seconds: float, key: str, late_counts: bool = True
) -> Submitted:
    """Store a person's answer to what they were given.

    The value is checked against the ontology version that the lease names: whoever began under a version
    finishes under it, and the answer says so. The same key again returns the first answer. Without
    ``late_counts`` an answer whose lease is gone is kept aside, also where its place is still free.

    Raises Invalid (the value), KeyReused (same key, other value), Conflict (answered or skipped before).
    Locks the person's own rows, then the task's queue row, then its summary.
    """
    check_key(key)
    item = resolve(assignment.task, assignment.ontology_id)
    known = ontology_of(assignment.ontology_id).ontology
    clean = clean_answer(value, known, item.media)
    with transaction.atomic():
        standing = lock_standing(assignment, key)
        if repeat := _repeated(standing, clean):
            return repeat
        check_open(standing.lease, standing.head)
        written = write_answer(
            standing,
            value=clean,
            names=classes_in(clean, known),
            seconds=clean_seconds(seconds),
            key=key,
            late_counts=late_counts,
        )
        _settle(written, resubmitted=standing.head is not None)
        poke_after_commit()
        return Submitted(written.head, written.version, created=True)


def clean_seconds(seconds: float) -> float:
    """Working time between zero and a day: a browser's clock can be anything."""
    return min(max(seconds, 0.0), LONGEST_SECONDS)


def check_open(assignment: Assignment, head: Annotation | None) -> None:
    """Raise Conflict if this assignment was answered (and not sent back) or skipped."""
    if assignment.state == AssignmentState.SKIPPED:
        raise Conflict("You skipped this task.", code="skipped")
    if head is not None and head.rejected_at is None:
        current = {"annotation": str(head.pk), "version": head.version, "value": head.value}
        raise Conflict("You have answered this task.", current=current, code="already_submitted")


def _repeated(standing: Standing, value: JsonObject) -> Submitted | None:
    head, version = standing.head, standing.repeated
    if not head or not version:
        return None
    if version.value != value:
        raise KeyReused("This key was used for another answer to this task; the first one stays.")
    return Submitted(head, version, created=False)


def write_version(
    annotation: Annotation,
    *,
    value: JsonObject,
    seconds: float,
    key: str,
    by_id: int,
    now: datetime,
    ontology_id: int,
    guideline_id: int | None,
    drawn: str = "",
) -> AnnotationVersion:
    """Write the head's current version: it never changes from then on."""
    return AnnotationVersion.objects.create(
        project_id=annotation.project_id,
        annotation=annotation,
        version=annotation.version,
        value=value,
        seconds=seconds,
        key=key,
        drawn=drawn,
        ontology_id=ontology_id,
        guideline_id=guideline_id,
        created_by_id=by_id,
        created_at=now,
    )


def _settle(written: Written, *, resubmitted: bool) -> None:
    """What is left to do for a task that was just filled, or whose author mended what was sent back."""
    annotation = written.head
    mended = resubmitted and not annotation.is_extra
    if not mended and not written.to_settle:
        return
    summary = TaskSummary.objects.select_for_update(no_key=True).get(pk=annotation.task_id)
    if not mended:
        settle_full(summary)
        return
    ReviewEntry.objects.get_or_create(
        annotation=annotation,
        closed_at=None,
        defaults={
            "project_id": annotation.project_id,
            "task_id": annotation.task_id,
            "author_id": annotation.user_id,
            "reason": ReviewReason.RESUBMITTED,
        },
    )
    if summary.state == TaskState.REWORK:
        move(summary, Cause.RESUBMITTED)


def settle_full(summary: TaskSummary) -> None:
    """Move a task that has just become answered on, if a reviewer is waited for or has spoken already."""
    if ReviewEntry.objects.filter(task_id=summary.task_id, closed_at__isnull=True).exists():
        move(summary, Cause.REVIEW_REQUESTED)
    elif summary.source in {AnswerSource.REVIEW, AnswerSource.ADJUDICATION}:
        move(summary, Cause.ACCEPTED)
