"""What the projects app does when the floor below announces something."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Invitation, User
from accounts.signals import invitation_accepted
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
