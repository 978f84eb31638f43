"""Invitations by link: made, found, accepted, revoked."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import (
    Invitation,
    Organization,
    OrganizationMembership,
    OrganizationRole,
    User,
)
from accounts.services.tokens import hash_secret
from accounts.signals import invitation_accepted

LONGEST_DAYS = 60


@transaction.atomic
def invite(
    *,
    organization: Organization,
    by: User,
    role: str = OrganizationRole.MEMBER,
    project_id: int | None = None,
    project_role: str = "",
    email: str = "",
    days: int = 7,
) -> tuple[Invitation, str]:
    """Return the invitation and the secret of its link, shown this once.

    Raises DomainError for an unknown role or a life outside 1 to 60 days. Whoever calls has checked
    that ``project_id`` is a project of this organization.
    """
    if role not in OrganizationRole.values:
        raise DomainError("Unknown role.", fields=[FieldError("role", "owner or member")])
    if not 1 <= days <= LONGEST_DAYS:
        raise DomainError(
            "Choose another expiry.",
            fields=[FieldError("days", f"1 to {LONGEST_DAYS}")],
        )
    secret = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        organization=organization,
        role=role,
        project_id=project_id,
        project_role=project_role,
        email=email,
        secret_hash=hash_secret(secret),
        created_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    record(
        organization=organization,
        actor=by,
        verb="invitation.created",
        subject=email or role,
        project_id=project_id,
        role=project_role or role,
    )
    return invitation, secret


def find_invitation(secret: str) -> Invitation | None:
    """The open invitation of this link, or None when it is unknown, used, revoked or expired."""
    return (
        Invitation.objects.select_related("organization", "created_by")
        .filter(
            secret_hash=hash_secret(secret),
            accepted_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        .first()
    )


def find_accepted(secret: str, user: User) -> Invitation | None:
    """The invitation of this link that this person has accepted, while they are in the organization."""
    return Invitation.objects.filter(
        secret_hash=hash_secret(secret), accepted_by=user, organization__memberships__user=user
    ).first()


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Organization:
    """Join the organization, and the project if the link names one. Each link works once.

    Raises Conflict when somebody else used the link meanwhile or it was meant for another address.
    """
    invitation = Invitation.objects.select_for_update(of=("self",), no_key=True).get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= timezone.now():
        raise Conflict("This invitation is no longer open.")
    if invitation.email and invitation.email.lower() != user.email.lower():
        raise Conflict("This invitation was made for another e-mail address.")
    OrganizationMembership.objects.get_or_create(
        organization=invitation.organization,
        user=user,
        defaults={"role": invitation.role},
    )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    invitation_accepted.send(sender=Invitation, invitation=invitation, user=user)
    record(
        organization=invitation.organization,
        actor=user,
        verb="invitation.accepted",
        subject=user.email,
        project_id=invitation.project_id,
    )
    return invitation.organization


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    """Close a link that nobody has used; doing it twice changes nothing."""
    if invitation.accepted_at is None and invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record(organization=invitation.organization_id, actor=by, verb="invitation.revoked")
