"""Figures over a whole project, as the last full run found them: pages read these and count nothing."""

from typing import ClassVar

from django.db import models


class Figure(models.Model):
    """``name`` says which (``quality.services.figures``), ``data`` is its JSON."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120)
    data = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "name"], name="figure_once")]

    def __str__(self) -> str:
        return f"{self.name} of project {self.project_id}"
