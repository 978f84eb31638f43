"""Audit samples: labels drawn at random and judged blind, to prove how right the labels are."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class AuditState(models.TextChoices):
    DRAWING = "drawing"
    JUDGING = "judging"
    DONE = "done"
    FAILED = "failed"


class AuditSample(models.Model):
    """``strata`` is a list of ``{"name", "population", "drawn"}``; ``field`` is empty for all fields.

    ``by`` is what strata are made of: ``class``, ``meta`` (then ``meta_key``) or nothing. ``size`` is what
    was asked for, or follows from ``half_width`` and ``expected``. ``look`` counts draws, the first is 1.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    job = models.ForeignKey("projects.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=AuditState.choices, default=AuditState.DRAWING)
    message = models.TextField(blank=True)
    field = models.CharField(max_length=100, blank=True)
    by = models.CharField(max_length=5, blank=True)
    meta_key = models.CharField(max_length=100, blank=True)
    tolerance = models.FloatField(default=0.0)
    target = models.FloatField()
    size = models.PositiveIntegerField(null=True, blank=True)
    half_width = models.FloatField(null=True, blank=True)
    expected = models.FloatField(default=0.95)
    seed = models.BigIntegerField()
    look = models.PositiveSmallIntegerField(default=1)
    strata = models.JSONField(default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="audit_number_once")
        ]

    def __str__(self) -> str:
        return f"audit {self.number} of project {self.project_id}"


class AuditItem(models.Model):
    """One label of a sample: ``value`` as it was when drawn, ``judgement`` what the auditor answered blind.

    ``is_right`` is null until it was judged; an item that nobody can judge (``is_unclear``) has it false.
    ``held_by`` has it on the screen, so that two auditors do not get the same one at the same time.
    Kept for good: nothing takes an item out of its sample or puts another in its place.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sample = models.ForeignKey(AuditSample, on_delete=models.CASCADE, related_name="items", db_index=False)
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    stratum = models.PositiveSmallIntegerField()
    look = models.PositiveSmallIntegerField(default=1)
    value = models.JSONField()
    source = models.CharField(max_length=12, blank=True)
    judgement = models.JSONField(null=True, blank=True)
    is_right = models.BooleanField(null=True, blank=True)
    is_unclear = models.BooleanField(default=False)
    distances = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    seconds = models.FloatField(default=0.0)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "task"], name="audit_task_once"),
            models.UniqueConstraint(fields=["sample", "position"], name="audit_position_once"),
        ]

    def __str__(self) -> str:
        return f"item {self.position} of audit {self.sample_id}"
