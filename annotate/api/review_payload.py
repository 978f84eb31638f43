"""The parts of a review entry, in a number of queries that does not depend on how many answers there are."""

from typing import Any

from django.db.models import Exists, F, OuterRef

from annotate.api.annotation_serializers import AnnotationOut, EntryOut
from annotate.api.people import hides_authors, person_payload
from annotate.items import resolve
from annotate.models import Adjudication, Annotation, AnnotationVersion, Review, ReviewEntry, Verdict
from annotate.querysets import AnnotationQuerySet
from annotate.versions import ontology_of
from projects.access import ProjectAccess
from projects.models import Task, TaskState


def entry_payload(head: Annotation, access: ProjectAccess) -> dict[str, Any]:
    """An answer to judge, with its waiting entry if there is one."""
    entry = (
        ReviewEntry.objects.filter(annotation=head, closed_at__isnull=True).select_related("author").first()
    )
    shown = EntryOut(entry, context={"hidden": hides_authors(access)}).data if entry else None
    found = {
        **_common(head.task, access, head),
        "subject": str(head.pk),
        "entry": shown,
        "previous": _previous(head),
    }
    return without_task(found) if access.is_withheld else found


def reviewable(access: ProjectAccess) -> AnnotationQuerySet:
    """The answers that this reader may judge: where tasks are withheld, only what came up for review."""
    rows: AnnotationQuerySet = Annotation.objects.filter(project=access.project)
    if not access.is_withheld:
        return rows
    return rows.filter(Exists(ReviewEntry.objects.filter(annotation=OuterRef("pk"))), is_fix=False)


def without_task(found: dict[str, Any]) -> dict[str, Any]:
    """An entry without what is known of its task: the answer to judge, and the reader's own fix of it.

    What others said, what follows from it and how the task moves on would tell real answers from seeded ones.
    """
    kept = [row for row in found["answers"] if row["id"] == found["subject"] or (row["own"] and row["fix"])]
    task = {**found["task"], "state": TaskState.REVIEW.value, "agreement": None}
    return {**found, "task": task, "answers": kept, "consensus": None, "decision": None}


def task_payload(task: Task, access: ProjectAccess) -> dict[str, Any]:
    """A task to decide: no answer is singled out."""
    return {**_common(task, access, None), "subject": None, "entry": None, "previous": None}


def _common(task: Task, access: ProjectAccess, head: Annotation | None) -> dict[str, Any]:
    summary = task.summary
    ontologies = _ontologies(task)
    ontology_id = ontologies.get(head.pk) if head else None
    ontology_id = ontology_id or access.project.ontology_id or 0
    return {
        "task": {
            "id": str(task.pk),
            "external_id": task.external_id,
            "state": summary.state,
            "agreement": summary.agreement,
        },
        "ontology_version": ontology_of(ontology_id).version,
        "item": resolve(task, ontology_id).payload,
        "answers": _answers(task, access, ontologies),
        "consensus": {
            "value": summary.value,
            "probability": summary.probability,
            "agreement": summary.agreement,
            "source": summary.source,
        }
        if summary.value is not None
        else None,
        "decision": _decision(task),
        "comments": comments_of(task, access),
    }


def _ontologies(task: Task) -> dict[int, int]:
    """The ontology version under which each newest version of an answer was given."""
    newest = AnnotationVersion.objects.filter(annotation__task=task, version=F("annotation__version"))
    return dict(newest.values_list("annotation_id", "ontology_id"))


def _answers(task: Task, access: ProjectAccess, ontologies: dict[int, int]) -> list[dict[str, Any]]:
    hidden = hides_authors(access)
    heads = list(Annotation.objects.filter(task=task, discarded_at__isnull=True).listed().order_by("id"))
    standing = Review.objects.filter(
        annotation__task=task, undone_at__isnull=True, version=F("annotation__version")
    ).select_related("reviewer")
    verdicts = {review.annotation_id: verdict_payload(review) for review in standing.order_by("id")}
    rows = AnnotationOut(heads, many=True, context={"hidden": hidden}).data
    return [
        {
            **row,
            "own": head.user_id == access.user.pk,
            "ontology_version": ontology_of(ontologies[head.pk]).version,
            "judged": verdicts.get(head.pk),
        }
        for row, head in zip(rows, heads, strict=True)
    ]


def verdict_payload(review: Review) -> dict[str, Any]:
    """A verdict as the page shows it."""
    return {
        "verdict": review.verdict,
        "code": review.code,
        "comment": review.comment,
        "pin": review.pin,
        "reviewer": review.reviewer.display_name,
        "created_at": review.created_at,
    }


def _previous(head: Annotation) -> dict[str, Any] | None:
    """The version that was sent back last, if the author has answered anew since."""
    rejections = head.reviews.filter(
        verdict=Verdict.REJECT, undone_at__isnull=True, version__lt=head.version
    ).select_related("reviewer")
    review = rejections.order_by("-id").first()
    if review is None:
        return None
    value = head.versions.values_list("value", flat=True).get(version=review.version)
    return {"version": review.version, "value": value, "verdict": verdict_payload(review)}


def _decision(task: Task) -> dict[str, Any] | None:
    rows = Adjudication.objects.filter(task=task, withdrawn_at__isnull=True).select_related("by")
    decision = rows.first()
    if decision is None:
        return None
    return {
        "id": str(decision.pk),
        "value": decision.value,
        "annotation": str(decision.annotation_id) if decision.annotation_id else None,
        "reason": decision.reason,
        "by": decision.by.display_name,
        "created_at": decision.created_at,
    }


def comments_of(task: Task, access: ProjectAccess) -> list[dict[str, Any]]:
    """All threads of a task, as this reader may see them."""
    hidden = hides_authors(access)
    return [
        {
            "id": str(comment.pk),
            "thread": str(comment.thread_id) if comment.thread_id else None,
            "kind": comment.kind,
            "author": person_payload(comment.author, hidden=hidden and comment.author_id != access.user.pk),
            "own": comment.author_id == access.user.pk,
            "body": comment.body,
            "pin": comment.pin,
            "created_at": comment.created_at,
            "resolved": comment.resolved_at is not None,
        }
        for comment in task.comments.select_related("author").order_by("id")
    ]
