"""How to answer: Markdown in immutable versions, acknowledged by the people who work."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Guideline(models.Model):
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="guidelines")
    version = models.PositiveIntegerField()
    body = models.TextField(blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "version"], name="guideline_version_once")
        ]

    def __str__(self) -> str:
        return f"guideline {self.version} of project {self.project_id}"


class GuidelineAcknowledgement(models.Model):
    """That a person has read a version; without one for the newest they get no more tasks."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="acknowledgements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["guideline", "user"], name="guideline_acknowledged_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.guideline_id}"
