"""What all answers of a task, taken together, say per field."""

from typing import ClassVar

from django.db import models


class Consensus(models.Model):
    """``probability`` in [0, 1]; ``distribution`` maps unit → code → probability; of regions that were merged
    by detection rates id → "exists" → probability that the object is there.

    ``version`` is that of the ``method``. ``majority`` is the plain majority's value, kept beside;
    ``answers`` counts those it stands on.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # Found by ``consensus_once``: an index of its own would be one more to write at every change.
    task = models.ForeignKey(
        "projects.Task", on_delete=models.CASCADE, related_name="consensus", db_index=False
    )
    field = models.CharField(max_length=100)
    value = models.JSONField(null=True)
    majority = models.JSONField(null=True)
    probability = models.FloatField(null=True, blank=True)
    distribution = models.JSONField(default=dict)
    agreement = models.FloatField(null=True, blank=True)
    method = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    answers = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "field"], name="consensus_once")]
        # None on what a run changes: so a row that changes on its page leaves all of them alone.
        indexes: ClassVar = [models.Index(fields=["project", "-id"], name="consensus_by_project")]

    def __str__(self) -> str:
        return f"{self.field} of task {self.task_id}: {self.probability}"
