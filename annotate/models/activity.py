"""Work done per person, by day and in all: rolled up behind, from the outbox."""

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
        indexes: ClassVar = [models.Index(fields=["project", "day"], name="activity_by_day")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.day}: {self.answers}"


class PersonTotal(models.Model):
    """``answers`` were ever given (fixes left out), ``discarded`` of them set aside.

    ``seconds``: their median over the newest ``SAMPLE`` answers.
    """

    SAMPLE: ClassVar = 100

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    answers = models.PositiveIntegerField(default=0)
    discarded = models.IntegerField(default=0)
    seconds = models.FloatField(null=True, blank=True)
    last_active = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user"], name="person_total_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in project {self.project_id}: {self.answers}"
