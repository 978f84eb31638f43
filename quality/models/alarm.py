"""The sequential test on gold found somebody too often wrong; a manager decides what follows."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class AlarmState(models.TextChoices):
    """``open`` until a manager decides. ``withdrawn``: corrected gold took the evidence away."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    PRACTICE = "practice"
    WITHDRAWN = "withdrawn"


class GoldAlarm(models.Model):
    """The evidence as it was: ``right`` of ``n`` graded answers of one test, its interval, its terms.

    ``has_paused``: the person gets no tasks since. ``after``: once decided, the next test reads annotations
    with a greater id.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=AlarmState.choices, default=AlarmState.OPEN)
    has_paused = models.BooleanField(default=False)
    n = models.PositiveIntegerField()
    right = models.PositiveIntegerField()
    low = models.FloatField()
    high = models.FloatField()
    good = models.FloatField()
    bad = models.FloatField()
    error = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)
    after = models.BigIntegerField(default=0)
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "user"],
                condition=models.Q(state="open"),
                name="gold_alarm_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=AlarmState.values), name="gold_alarm_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "user", "-id"], name="gold_alarm_by_person"),
            models.Index(fields=["project", "state", "-id"], name="gold_alarm_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.right} of {self.n}, {self.state}"

    @property
    def accuracy(self) -> float:
        """The share that was right."""
        return self.right / self.n
