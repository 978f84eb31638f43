"""People who were taken out of an organization, for as long as that can be taken back."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models.organization import Organization, OrganizationRole


class Departure(models.Model):
    """``kept``: what the floors above put aside to give back, each under a key of its own."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="departures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="departures")
    role = models.CharField(max_length=10, choices=OrganizationRole.choices)
    joined_at = models.DateTimeField()
    kept = models.JSONField(default=dict)
    removed_at = models.DateTimeField(auto_now_add=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "user"], name="departure_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} left {self.organization_id}"
