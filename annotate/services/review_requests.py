"""Many answers at once into the review queue: what a full run of the floor above asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from annotate.models import Annotation, Review, ReviewEntry
from annotate.states import Cause, lock_entries, move_many
from projects.models import AnswerSource, TaskState, TaskSummary

BY_PEOPLE = {AnswerSource.REVIEW, AnswerSource.ADJUDICATION}


@dataclass(frozen=True)
class ReviewRequest:
    """An answer that a reviewer should see; ``detail`` is the figure behind the reason."""

    annotation_id: int
    reason: str
    detail: float | None = None


@transaction.atomic
def request_reviews(*, project_id: int, requests: Sequence[ReviewRequest]) -> int:
    """Put these answers into the review queue as ``request_review`` does one; return how many are new.

    Answers that were sent back, set aside, written by a reviewer or reviewed in their newest version are left
    out; of two requests for one answer the first counts. Locks the tasks' queue rows, then their summaries,
    each by task.
    """
    if not requests:
        return 0
    wanted: dict[int, ReviewRequest] = {}
    for request in requests:
        wanted.setdefault(request.annotation_id, request)
    rows = Annotation.objects.filter(project_id=project_id, pk__in=wanted, is_fix=False)
    tasks = set(rows.values_list("task_id", flat=True))
    lock_entries(tasks)
    heads = list(rows.filter(rejected_at__isnull=True, discarded_at__isnull=True).order_by("task_id", "pk"))
    standing = Review.objects.filter(annotation__in=heads, undone_at__isnull=True)
    judged = set(standing.values_list("annotation_id", "version"))
    heads = [head for head in heads if (head.pk, head.version) not in judged]
    waiting = set(
        ReviewEntry.objects.filter(annotation__in=heads, closed_at__isnull=True).values_list(
            "annotation_id", flat=True
        )
    )
    entries = [
        ReviewEntry(
            project_id=project_id,
            annotation=head,
            task_id=head.task_id,
            author_id=head.user_id,
            reason=wanted[head.pk].reason,
            detail=wanted[head.pk].detail,
        )
        for head in heads
        if head.pk not in waiting
    ]
    ReviewEntry.objects.bulk_create(entries)
    _move(project_id, {head.task_id for head in heads})
    return len(entries)


def _move(project_id: int, task_ids: set[int]) -> None:
    """Tasks that wait for nobody wait for a reviewer now; what a person settled stays."""
    locked = TaskSummary.objects.select_for_update(no_key=True).filter(
        project_id=project_id, task_id__in=task_ids
    )
    ready = [
        summary.task_id
        for summary in locked.order_by("task_id")
        if summary.state == TaskState.ANSWERED
        or (summary.state == TaskState.DONE and summary.source not in BY_PEOPLE)
    ]
    move_many(project_id, ready, Cause.REVIEW_REQUESTED)
