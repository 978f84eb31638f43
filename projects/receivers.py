"""What the projects app does when the floor below announces something."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.errors import Missing
from accounts.models import Departure, Invitation, User
from accounts.signals import (
    invitation_accepted,
    invitation_followed,
    invitation_shown,
    person_removed,
    person_restored,
)
from projects import departures
from projects.access.doors import ProjectAccess, find_project
from projects.models import Membership, Project, Role
from projects.told import told


def _invited_to(invitation: Invitation) -> tuple[Project | None, str]:
    """The project that an invitation leads into, and the role there."""
    role = invitation.project_role or Role.ANNOTATOR
    if invitation.project_id is None:
        return None, role
    found = Project.objects.filter(pk=invitation.project_id, organization=invitation.organization_id)
    return found.first(), role


@receiver(invitation_shown)
def tell_of_project(*, invitation: Invitation, **_: Any) -> dict[str, Any] | None:
    """Whoever holds the link reads what they would join, on what terms, and what is recorded about them."""
    project, role = _invited_to(invitation)
    return None if project is None else {"project": project.name, "told": told(project, role)}


@receiver(invitation_accepted)
def join_project(*, invitation: Invitation, user: User, **_: Any) -> None:
    """An invitation into a project makes a membership; somebody who is in already keeps their role."""
    project, role = _invited_to(invitation)
    if project is not None:
        Membership.objects.get_or_create(project=project, user=user, defaults={"role": role})


@receiver(invitation_followed)
def lead_into_project(*, invitation: Invitation, user: User, **_: Any) -> str | None:
    """Whoever has accepted goes on in the project, with what their role there does first."""
    project, _role = _invited_to(invitation)
    if project is None:
        return None
    try:
        access = find_project(user, project.pk)
    except Missing:  # they have left it since
        return None
    return reverse(_first_page(access), kwargs={"project_id": project.pk})


def _first_page(access: ProjectAccess) -> str:
    """The route where somebody begins: annotators with the course or an item, all others with the overview.

    Routes of the floors above are named, not imported. The course can be taken before the launch and during a
    pause; the labeling page shows the guideline before the first item.
    """
    project, membership = access.project, access.membership
    if access.role != Role.ANNOTATOR or membership is None or project.is_over:
        return "project-overview"
    if project.needs_certificate and not membership.is_certified:
        return "qualification-course"
    return "label" if project.is_working else "project-overview"


@receiver(person_removed)
def leave_projects(*, departure: Departure, **_: Any) -> None:
    """Whoever leaves the organization leaves its projects."""
    departures.put_aside(departure)


@receiver(person_restored)
def return_to_projects(*, departure: Departure, **_: Any) -> None:
    """Whoever is brought back has their projects and roles again."""
    departures.give_back(departure)
