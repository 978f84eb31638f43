"""Contests: whoever was told that they missed a gold item may say that the gold is wrong."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from annotate.models import Annotation, AnnotationVersion, NoticeKind
from annotate.services.notices import notify
from labeltypes.base import Json
from projects.models import Project
from quality.models import ContestState, GoldContest, GoldGrade, GoldItem, GoldOrigin
from quality.services.retiring import retire

LONGEST = 2_000

DECISIONS = {
    ContestState.UPHELD: "Your contest was looked at. The known answer stays as it is.",
    ContestState.CORRECTED: "You contested a known answer, and it was corrected. Answers are graded anew.",
    ContestState.RETIRED: "You contested a known answer, and it was withdrawn. It counts for nobody.",
}


@transaction.atomic
def contest(*, annotation: Annotation, project: Project, by: User, reason: str) -> GoldContest:
    """Say why the known answer that ``by`` was shown is wrong. One contest per person and item.

    Raises DomainError without a reason, and Conflict for an answer on which no miss was shown: in the same
    words, after the same statements, whether the task is gold or not. A second contest is a Conflict too.
    """
    text = clean_text(reason, "reason", needed=True)
    grade = (
        GoldGrade.objects.filter(annotation=annotation, user=by, is_burnt=True, correct=False)
        .select_related("gold__project")
        .first()
    )
    if grade is None:
        raise Conflict("You were not told that this answer is wrong.", code="no_feedback")
    graded = AnnotationVersion.objects.get(annotation=annotation, version=grade.version)
    made, is_new = GoldContest.objects.get_or_create(
        gold=grade.gold,
        user=by,
        defaults={"project": project, "annotation": annotation, "answer": graded.value, "reason": text},
    )
    if not is_new:
        raise Conflict("You have contested this one already.", code="contested")
    GoldItem.objects.filter(pk=grade.gold_id).update(contested=F("contested") + 1)
    if grade.gold.origin == GoldOrigin.MINED:
        retire(gold=grade.gold, by=None)  # nobody vouched for it but the crowd
    _record(made, project, by, "gold.contested", reason=text)
    return made


@transaction.atomic
def uphold(*, contest: GoldContest, project: Project, by: User, explanation: str) -> None:
    """Let the gold answer stand, and tell whoever contested it why. Raises DomainError without a why."""
    text = clean_text(explanation, "explanation", needed=True)
    _settle(project, [contest], ContestState.UPHELD, explanation=text, by=by)


def settle_contests(
    project: Project, gold: Collection[GoldItem], state: ContestState, *, explanation: str, by: User | None
) -> None:
    """Close all open contests of these items as ``state`` says, inside the caller's transaction."""
    rows = GoldContest.objects.select_for_update(no_key=True).filter(gold__in=gold, state=ContestState.OPEN)
    _settle(project, list(rows.order_by("pk")), state, explanation=explanation, by=by)


def clean_text(raw: str, path: str, *, needed: bool) -> str:
    """What somebody wrote, without outer spaces. Raises DomainError if it is missing or too long."""
    text = raw.strip()
    if needed and not text:
        raise DomainError("Say why.", fields=[FieldError(path, "must not be empty")])
    if len(text) > LONGEST:
        raise DomainError("That is too long.", fields=[FieldError(path, f"at most {LONGEST} characters")])
    return text


def _settle(
    project: Project,
    contests: Collection[GoldContest],
    state: ContestState,
    *,
    explanation: str,
    by: User | None,
) -> None:
    for each in contests:
        changed = GoldContest.objects.filter(pk=each.pk, state=ContestState.OPEN).update(
            state=state, explanation=explanation, decided_at=Now(), decided_by=by
        )
        if not changed:
            continue
        notify(
            project_id=project.pk,
            user_ids=[each.user_id],
            kind=NoticeKind.FEEDBACK,
            ref=f"contest:{each.pk}",
            text=f"{DECISIONS[state]} {explanation}".strip(),
            contest=state.value,
        )
        _record(each, project, by, f"gold.contest_{state.value}", explanation=explanation)


def _record(contest: GoldContest, project: Project, by: User | None, verb: str, **details: Json) -> None:
    record(
        organization=project.organization_id,
        actor=by,
        verb=verb,
        subject=f"contest {contest.pk}",
        project_id=project.pk,
        gold=contest.gold_id,
        **details,
    )
