"""A link that lets somebody into an organization, and perhaps straight into one of its projects."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models.organization import Organization, OrganizationRole


class Invitation(models.Model):
    """Only the hash of the link's secret is kept.

    ``project_id`` and ``project_role`` are plain values: the projects app stands above this one
    and acts on them when it hears the ``invitation_accepted`` signal.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=OrganizationRole.choices, default=OrganizationRole.MEMBER)
    project_id = models.BigIntegerField(null=True, blank=True)
    project_role = models.CharField(max_length=10, blank=True)
    email = models.EmailField(blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "-created_at"],
                name="invitation_by_organization",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.organization_id}"
