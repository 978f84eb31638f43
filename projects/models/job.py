"""Any long work: has progress, can be cancelled, survives a restart."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(models.Model):
    """``cursor`` is what a handler needs to go on where a killed worker stopped."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    params = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    file = models.FileField(max_length=300, blank=True)
    file_name = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    error_count = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known")
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-id"], name="job_by_project"),
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(state__in=["queued", "running"]),
                name="job_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"


class JobError(models.Model):
    """One refused row: its number in the input (1 is the first), where in it, and why."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="errors")
    row = models.BigIntegerField()
    path = models.CharField(max_length=300, blank=True)
    message = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["job", "row", "id"], name="job_error_by_row")]

    def __str__(self) -> str:
        return f"row {self.row}: {self.message}"
