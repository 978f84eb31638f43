"""Marking practice and quizzes anew after a gold answer in them was corrected, or proved unfit.

A quiz that is passed thereby gives its certificate. One that would not be passed any more takes none away:
managers are shown a reason to look (docs/adr/0018-qualification.md).
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.audit import record
from annotate.models import NoticeKind, OutboxEvent
from annotate.services.leases import lock_person
from annotate.services.notices import notify
from projects.models import Membership, Project
from quality.models import (
    AttemptKind,
    Certificate,
    QualificationAnswer,
    QualificationAttempt,
    Reason,
    ReasonKind,
    ReasonState,
)
from quality.services.fields import Asked, asked_fields
from quality.services.qualification.certificates import grant
from quality.services.qualification.course import answers_of, result_of
from quality.services.qualification.marks import QuizResult, mark_answer

# What was finished longer ago stays as it was marked: it decides nothing any more.
WITHIN = timedelta(days=90)
PRACTICED = "A known answer that you practiced on was corrected: your answer counts as {} now."
PASSED = "A known answer in your quiz was corrected. With it {} of {} are right, and you have passed."
MISSED = "A known answer in your quiz was corrected. With it {} of {} are right; {} are needed."


def remark_events(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Consumer of the outbox: mark anew whatever was answered on items that were changed or withdrawn."""
    tasks = {int(task) for event in events for task in event.payload.get("tasks", [])}
    remark(project_id, tasks, cause=max(event.pk for event in events))


def remark(project_id: int, task_ids: Collection[int], *, cause: int) -> int:
    """Mark attempts with these items anew; return how many changed. Twice changes nothing.

    Attempts under way, and those finished in the last 90 days. Locks each person, in the order of their
    ids, as answering does: an answer that is on its way is either seen here, or marked by the new gold.
    """
    since = timezone.now() - WITHIN
    attempts = QualificationAttempt.objects.filter(
        Q(finished_at__isnull=True) | Q(finished_at__gte=since),
        project=project_id,
        answers__gold__task__in=list(task_ids),
    )
    found = sorted(set(attempts.values_list("user_id", "pk"))) if task_ids else []
    if not found:
        return 0
    project = Project.objects.get(pk=project_id)
    fields = asked_fields(project)
    return sum(_remark(project, user, attempt, task_ids, fields, cause) for user, attempt in found)


@transaction.atomic
def _remark(
    project: Project,
    user_id: int,
    attempt_id: int,
    task_ids: Collection[int],
    fields: Sequence[Asked],
    cause: int,
) -> bool:
    lock_person(project.pk, user_id)
    attempt = QualificationAttempt.objects.select_related("user", "project").get(pk=attempt_id)
    rows = answers_of(attempt)
    flipped = _mark(rows, task_ids, fields)
    if attempt.kind == AttemptKind.PRACTICE:
        _tell_practice(attempt, flipped, cause)
    if attempt.finished_at is None:
        return bool(flipped)
    result = result_of(attempt, rows)
    before = attempt.right, attempt.asked, attempt.classes
    if before == (result.right, result.asked, result.classes):
        return False
    attempt.remarking = _kept(attempt, rows, task_ids)
    attempt.right, attempt.asked, attempt.classes = result.right, result.asked, result.classes
    attempt.remarked_at = timezone.now()
    passes = attempt.kind == AttemptKind.QUIZ and attempt.passed is False and result.passed
    if passes:
        attempt.passed = True
    attempt.save(update_fields=["right", "asked", "classes", "remarked_at", "remarking", "passed"])
    if attempt.kind == AttemptKind.QUIZ:
        _follow(attempt, result, before[:2], newly=passes, cause=cause)
    return True


def _kept(
    attempt: QualificationAttempt, rows: Sequence[QualificationAnswer], task_ids: Collection[int]
) -> dict[str, object]:
    """What it came to when it was finished, and all that happened to its gold since."""
    kept = attempt.remarking
    if attempt.remarked_at is None:
        kept = {"right": attempt.right, "asked": attempt.asked, "passed": attempt.passed}
    now = {
        "unfit" if row.gold.voided_at is not None else "corrected"
        for row in rows
        if row.gold.task_id in task_ids
    }
    return {**kept, "for": sorted(now.union(kept.get("for", [])))}


