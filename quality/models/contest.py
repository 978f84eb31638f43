"""Somebody says that a gold answer is wrong."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class ContestState(models.TextChoices):
    """``open`` until somebody decides: the gold stays, is corrected, or is withdrawn with all its grades."""

    OPEN = "open"
    UPHELD = "upheld"
    CORRECTED = "corrected"
    RETIRED = "retired"


class GoldContest(models.Model):
    """One per person and item. ``answer`` is theirs as it was graded; ``explanation`` the decision's."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    gold = models.ForeignKey("quality.GoldItem", on_delete=models.CASCADE, related_name="contests")
    annotation = models.ForeignKey("annotate.Annotation", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    answer = models.JSONField()
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=ContestState.choices, default=ContestState.OPEN)
    explanation = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gold", "user"], name="gold_contest_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=ContestState.values), name="gold_contest_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "state", "id"], name="gold_contest_by_state"),
            models.Index(fields=["project", "user", "-id"], name="gold_contest_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} contests gold {self.gold_id}: {self.state}"
