"""The review queue and verdicts. Reviewers never judge their own work."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.errors import Conflict, DomainError, FieldError, Forbidden
from accounts.models import User
from annotate.models import Annotation, Review, ReviewEntry, ReviewReason, Verdict
from annotate.outbox import emit
from annotate.querysets import AnnotationQuerySet
from annotate.services.facts import LockedTask, lock_task
from annotate.services.fixes import write_fix
from annotate.services.rework import lock_assignment, send_back
from annotate.services.summaries import set_final
from annotate.states import Cause, move
from labeltypes.base import JsonObject
from projects.models import AnswerSource, Project, TaskState

LONGEST_COMMENT = 10_000


@dataclass(frozen=True)
class Judgement:
    """What a reviewer says of an answer: ``value`` for a fix, ``code`` (perhaps ``pin``) for a rejection."""

    verdict: str
    value: JsonObject | None = None
    code: str = ""
    comment: str = ""
    pin: dict[str, Any] | None = None
    version: int | None = None
    seconds: float = 0.0
    key: str = field(default="")


@transaction.atomic
def request_review(*, annotation: Annotation, reason: ReviewReason, detail: float | None = None) -> bool:
    """Put an answer into the review queue; False if it is there already or its version was reviewed."""
    task = lock_task(annotation.task_id)
    head = Annotation.objects.get(pk=annotation.pk)
    if head.rejected_at or head.discarded_at or head.is_fix or _standing(head):
        return False
    _, created = ReviewEntry.objects.get_or_create(
        annotation=head,
        closed_at=None,
        defaults={
            "project_id": head.project_id,
            "task_id": head.task_id,
            "author_id": head.user_id,
            "reason": reason,
            "detail": detail,
        },
    )
    if task.summary.state == TaskState.ANSWERED or (
        task.summary.state == TaskState.DONE and not task.stands_above_consensus
    ):
        move(task.summary, Cause.REVIEW_REQUESTED)
    return created


@transaction.atomic
def give_verdict(*, annotation: Annotation, project: Project, by: User, judgement: Judgement) -> Review:
    """Accept, fix or reject the newest version of an answer; the same by the same reviewer changes nothing.

    Raises Forbidden for one's own work, Conflict for what was judged, changed, sent back or discarded
    meanwhile, DomainError for a fix without value or a rejection without code, Invalid for a bad value.
    Locks the author's assignment, the task's queue row, its summary, then the answer.
    """
    if annotation.user_id == by.pk:
        raise Forbidden("Nobody reviews their own work.", code="own_work")
    check_complete(judgement)
    assignment = lock_assignment(annotation)
    task = lock_task(annotation.task_id)
    head = (
        Annotation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("task")
        .get(pk=annotation.pk)
    )
    if repeat := _repeated(head, judgement, by):
        return repeat
    _check_current(head, judgement)
    review = Review(
        project_id=head.project_id,
        annotation=head,
        version=head.version,
        reviewer=by,
        verdict=judgement.verdict,
        code=judgement.code,
        comment=judgement.comment[:LONGEST_COMMENT],
        pin=judgement.pin,
        reason=_close_entry(head),
    )
    if judgement.verdict == Verdict.FIX:
        review.fix = write_fix(head, project=project, by=by, judgement=judgement)
    review.save()
    if judgement.verdict == Verdict.REJECT:
        send_back(head, assignment, task, review, project)
    else:
        _settle(head, task, review)
    emit(
        "reviewed",
        project_id=head.project_id,
        task_id=head.task_id,
        annotation_id=head.pk,
        user_id=head.user_id,
        verdict=judgement.verdict,
        review=review.pk,
    )
    return review


def bulk_accept(
    *, project: Project, annotation_ids: list[int], by: User, among: AnnotationQuerySet | None = None
) -> list[tuple[int, str]]:
    """Accept many answers of a project; return those that could not be, with the reason.

    Raises DomainError, and does nothing, if any of them is not an answer of this project, or ``among`` these.
    """
    rows = Annotation.objects.filter(project=project) if among is None else among
    heads = {head.pk: head for head in rows.filter(pk__in=annotation_ids).order_by("task_id")}
    missing = [index for index, pk in enumerate(annotation_ids) if pk not in heads]
    if missing:
        fields = [FieldError(f"annotations[{index}]", "not found") for index in missing]
        raise DomainError("Some answers are not in this project.", fields=fields)
    refused: list[tuple[int, str]] = []
    for head in heads.values():
        try:
            give_verdict(annotation=head, project=project, by=by, judgement=Judgement(Verdict.ACCEPT))
        except DomainError as error:
            refused.append((head.pk, error.message))
    return refused


def check_complete(judgement: Judgement) -> None:
    """Raise DomainError naming everything that a verdict lacks, or has too much of."""
    problems = []
    if judgement.verdict not in Verdict.values:
        problems.append(FieldError("verdict", f"one of {', '.join(Verdict.values)}"))
    if judgement.verdict == Verdict.FIX and judgement.value is None:
        problems.append(FieldError("value", "a fix needs an answer"))
    if judgement.verdict != Verdict.FIX and judgement.value is not None:
        problems.append(FieldError("value", "only a fix has an answer"))
    if judgement.verdict == Verdict.REJECT and not judgement.code.strip():
        problems.append(FieldError("code", "say why it is sent back"))
    if problems:
        raise DomainError("The verdict is not complete.", fields=problems)


def _repeated(head: Annotation, judgement: Judgement, by: User) -> Review | None:
    """The verdict that stands, if it is this one, sent again because no answer came."""
    if judgement.version not in {None, head.version}:
        return None
    review = (
        Review.objects.filter(annotation=head, version=head.version, reviewer=by, undone_at__isnull=True)
        .select_related("fix")
        .order_by("-pk")
        .first()
    )
    if review is None or (review.verdict, review.code) != (judgement.verdict, judgement.code):
        return None
    said = (judgement.comment[:LONGEST_COMMENT], judgement.pin, judgement.value)
    return review if said == (review.comment, review.pin, review.fix and review.fix.value) else None


def _check_current(head: Annotation, judgement: Judgement) -> None:
    current = {"version": head.version, "value": head.value}
    if judgement.version is not None and judgement.version != head.version:
        raise Conflict("The answer was changed meanwhile.", current=current)
    if head.discarded_at is not None:
        raise Conflict("This answer was discarded.", code="discarded")
    if head.rejected_at is not None:
        raise Conflict("This answer is with its author.", code="rework")
    if head.is_fix:
        raise Conflict("This is a reviewer's own fix.", code="fix")
    if _standing(head):
        raise Conflict("This answer was reviewed meanwhile.", current=current, code="reviewed")


def _standing(head: Annotation) -> bool:
    """Whether a verdict on the newest version stands."""
    return Review.objects.filter(annotation=head, version=head.version, undone_at__isnull=True).exists()


def _close_entry(head: Annotation) -> str:
    entry = ReviewEntry.objects.filter(annotation=head, closed_at__isnull=True).first()
    if entry is None:
        return ReviewReason.REQUESTED
    ReviewEntry.objects.filter(pk=entry.pk).update(closed_at=Now())
    return entry.reason


def _settle(head: Annotation, task: LockedTask, review: Review) -> None:
    """An accepted or fixed answer is the task's final one; done once it is full and nothing else waits."""
    final = review.fix or head
    ontology_id = final.versions.get(version=final.version).ontology_id
    set_final(task.summary, final.value, AnswerSource.REVIEW, ontology_id=ontology_id)
    if task.summary.state in {TaskState.ANSWERED, TaskState.REVIEW} and not task.has_open_reviews():
        move(task.summary, Cause.ACCEPTED)