def _mark(
    rows: Sequence[QualificationAnswer], task_ids: Collection[int], fields: Sequence[Asked]
) -> list[QualificationAnswer]:
    """Mark the answers to these items by what their gold says now; those that are right or wrong anew."""
    flipped, changed = [], []
    for row in rows:
        if row.gold.task_id not in task_ids or row.answered_at is None or row.value is None:
            continue
        new = mark_answer(row.value, row.gold.answers, row.gold.tolerance, fields)
        if (new.score, new.correct, new.classes) == (row.score, row.correct, row.classes):
            continue
        if new.correct != row.correct:
            flipped.append(row)
        row.score, row.correct, row.classes = new.score, new.correct, new.classes
        changed.append(row)
    QualificationAnswer.objects.bulk_update(changed, ["score", "correct", "classes"])
    return flipped


def _follow(
    attempt: QualificationAttempt, result: QuizResult, before: tuple[int, int], *, newly: bool, cause: int
) -> None:
    """What comes of a quiz that was marked anew: a certificate, or a reason to look, or only a message."""
    if newly:
        _pass(attempt, result)
    elif attempt.passed:
        _keep_reason(attempt, result, before)
    else:
        text = MISSED.format(result.right, result.asked, result.needed)
        _tell(attempt, f"remarked:{cause}:{attempt.pk}", text)
    record(
        organization=attempt.project.organization_id,
        actor=None,
        verb="certificate.remarked",
        subject=attempt.user.email,
        project_id=attempt.project_id,
        right=result.right,
        asked=result.asked,
        passed=bool(attempt.passed),
    )


def _pass(attempt: QualificationAttempt, result: QuizResult) -> None:
    """Give the certificate that the quiz would have given, unless a newer one has come or gone since."""
    text = PASSED.format(result.right, result.asked)
    newest = (
        Certificate.objects.filter(project=attempt.project_id, user=attempt.user_id).order_by("-pk").first()
    )
    last = (newest.withdrawn_at or newest.granted_at) if newest else None
    is_newer = last is None or (attempt.finished_at is not None and attempt.finished_at > last)
    here = Membership.objects.filter(project=attempt.project_id, user=attempt.user_id).exists()
    if is_newer and here:
        row = grant(project=attempt.project, user=attempt.user, by=None, attempt=attempt)
        until = f" until {row.expires_at:%d %B %Y}" if row.expires_at else ""
        text = f"{text} You have a certificate for this project{until}."
    _tell(attempt, f"remarked-passed:{attempt.pk}", text)


def _keep_reason(attempt: QualificationAttempt, result: QuizResult, before: tuple[int, int]) -> None:
    """A quiz whose certificate holds and that would fail now: a reason to look, until it passes again."""
    known = Reason.objects.filter(
        project=attempt.project_id,
        kind=ReasonKind.QUIZ,
        user=attempt.user_id,
        state=ReasonState.OPEN,
        evidence__attempt=attempt.pk,
    )
    if result.passed:
        known.update(state=ReasonState.WITHDRAWN, settled_at=Now())
        return
    certificate = Certificate.objects.filter(attempt=attempt, withdrawn_at__isnull=True).first()
    if certificate is None or (certificate.expires_at and certificate.expires_at <= timezone.now()):
        return
    reason = known.first()
    first = reason.evidence if reason else {"before": before[0], "asked_before": before[1]}
    evidence = {
        "attempt": attempt.pk,
        "right": result.right,
        "needed": result.needed,
        "before": first["before"],
        "asked_before": first["asked_before"],
        "finished": attempt.finished_at.isoformat() if attempt.finished_at else "",
        "classes": [str(row["name"]) for row in result.classes if row["passed"] is False],
    }
    wrong = [row.gold.task_id for row in answers_of(attempt) if not row.correct]
    Reason.objects.update_or_create(
        project=attempt.project,
        kind=ReasonKind.QUIZ,
        field="",
        user=attempt.user,
        other=None,
        state=ReasonState.OPEN,
        defaults={
            "n": result.asked,
            "evidence": evidence,
            "tasks": wrong,
            "seen_at": timezone.now(),
        },
    )


def _tell_practice(attempt: QualificationAttempt, flipped: Sequence[QualificationAnswer], cause: int) -> None:
    for row in flipped:
        words = "right" if row.correct else "wrong"
        _tell(attempt, f"remarked:{cause}:{attempt.pk}:{row.position}", PRACTICED.format(words))


def _tell(attempt: QualificationAttempt, ref: str, text: str) -> None:
    notify(
        project_id=attempt.project_id,
        user_ids=[attempt.user_id],
        kind=NoticeKind.FEEDBACK,
        ref=ref,
        text=text,
    )
