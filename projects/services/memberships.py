"""People in a project: add, change role, pause, resume, remove."""

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import OrganizationMembership, User
from projects.models import Membership, Project, Role
from projects.signals import expert_lost, member_pause_changed


@transaction.atomic
def add_member(*, project: Project, user: User, role: str, by: User) -> Membership:
    """Give a person of the organization a role in the project; a second time changes the role.

    Raises DomainError when the person is not in the organization: the same words as for nobody.
    """
    if role not in Role.values:
        raise DomainError(
            "Unknown role.",
            fields=[FieldError("role", f"one of {', '.join(Role.values)}")],
        )
    inside = OrganizationMembership.objects.filter(organization=project.organization_id, user=user)
    if not inside.exists():
        raise DomainError("Not found.", fields=[FieldError("user", "not found in this organization")])
    membership, _ = Membership.objects.update_or_create(project=project, user=user, defaults={"role": role})
    _record(membership, by, "member.added", role=role)
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User) -> None:
    """Take a person out of the project; their answers stay. The last manager cannot be removed."""
    project = membership.project
    managers = project.memberships.filter(role=Role.MANAGER)
    if membership.role == Role.MANAGER and managers.count() == 1:
        raise Conflict("A project keeps at least one manager.")
    _record(membership, by, "member.removed")
    membership.delete()
    if membership.is_expert:
        expert_lost.send(sender=Membership, project=project)


@transaction.atomic
def pause_member(*, membership: Membership, by: User | None, reason: str) -> Membership:
    """Give this person no more tasks; they see the reason. ``by`` is none where a test of gold did it."""
    if not reason.strip():
        raise DomainError("Say why.", fields=[FieldError("reason", "must not be empty")])
    membership.paused_at, membership.pause_reason = timezone.now(), reason.strip()[:500]
    membership.save(update_fields=["paused_at", "pause_reason"])
    member_pause_changed.send(sender=Membership, membership=membership, by=by)
    _record(membership, by, "member.paused", reason=reason)
    return membership


@transaction.atomic
def resume_member(*, membership: Membership, by: User | None) -> Membership:
    """Let this person work again."""
    membership.paused_at, membership.pause_reason = None, ""
    membership.save(update_fields=["paused_at", "pause_reason"])
    member_pause_changed.send(sender=Membership, membership=membership, by=by)
    _record(membership, by, "member.resumed")
    return membership


@transaction.atomic
def set_expert(*, membership: Membership, by: User, is_expert: bool) -> Membership:
    """Give this person what others find too hard, before everything else; or as everybody.

    With the last expert of a project gone, what waits for experts goes to everybody.
    """
    if membership.is_expert == is_expert:
        return membership
    membership.is_expert = is_expert
    membership.save(update_fields=["is_expert"])
    if not is_expert:
        expert_lost.send(sender=Membership, project=membership.project)
    _record(membership, by, "member.expert" if is_expert else "member.no_expert")
    return membership


def _record(membership: Membership, by: User | None, verb: str, **details: str) -> None:
    record(
        organization=membership.project.organization_id,
        actor=by,
        verb=verb,
        subject=membership.user.email,
        project_id=membership.project_id,
        **details,
    )
