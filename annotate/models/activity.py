"""Work done per person and day: rolled up behind, from the outbox."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class ActivityDay(models.Model):
    """``seconds`` is the active time that browsers measured, in seconds."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    answers = models.PositiveIntegerField(default=0)
    corrections = models.PositiveIntegerField(default=0)
    skips = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user", "day"], name="activity_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.day}: {self.answers}"
