"""What an annotator is shown of their work. The same keys and types for every task, however it was drawn.

No task ids, no way of drawing, no counts: assignment ids only.
"""

from collections.abc import Sequence
from typing import Any

from annotate.items import resolve_all
from annotate.models import Annotation, Assignment, Draft, Drawn, Review, Verdict
from annotate.policy import Reason
from annotate.services.held import draft_payload
from annotate.services.prelabels import prelabels_of
from annotate.services.queue import Drawing
from annotate.services.submit import Submitted
from annotate.versions import guideline_number, ontology_of
from projects.models import Project


def drawing_payload(drawing: Drawing, project: Project) -> dict[str, Any]:
    """``{"assignments", "reason"}``: the reason is null unless the list is empty."""
    return {
        "assignments": assignment_payloads(drawing.assignments, project),
        "reason": reason_payload(drawing.reason, project),
    }


def stored_payload(stored: Submitted) -> dict[str, Any]:
    """The facts of an answer; see ``StoredAnswerOut``."""
    facts = stored.as_first_given()
    return {
        "id": str(facts["id"]),
        "assignment": str(facts["assignment_id"]),
        "version": facts["version"],
        "created_at": facts["created_at"],
    }


def reason_payload(reason: Reason | None, project: Project) -> dict[str, Any] | None:
    """Why there is nothing, with the guideline version to read if that is why."""
    if reason is None:
        return None
    return {
        "code": reason.code,
        "text": reason.text,
        "guideline_version": guideline_number(project.guideline_id) if reason.code == "guideline" else None,
    }


def assignment_payloads(assignments: Sequence[Assignment], project: Project) -> list[dict[str, Any]]:
    """Assignments with their items, in a number of queries that does not depend on how many they are."""
    items = resolve_all((row.task, row.ontology_id) for row in assignments)
    predictions = prelabels_of(assignments) if project.show_predictions else {}
    sent_back = _sent_back([row.pk for row in assignments if row.drawn == Drawn.REWORK])
    return [
        {
            "id": str(row.pk),
            **item.payload,
            "draft": draft_payload(_draft(row)),
            "predictions": predictions.get(row.task_id, []),
            "ontology_version": ontology_of(row.ontology_id).version,
            "guideline_version": guideline_number(row.guideline_id),
            "expires": row.expires_at,
            "rework": sent_back.get(row.pk),
            "for_experts": row.for_experts,
        }
        for row, item in zip(assignments, items, strict=True)
    ]


def _draft(assignment: Assignment) -> Draft | None:
    return getattr(assignment, "draft", None)


def _sent_back(assignment_ids: list[int]) -> dict[int, dict[str, Any]]:
    """What the reviewers said of answers that were sent back, and the answers themselves."""
    if not assignment_ids:
        return {}
    found: dict[int, dict[str, Any]] = {}
    for head in Annotation.objects.filter(assignment__in=assignment_ids):
        found[head.assignment_id or 0] = {"value": head.value, "version": head.version, "reviews": []}
    reviews = Review.objects.filter(
        annotation__assignment__in=assignment_ids, verdict=Verdict.REJECT, undone_at__isnull=True
    )
    for review in reviews.select_related("annotation").order_by("id"):
        if review.version == review.annotation.version:
            found[review.annotation.assignment_id or 0]["reviews"].append(
                {"code": review.code, "comment": review.comment, "pin": review.pin}
            )
    return found
