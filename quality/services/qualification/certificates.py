"""Granting and withdrawing certificates, and the copy of them that the queue reads."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.audit import record
from accounts.errors import Conflict
from accounts.models import User
from annotate.models import NoticeKind
from annotate.services.held import release_all
from annotate.services.leases import lock_person
from annotate.services.notices import notify
from projects.models import Membership, Project
from quality.models import AttemptKind, Certificate, Qualification, QualificationAttempt
from quality.services.contests import clean_text

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
REMINDED = timedelta(days=7)


@transaction.atomic
def grant(
    *,
    project: Project,
    user: User,
    by: User | None,
    reason: str = "",
    attempt: QualificationAttempt | None = None,
) -> Certificate:
    """Give somebody a certificate from now on: by a quiz (``attempt``), or by hand with a reason.

    It lasts as long as the project's terms say. Raises DomainError without a reason, Conflict for people
    who are not in the project, and for granting it to oneself.
    """
    text = clean_text(reason, "reason", needed=attempt is None)
    if by is not None and by.pk == user.pk and attempt is None:
        raise Conflict("Somebody else decides about you.", code="own_certificate")
    lock_person(project.pk, user.pk)
    now = timezone.now()
    days = Qualification.objects.filter(project=project).values_list("validity_days", flat=True).first()
    days = Qualification._meta.get_field("validity_days").default if days is None else days
    if not Membership.objects.filter(project=project, user=user).exists():
        raise Conflict("This person is not in the project.", code="no_member")
    row = Certificate.objects.create(
        project=project,
        user=user,
        attempt=attempt,
        granted_at=now,
        granted_by=by if attempt is None else None,
        reason=text,
        expires_at=now + timedelta(days=days) if days else None,
    )
    copy_to_queue(project.pk, user.pk)
    if attempt is None:
        until = f" It lasts until {row.expires_at:%d %B %Y}." if row.expires_at else ""
        _tell(row, f"You have a certificate for this project: {text}{until}", "granted")
    _record(row, "certificate.granted", by, reason=text)
    return row


@transaction.atomic
def withdraw(*, project: Project, user: User, by: User | None, reason: str) -> Certificate:
    """End somebody's certificate now: the queue closes, what they hold goes back, their drafts are kept.

    Takes the lock that a draw takes, so that no draw hands out anything afterwards. Raises DomainError
    without a reason; Conflict when there is none, and for withdrawing one's own.
    """
    text = clean_text(reason, "reason", needed=True)
    if by is not None and by.pk == user.pk:
        raise Conflict("Somebody else decides about you.", code="own_certificate")
    lock_person(project.pk, user.pk)
    row = current_certificate(project.pk, user.pk)
    if row is None:
        raise Conflict("There is no certificate to withdraw.", code="no_certificate")
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = timezone.now(), by, text
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    copy_to_queue(project.pk, user.pk)
    release_all(project_id=project.pk, user_id=user.pk)
    _tell(row, f"Your certificate was withdrawn: {text} Take the quiz again to go on.", "withdrawn")
    _record(row, "certificate.withdrawn", by, reason=text)
    return row


@transaction.atomic
def forgive(*, project: Project, user: User, by: User, reason: str) -> int:
    """Let somebody take the quiz again now, whatever the cool-down and the number of attempts say.

    Raises DomainError without a reason; Conflict for oneself, and when nothing stands in the way.
    """
    text = clean_text(reason, "reason", needed=True)
    if by.pk == user.pk:
        raise Conflict("Somebody else decides about you.", code="own_certificate")
    failed = QualificationAttempt.objects.filter(
        project=project, user=user, kind=AttemptKind.QUIZ, passed=False, forgiven_at__isnull=True
    )
    count = failed.update(forgiven_at=Now())
    if not count:
        raise Conflict("This person has failed no quiz.", code="nothing_failed")
    record(
        organization=project.organization_id,
        actor=by,
        verb="certificate.retry",
        subject=user.email,
        project_id=project.pk,
        reason=text,
    )
    return count


def current_certificate(project_id: int, user_id: int) -> Certificate | None:
    """The newest one, whether or not it has run out; none if it was withdrawn."""
    row = Certificate.objects.filter(project=project_id, user=user_id).order_by("-pk").first()
    return row if row is not None and row.withdrawn_at is None else None


def copy_to_queue(project_id: int, user_id: int) -> None:
    """Write into the membership, which every request reads anyway, until when the queue is open."""
    row = current_certificate(project_id, user_id)
    until = None if row is None else row.expires_at or FOREVER
    Membership.objects.filter(project=project_id, user=user_id).update(certified_until=until)


def remind_of_expiry() -> int:
    """Tell those whose certificate runs out within a week, once each; return how many are told."""
    now = timezone.now()
    newer = Certificate.objects.filter(
        project=OuterRef("project"), user=OuterRef("user"), pk__gt=OuterRef("pk")
    )
    ending = Certificate.objects.filter(
        Q(expires_at__gt=now, expires_at__lte=now + REMINDED),
        ~Exists(newer),
        withdrawn_at__isnull=True,
        project__needs_certificate=True,
    )
    for row in ending:
        _tell(
            row,
            f"Your certificate runs out on {row.expires_at:%d %B %Y}. Take the quiz again to renew it.",
            "ends",
        )
    return len(ending)


def requalify(*, project: Project, user: User, by: User | None, reason: str, is_asked: bool = False) -> bool:
    """Withdraw somebody's certificate where the project wants that after a confirmed alarm; say if so.

    Only where there is something to withdraw: otherwise the alarm's own pause is what helps. ``is_asked``: a
    manager asks for the quiz, whatever the terms say of alarms.
    """
    wanted = is_asked or Qualification.objects.filter(project=project, recalibrate=True).exists()
    if not wanted or not can_requalify(project, user.pk):
        return False
    withdraw(project=project, user=user, by=by, reason=reason)
    return True


def can_requalify(project: Project, user_id: int) -> bool:
    """Whether there is a quiz to take again, and a certificate to withdraw for it."""
    return project.needs_certificate and current_certificate(project.pk, user_id) is not None


def _tell(row: Certificate, text: str, what: str) -> None:
    notify(
        project_id=row.project_id,
        user_ids=[row.user_id],
        kind=NoticeKind.FEEDBACK,
        ref=f"certificate-{what}:{row.pk}",
        text=text,
    )


def _record(row: Certificate, verb: str, by: User | None, **details: str) -> None:
    record(
        organization=row.project.organization_id,
        actor=by,
        verb=verb,
        subject=row.user.email,
        project_id=row.project_id,
        expires=row.expires_at.isoformat() if row.expires_at else "",
        **details,
    )
