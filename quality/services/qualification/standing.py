"""Where somebody stands on the way to a certificate: one reading for the person, the manager and the API."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils import timezone

from projects.models import Project
from quality.models import (
    AttemptKind,
    Certificate,
    GoldItem,
    GoldUse,
    Qualification,
    QualificationAttempt,
)
from quality.services.qualification.terms import terms_of

# So long before a certificate runs out it can be renewed.
RENEWABLE = timedelta(days=14)


class Stage(TextChoices):
    """What comes next: practice, the quiz (``ready``: it can begin), a wait, a manager, or work."""

    PRACTICE = "practice"
    READY = "ready"
    QUIZ = "quiz"
    WAITING = "waiting"
    STOPPED = "stopped"
    CERTIFIED = "certified"


@dataclass(frozen=True)
class Standing:
    """``certificate``: the newest, also if it was withdrawn or has run out. ``open``: the attempt under way.

    ``last``: the newest quiz that is finished. ``anew``: the one that was marked anew last.
    ``attempts_left`` is none where there may be any number.
    """

    stage: Stage
    certificate: Certificate | None
    open: QualificationAttempt | None
    last: QualificationAttempt | None
    anew: QualificationAttempt | None
    next_at: datetime | None
    attempts_left: int | None
    is_certified: bool

    @property
    def has_expired(self) -> bool:
        """Whether there was a certificate that has run out."""
        row = self.certificate
        return row is not None and row.withdrawn_at is None and not self.is_certified


def standing_of(project: Project, user_id: int) -> Standing:
    """One person's; four queries."""
    return standings(project, [user_id])[user_id]


def standings(project: Project, user_ids: Collection[int]) -> dict[int, Standing]:
    """Everybody's; four queries for any number of people."""
    terms, now = terms_of(project), timezone.now()
    practice = GoldItem.objects.filter(
        project=project, use=GoldUse.PRACTICE, retired_at__isnull=True
    ).exists()
    rows = Certificate.objects.filter(project=project, user__in=user_ids).order_by("pk")
    certificates = {row.user_id: row for row in rows}
    attempts: dict[int, list[QualificationAttempt]] = defaultdict(list)
    for attempt in QualificationAttempt.objects.filter(project=project, user__in=user_ids).order_by("pk"):
        attempts[attempt.user_id].append(attempt)
    return {
        user_id: read(terms, certificates.get(user_id), attempts[user_id], now=now, practice=practice)
        for user_id in user_ids
    }


def read(
    terms: Qualification,
    certificate: Certificate | None,
    attempts: Sequence[QualificationAttempt],
    *,
    now: datetime,
    practice: bool,
) -> Standing:
    """Where somebody with these rows stands. ``attempts`` oldest first; ``practice``: there is something to
    practice on.
    """
    valid = certificate is not None and certificate.withdrawn_at is None
    expires = certificate.expires_at if certificate else None
    is_certified = valid and (expires is None or expires > now)
    under_way = next((each for each in attempts if each.finished_at is None), None)
    quizzes = [each for each in attempts if each.kind == AttemptKind.QUIZ and each.finished_at]
    failed = _counting(quizzes, certificate)
    next_at = None
    if failed and failed[-1].finished_at:
        next_at = failed[-1].finished_at + timedelta(minutes=terms.cooldown_minutes)
        next_at = next_at if next_at > now else None
    left = max(terms.attempts_most - len(failed), 0) if terms.attempts_most else None
    return Standing(
        stage=_stage(
            under_way,
            keeps=is_certified and (expires is None or expires > now + RENEWABLE),
            practices=practice and not any(each.kind == AttemptKind.PRACTICE for each in attempts),
            left=left,
            next_at=next_at,
        ),
        certificate=certificate,
        open=under_way,
        last=quizzes[-1] if quizzes else None,
        anew=max((each for each in quizzes if each.remarked_at), key=_remarked_at, default=None),
        next_at=next_at,
        attempts_left=left,
        is_certified=is_certified,
    )


def _remarked_at(attempt: QualificationAttempt) -> datetime:
    return attempt.remarked_at or attempt.started_at


def _counting(
    quizzes: Sequence[QualificationAttempt], certificate: Certificate | None
) -> list[QualificationAttempt]:
    """Failed quizzes that count: since the newest certificate came or went, and not forgiven."""
    since = (certificate.withdrawn_at or certificate.granted_at) if certificate else None
    return [
        each
        for each in quizzes
        if not each.passed
        and each.forgiven_at is None
        and (since is None or (each.finished_at is not None and each.finished_at > since))
    ]


def _stage(
    under_way: QualificationAttempt | None,
    *,
    keeps: bool,
    practices: bool,
    left: int | None,
    next_at: datetime | None,
) -> Stage:
    if under_way is not None:
        return Stage.QUIZ if under_way.kind == AttemptKind.QUIZ else Stage.PRACTICE
    if keeps:
        return Stage.CERTIFIED
    if practices:
        return Stage.PRACTICE
    if left == 0:
        return Stage.STOPPED
    return Stage.WAITING if next_at else Stage.READY
