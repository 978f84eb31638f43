"""Answers known from elsewhere, kept only to measure how often consensus is right."""

from typing import ClassVar

from django.db import models


class KnownTruth(models.Model):
    """Never served, never graded, never used by the inference: a yardstick for demos and studies.

    Not in a task's metadata, because that is shown to annotators.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    task = models.OneToOneField("projects.Task", on_delete=models.CASCADE, related_name="known_truth")
    value = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "task"], name="truth_by_project")]

    def __str__(self) -> str:
        return f"known truth of task {self.task_id}"
