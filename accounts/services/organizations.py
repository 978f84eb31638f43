"""Make organizations, and say who owns them."""

from django.db import transaction

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import Organization, OrganizationMembership, OrganizationRole, User


@transaction.atomic
def create_organization(*, name: str, owner: User) -> Organization:
    """Return a new organization with its first owner. Raises DomainError for an empty or overlong name."""
    name = name.strip()
    if not 1 <= len(name) <= 200 or "\x00" in name:
        raise DomainError(
            "An organization needs a name.",
            fields=[FieldError("name", "must have 1 to 200 characters")],
        )
    organization = Organization.objects.create(name=name)
    OrganizationMembership.objects.create(organization=organization, user=owner, role=OrganizationRole.OWNER)
    record(
        organization=organization,
        actor=owner,
        verb="organization.created",
        subject=name,
    )
    return organization


@transaction.atomic
def change_organization_role(*, membership: OrganizationMembership, role: str, by: User) -> None:
    """Make somebody owner or member. The last owner stays one."""
    if role not in OrganizationRole.values:
        raise DomainError("Unknown role.", fields=[FieldError("role", "owner or member")])
    if role != OrganizationRole.OWNER:
        keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    record(
        organization=membership.organization_id,
        actor=by,
        verb="organization.role",
        subject=membership.user.email,
        role=role,
    )


def keep_an_owner(membership: OrganizationMembership) -> None:
    """Raise Conflict if this is the only owner; holds the owners' rows until the transaction ends."""
    owners = OrganizationMembership.objects.select_for_update().filter(
        organization=membership.organization_id, role=OrganizationRole.OWNER
    )
    if [owner.pk for owner in owners] == [membership.pk]:
        raise Conflict("An organization keeps at least one owner.")
