"""What waits in a person's inbox."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class NoticeKind(models.TextChoices):
    REWORK = "rework"
    ANSWER = "answer"
    GUIDELINE = "guideline"
    FEEDBACK = "feedback"
    PAUSED = "paused"
    RESUMED = "resumed"
    ALARM = "alarm"
    TRIAGE = "triage"


class Notice(models.Model):
    """``ref`` makes the effect happen once: a second notice of the same kind and ref is refused."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    ref = models.CharField(max_length=60)
    text = models.TextField(blank=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "project", "kind", "ref"], name="notice_once")
        ]
        indexes: ClassVar = [models.Index(fields=["user", "read_at", "-id"], name="notice_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"
