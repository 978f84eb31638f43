"""What a full run leaves for the comparison of methods, which is a job of its own."""

from typing import ClassVar

from django.db import models


class ToCompare(models.Model):
    """The fit of one unit of a field by the last full run, until other methods have been compared with it.

    ``fit``: ``quality.services.compared_fit``, and ``key`` a digest of all that the field's fits say. ``run``
    is the job, None where none ran it; ``run_at`` when that run began.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    field = models.CharField(max_length=100)
    unit = models.TextField(default="", blank=True)
    fit = models.BinaryField()
    key = models.CharField(max_length=32)
    run = models.BigIntegerField(null=True)
    run_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "field", "unit"], name="to_compare_once")
        ]

    def __str__(self) -> str:
        return f"fit of {self.field} in project {self.project_id}, to be compared"
