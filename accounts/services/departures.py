"""Taking somebody out of an organization, and taking that back within a week."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import Departure, Organization, OrganizationMembership, User
from accounts.services.organizations import keep_an_owner
from accounts.signals import person_removed, person_restored

GRACE = timedelta(days=7)


@transaction.atomic
def remove_person(*, membership: OrganizationMembership, by: User) -> Departure:
    """Take somebody out of the organization, all its projects and tokens; their answers stay.

    What they had is kept for a week, for ``restore_person``; tokens are not: they end for good.
    """
    keep_an_owner(membership)
    user, organization = membership.user, membership.organization
    Departure.objects.filter(organization=organization, user=user).delete()
    departure = Departure.objects.create(
        organization=organization,
        user=user,
        role=membership.role,
        joined_at=membership.joined_at,
        removed_by=by,
    )
    person_removed.send(sender=Departure, departure=departure)
    departure.save(update_fields=["kept"])
    user.api_tokens.filter(organization=organization).delete()
    membership.delete()
    record(organization=organization, actor=by, verb="organization.removed", subject=user.email)
    return departure


@transaction.atomic
def restore_person(*, departure: Departure, by: User) -> OrganizationMembership:
    """Give somebody back their role, their projects and their roles there.

    Whoever came back by an invitation meanwhile keeps the roles they have now, and gets the missing ones.
    """
    organization, user = departure.organization, departure.user
    membership, is_new = OrganizationMembership.objects.get_or_create(
        organization=organization, user=user, defaults={"role": departure.role}
    )
    if is_new:
        OrganizationMembership.objects.filter(pk=membership.pk).update(joined_at=departure.joined_at)
    person_restored.send(sender=Departure, departure=departure)
    departure.delete()
    record(organization=organization, actor=by, verb="organization.restored", subject=user.email)
    return membership


def restorable(organization: Organization) -> QuerySet[Departure]:
    """Who left within the last week, the latest first."""
    recent = organization.departures.filter(removed_at__gt=timezone.now() - GRACE)
    return recent.select_related("user", "removed_by").order_by("-removed_at")


def purge_departures() -> int:
    """Forget those that cannot be taken back any more; return how many."""
    count, _ = Departure.objects.filter(removed_at__lte=timezone.now() - GRACE).delete()
    return count
