"""Who did what to whom: written by services, never changed."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models.organization import Organization


class AuditEvent(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    project_id = models.BigIntegerField(null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "-at"], name="audit_by_organization"),
            models.Index(fields=["project_id", "-at"], name="audit_by_project"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
