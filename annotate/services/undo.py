"""Taking a verdict back."""

from django.db import transaction
from django.db.models.functions import Now

from accounts.errors import Conflict, Forbidden
from annotate.models import Annotation, Review, ReviewEntry, Verdict
from annotate.outbox import emit
from annotate.services.facts import LockedTask, lock_task
from annotate.services.rework import lock_assignment, take_back_rejection
from annotate.services.summaries import clear_final, set_final
from projects.models import AnswerSource, TaskSummary


@transaction.atomic
def undo_verdict(*, review: Review, by_id: int, is_manager: bool) -> Review:
    """Take a verdict back: the answer waits for a reviewer again. Twice changes nothing.

    Raises Forbidden for another reviewer's verdict (managers may), Conflict when its author answered anew.
    """
    if review.reviewer_id != by_id and not is_manager:
        raise Forbidden("Only the reviewer or a manager takes a verdict back.")
    assignment = lock_assignment(review.annotation)
    task = lock_task(review.annotation.task_id)
    head = Annotation.objects.select_for_update(of=("self",), no_key=True).get(pk=review.annotation_id)
    review = Review.objects.select_for_update(of=("self",), no_key=True).get(pk=review.pk)
    if review.undone_at is not None:
        return review
    if review.version != head.version:
        raise Conflict("The answer was changed meanwhile.", code="changed")
    if review.verdict == Verdict.REJECT:
        take_back_rejection(head, assignment, task, review)
    Review.objects.filter(pk=review.pk).update(undone_at=Now())
    if review.fix_id is not None:
        Annotation.objects.filter(pk=review.fix_id).update(discarded_at=Now())
    _reopen_entry(head, review)
    _take_back_final(task)
    task.take_back_state()
    emit(
        "review_undone",
        project_id=head.project_id,
        task_id=head.task_id,
        annotation_id=head.pk,
        user_id=head.user_id,
        review=review.pk,
    )
    review.refresh_from_db()
    return review


def _reopen_entry(head: Annotation, review: Review) -> None:
    ReviewEntry.objects.get_or_create(
        annotation=head,
        closed_at=None,
        defaults={
            "project_id": head.project_id,
            "task_id": head.task_id,
            "author_id": head.user_id,
            "reason": review.reason,
        },
    )


def _take_back_final(task: LockedTask) -> None:
    """The newest verdict that still stands gives the final value; without one it is consensus's again."""
    if task.summary.source != AnswerSource.REVIEW:
        return
    standing = standing_final(task.summary)
    if standing is None:
        clear_final(task.summary)
    else:
        ontology_id = standing.versions.get(version=standing.version).ontology_id
        set_final(task.summary, standing.value, AnswerSource.REVIEW, ontology_id=ontology_id)


def standing_final(summary: TaskSummary) -> Annotation | None:
    """The answer that the newest standing accept or fix of a task points to."""
    review = (
        Review.objects.filter(annotation__task_id=summary.task_id, undone_at__isnull=True)
        .exclude(verdict=Verdict.REJECT)
        .select_related("annotation", "fix")
        .order_by("-id")
        .first()
    )
    return (review.fix or review.annotation) if review else None
