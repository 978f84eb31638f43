"""Active learning: one training round after another, with what each was worth."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class RoundState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"


class Round(models.Model):
    """``accuracy`` (with its interval) is measured on tasks drawn at random only, so it is unbiased."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    job = models.ForeignKey("projects.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    field = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=RoundState.choices, default=RoundState.QUEUED)
    message = models.TextField(blank=True)
    labeled = models.PositiveIntegerField(default=0)
    evaluated = models.PositiveIntegerField(default=0)
    accuracy = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    ranked = models.PositiveIntegerField(default=0)
    predicted = models.PositiveIntegerField(default=0)
    details = models.JSONField(default=dict)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="round_number_once")
        ]

    def __str__(self) -> str:
        return f"round {self.number} of project {self.project_id}"
