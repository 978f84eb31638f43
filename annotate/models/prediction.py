"""A model's answer with its score."""

from typing import ClassVar

from django.db import models


class Prediction(models.Model):
    """``score`` is the model's own confidence in [0, 1]; null when it gave none."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="predictions")
    model = models.CharField(max_length=100)
    version = models.CharField(max_length=100)
    value = models.JSONField()
    score = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "model", "version"], name="prediction_once_per_model")
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-id"], name="prediction_by_project")]

    def __str__(self) -> str:
        return f"{self.model} {self.version} on task {self.task_id}"
