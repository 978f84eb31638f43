"""Labels that are probably wrong, found by a model or by the crowd, and what a person says of each."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class FlagState(models.TextChoices):
    OPEN = "open"
    ERROR = "error"
    RIGHT = "right"
    SKIPPED = "skipped"


class LabelFlag(models.Model):
    """``label`` is what the task says, ``suggested`` what it should say instead.

    ``source``: ``model``, ``crowd`` or ``both``. ``score`` in [-1, 1], the smallest first: probability of the
    label minus that of its likeliest rival. ``evidence`` is what the sentence is made of.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=100)
    label = models.CharField(max_length=300)
    suggested = models.CharField(max_length=300)
    source = models.CharField(max_length=5)
    score = models.FloatField()
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=FlagState.choices, default=FlagState.OPEN)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "field", "task", "label"], name="label_flag_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "state", "score", "id"], name="label_flag_in_order")
        ]

    def __str__(self) -> str:
        return f"task {self.task_id}: {self.label}, rather {self.suggested}"
