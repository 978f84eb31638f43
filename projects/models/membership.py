"""Who works in a project, as what."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Role(models.TextChoices):
    MANAGER = "manager"
    ENGINEER = "engineer"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"


def new_pseudonym() -> str:
    """A name for exports that tells nothing about the person."""
    return "p" + secrets.token_hex(6)


class Membership(models.Model):
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="project_memberships",
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    pseudonym = models.CharField(max_length=20, default=new_pseudonym)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=500, blank=True)
    # How much it would help to know more of this person, in [0, 1]; none: nothing is known. Kept up behind.
    gold_need = models.FloatField(null=True, blank=True)
    # Gets what others found too hard, before everything else.
    is_expert = models.BooleanField(default=False)
    is_practicing = models.BooleanField(default=False)
    # Where the project wants certificates: the queue is open to this person until then.
    certified_until = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user"], name="project_member_once"),
            models.UniqueConstraint(fields=["project", "pseudonym"], name="project_pseudonym_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="project_role_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["user"], name="membership_by_user")]

    @property
    def is_certified(self) -> bool:
        """Whether the certificate, if the project wants one, is good now."""
        return self.certified_until is not None and self.certified_until > timezone.now()

    def __str__(self) -> str:
        return f"{self.user_id} in {self.project_id} as {self.role}"
