"""What the projects app does when the floor below announces something."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Departure, Invitation, User
from accounts.signals import invitation_accepted, person_removed, person_restored
from projects import departures
from projects.models import Membership, Project, Role


@receiver(invitation_accepted)
def join_project(*, invitation: Invitation, user: User, **_: Any) -> None:
    """An invitation into a project makes a membership; somebody who is in already keeps their role."""
    if invitation.project_id is None:
        return
    project = Project.objects.filter(
        pk=invitation.project_id, organization=invitation.organization_id
    ).first()
    if project is not None:
        role = invitation.project_role or Role.ANNOTATOR
        Membership.objects.get_or_create(project=project, user=user, defaults={"role": role})


@receiver(person_removed)
def leave_projects(*, departure: Departure, **_: Any) -> None:
    """Whoever leaves the organization leaves its projects."""
    departures.put_aside(departure)


@receiver(person_restored)
def return_to_projects(*, departure: Departure, **_: Any) -> None:
    """Whoever is brought back has their projects and roles again."""
    departures.give_back(departure)
