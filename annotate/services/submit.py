"""Submit: an idempotent command. One transaction writes everything; "saved" means committed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.errors import Conflict, DomainError, FieldError
from annotate.items import resolve
from annotate.models import (
    Annotation,
    AnnotationVersion,
    Assignment,
    AssignmentState,
    Draft,
    Drawn,
    ReviewEntry,
    ReviewReason,
)
from annotate.outbox import emit
from annotate.services.leases import lock_person
from annotate.services.retry import again_on_deadlock
from annotate.services.summaries import note_classes
from annotate.states import Cause, fill, move
from annotate.versions import ontology_of
from labeltypes.answers import clean_answer
from labeltypes.base import JsonObject
from projects.models import AnswerSource, TaskState, TaskSummary

LONGEST_SECONDS = 24 * 3600.0

# A slot that is held is answered, one that ran out is taken up again if it is free. Gold has none: the same
# statement, no row written.
ANSWER = """
UPDATE annotate_queueentry SET answered = answered + 1, taken = taken + CASE WHEN %(late)s THEN 1 ELSE 0 END
WHERE task_id = %(task)s AND (%(holds)s OR (%(late)s AND is_open AND taken < wanted))
RETURNING answered >= wanted
"""


class KeyReused(DomainError):
    """One Idempotency-Key for two different answers: the first one stays."""

    status = 422
    code = "key_reused"


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
            "is_extra": self.annotation.is_extra,
        }


@again_on_deadlock
def submit(*, assignment: Assignment, value: JsonObject, seconds: float, key: str) -> Submitted:
    """Store a person's answer to what they were given.

    The value is checked against the ontology version that the lease names: whoever began under a version
    finishes under it, and the answer says so. The same key again returns the first answer.

    Raises Invalid (the value), KeyReused (same key, other value), Conflict (answered or skipped before).
    Locks the person's own rows, then the task's queue row, then its summary.
    """
    check_key(key)
    item = resolve(assignment.task, assignment.ontology_id)
    clean = clean_answer(value, ontology_of(assignment.ontology_id).ontology, item.media)
    with transaction.atomic():
        lock_person(assignment.project_id, assignment.user_id)
        locked, now = Assignment.objects.locked(assignment.pk)
        head = Annotation.objects.filter(assignment=locked).first()
        if repeat := _repeated(head, clean, key):
            return repeat
        check_open(locked, head)
        return _store(locked, head, clean, clean_seconds(seconds), key, now)


def check_key(key: str) -> None:
    """Raise DomainError unless the key is 1 to 100 printable ASCII characters."""
    if not 1 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise DomainError(
            "The header Idempotency-Key is needed.",
            fields=[FieldError("Idempotency-Key", "1 to 100 printable ASCII characters")],
        )


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


def _repeated(head: Annotation | None, value: JsonObject, key: str) -> Submitted | None:
    version = head and AnnotationVersion.objects.filter(annotation=head, key=key).first()
    if not head or not version:
        return None
    if version.value != value:
        raise KeyReused("This key was used for another answer to this task; the first one stays.")
    return Submitted(head, version, created=False)


def _store(
    assignment: Assignment,
    head: Annotation | None,
    value: JsonObject,
    seconds: float,
    key: str,
    now: datetime,
) -> Submitted:
    was_held, is_gold = assignment.holds_slot, assignment.drawn == Drawn.GOLD
    filled = _answer_slot(assignment.task_id, holds=was_held, late=not was_held and not is_gold)
    is_extra = filled is None and not is_gold
    annotation = _write_head(assignment, head, value, seconds, is_extra=is_extra, now=now)
    version = write_version(
        annotation,
        value=value,
        seconds=seconds,
        key=key,
        by_id=assignment.user_id,
        now=now,
        ontology_id=assignment.ontology_id,
        guideline_id=assignment.guideline_id,
        drawn=assignment.drawn,
    )
    Assignment.objects.filter(pk=assignment.pk).update(
        state=AssignmentState.SUBMITTED, holds_slot=not is_extra and not is_gold, closed_at=now
    )
    Draft.objects.filter(assignment=assignment).delete()
    _count(annotation, assignment.ontology_id, filled=bool(filled), resubmitted=head is not None)
    emit(
        "submitted",
        project_id=annotation.project_id,
        task_id=annotation.task_id,
        annotation_id=annotation.pk,
        user_id=annotation.user_id,
        version=version.version,
        seconds=seconds,
    )
    return Submitted(annotation, version, created=True)


def _answer_slot(task_id: int, *, holds: bool, late: bool) -> bool | None:
    """Count the answer on the locked queue row: whether the task is full now; None if there was no slot."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, {"task": task_id, "holds": holds, "late": late})
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def _write_head(
    assignment: Assignment,
    head: Annotation | None,
    value: JsonObject,
    seconds: float,
    *,
    is_extra: bool,
    now: datetime,
) -> Annotation:
    if head is None:
        return Annotation.objects.create(
            project_id=assignment.project_id,
            task_id=assignment.task_id,
            user_id=assignment.user_id,
            assignment=assignment,
            value=value,
            seconds=seconds,
            is_extra=is_extra,
            created_at=now,
            updated_at=now,
        )
    head.version += 1
    head.value, head.seconds = value, head.seconds + seconds
    head.is_extra, head.rejected_at, head.updated_at = is_extra, None, now
    head.save(update_fields=["version", "value", "seconds", "is_extra", "rejected_at", "updated_at"])
    return head


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


def _count(annotation: Annotation, ontology_id: int, *, filled: bool, resubmitted: bool) -> None:
    """Bring the task's summary up to date: counters first, then the state.

    What is nothing to do is a statement that finds no row, so that gold, which never fills, takes as long.
    """
    summary = TaskSummary.objects.select_for_update().get(pk=annotation.task_id)
    field = "extra" if annotation.is_extra else "answers"
    TaskSummary.objects.filter(pk=summary.pk).update(**{field: F(field) + 1}, updated_at=Now())
    if not annotation.is_extra:
        note_classes(summary.task_id, annotation.value, ontology_id=ontology_id)
    if resubmitted and not annotation.is_extra:
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
    elif fill(summary, filled=filled):
        settle_full(summary)


def settle_full(summary: TaskSummary) -> None:
    """Move a task that has just become answered on, if a reviewer is waited for or has spoken already."""
    if ReviewEntry.objects.filter(task_id=summary.task_id, closed_at__isnull=True).exists():
        move(summary, Cause.REVIEW_REQUESTED)
    elif summary.source in {AnswerSource.REVIEW, AnswerSource.ADJUDICATION}:
        move(summary, Cause.ACCEPTED)
