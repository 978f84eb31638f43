"""Rows that wait: an import of all rows or none is staged here, and published in one transaction."""

from typing import ClassVar

from django.db import models


class StagedRow(models.Model):
    """One checked row of an import. ``task_id`` is the id its task will have: order and links are settled.

    The table is unlogged: after a crash of the database it is empty, and the import begins again.
    ``media`` lists keys of files that only this import brought in.
    """

    job = models.ForeignKey("projects.Job", on_delete=models.CASCADE, related_name="+")
    task_id = models.BigIntegerField(primary_key=True)
    external_id = models.CharField(max_length=200, null=True)  # noqa: DJ001 - as in Task
    data = models.JSONField()
    meta = models.JSONField()
    gold = models.JSONField(null=True)
    predictions = models.JSONField(null=True)
    media = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["job", "task_id"], name="staged_by_job")]

    def __str__(self) -> str:
        return f"task {self.task_id} of job {self.job_id}"
