"""What somebody is shown of their own way to a certificate. Never which answer to a quiz item is right."""

from collections.abc import Sequence
from typing import Any

from annotate.api.payloads import reason_payload
from annotate.items import resolve
from annotate.policy import Reason
from annotate.versions import guideline_number, ontology_of
from labeltypes.base import JsonObject
from projects.access import Capability, ProjectAccess
from projects.services.guidelines import needs_acknowledgement
from quality.models import AttemptKind, Certificate, QualificationAnswer, QualificationAttempt
from quality.reports.remarked import remarked
from quality.services.fields import asked_fields
from quality.services.qualification.course import items_of, open_items
from quality.services.qualification.marks import mark_answer, needed_of
from quality.services.qualification.standing import Standing, standing_of
from quality.services.qualification.terms import terms_of
from stats.intervals.wilson import wilson


def refused(access: ProjectAccess) -> Reason | None:
    """Why this person gets neither practice nor quiz for now, if so."""
    project, membership = access.project, access.membership
    if not project.needs_certificate and not access.can(Capability.MAKE_GOLD):
        return Reason("no_qualification")
    if project.is_over or project.ontology_id is None:
        return Reason("not_live")
    if membership is not None and membership.paused_at is not None:
        return Reason("person_paused", membership.pause_reason)
    if needs_acknowledgement(project, access.user):
        return Reason("guideline")
    return None


def next_payload(access: ProjectAccess, *, after: QualificationAnswer | None = None) -> dict[str, Any]:
    """The next item, if there is one, in the shape of ``next``; and where the person stands.

    ``after``: what was just answered; in practice the feedback on it comes along.
    """
    project = access.project
    if reason := refused(access):
        return {"assignments": [], "reason": reason_payload(reason, project), "course": None}
    standing = standing_of(project, access.user.pk)
    attempt, items = open_items(project, access.user.pk)
    coming = next((item for item in items if item.answered_at is None), None)
    return {
        "assignments": [item_payload(access, coming)] if coming else [],
        "reason": None if coming else {"code": "course", "text": "", "guideline_version": None},
        "course": _course(access, standing, coming)
        | {
            "practiced": _practiced(access, attempt, items),
            "feedback": _feedback(access, attempt, items, after),
        },
    }


def _course(access: ProjectAccess, standing: Standing, coming: QualificationAnswer | None) -> dict[str, Any]:
    terms, under_way = terms_of(access.project), standing.open
    return {
        "stage": standing.stage,
        "number": coming.position if coming else 0,
        "total": under_way.asked if under_way else 0,
        "certificate": certificate_payload(standing.certificate) if standing.certificate else None,
        "is_certified": standing.is_certified,
        "result": result_payload(standing.last) if standing.last else None,
        "next_at": standing.next_at,
        "attempts_left": standing.attempts_left,
        "terms": {
            "quiz_length": terms.quiz_length,
            "pass_mark": terms.pass_mark,
            "needed": needed_of(terms.quiz_length, terms.pass_mark),
            "class_marks": terms.class_marks,
            "cooldown_minutes": terms.cooldown_minutes,
            "attempts_most": terms.attempts_most,
            "other_items": terms.other_items,
            "validity_days": terms.validity_days,
        },
    }


def item_payload(access: ProjectAccess, item: QualificationAnswer) -> dict[str, Any]:
    """An item of practice or quiz as ``next`` shows assignments."""
    draft = None
    if item.revision and item.answered_at is None:
        draft = {"value": item.draft, "revision": item.revision, "saved_at": item.saved_at}
    return {
        "id": str(item.pk),
        **resolve(item.gold.task, item.ontology_id).payload,
        "draft": draft,
        "predictions": [],
        "ontology_version": ontology_of(item.ontology_id).version,
        "guideline_version": guideline_number(access.project.guideline_id),
        "expires": None,
        "rework": None,
        "for_experts": False,
    }


def _practiced(
    access: ProjectAccess, attempt: QualificationAttempt | None, items: Sequence[QualificationAnswer]
) -> list[dict[str, Any]]:
    """The answered items of the newest practice; none during a quiz, which may resemble them."""
    if attempt is None:
        mine = QualificationAttempt.objects.filter(project=access.project, user=access.user)
        newest = mine.filter(kind=AttemptKind.PRACTICE).order_by("-pk").first()
        items = items_of(newest) if newest else []
    elif attempt.kind == AttemptKind.QUIZ:
        return []
    return [{"id": str(each.pk), "correct": each.correct} for each in items if each.answered_at]


def _feedback(
    access: ProjectAccess,
    attempt: QualificationAttempt | None,
    items: Sequence[QualificationAnswer],
    after: QualificationAnswer | None,
) -> dict[str, Any] | None:
    """On the practice item just answered; also after a reload, until the next one is begun."""
    if after is not None:
        return feedback_payload(access, after) if after.attempt.kind == AttemptKind.PRACTICE else None
    if attempt is None or attempt.kind == AttemptKind.QUIZ:
        return None
    done = [each for each in items if each.answered_at is not None]
    begun = any(each.revision for each in items if each.answered_at is None)
    return feedback_payload(access, done[-1]) if done and not begun else None


def feedback_payload(access: ProjectAccess, item: QualificationAnswer) -> dict[str, Any]:
    """A practice item with the answer given, the accepted answer that it comes nearest to, and why."""
    value: JsonObject = item.value or {}
    marked = mark_answer(value, item.gold.answers, item.gold.tolerance, asked_fields(access.project))
    shown = item_payload(access, item)
    return {
        "item": shown,
        "correct": item.correct,
        "yours": value,
        "answer": marked.nearest,
        "explanation": item.gold.explanation,
    }


def certificate_payload(row: Certificate) -> dict[str, Any]:
    """One's own certificate."""
    return {
        "id": str(row.pk),
        "granted_at": row.granted_at,
        "by_quiz": row.attempt_id is not None,
        "reason": row.reason,
        "expires_at": row.expires_at,
        "withdrawn_at": row.withdrawn_at,
        "withdrawal_reason": row.withdrawal_reason,
    }


def result_payload(attempt: QualificationAttempt) -> dict[str, Any]:
    """What a finished quiz came to, with a 95 % interval for what the person would reach in the long run."""
    interval, anew = wilson(attempt.right, attempt.asked), remarked(attempt)
    return {
        "right": attempt.right,
        "asked": attempt.asked,
        "needed": needed_of(attempt.asked, attempt.pass_mark),
        "passed": bool(attempt.passed),
        "low": interval.low,
        "high": interval.high,
        "classes": attempt.classes,
        "finished_at": attempt.finished_at,
        "remarked_at": attempt.remarked_at,
        "remarked": anew
        and {
            "because": anew.because,
            "right_before": anew.right,
            "asked_before": anew.asked,
            "passed_before": anew.passed,
            "change": anew.change.value,
        },
    }
