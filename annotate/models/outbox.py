"""Events written in the transaction that caused them, carried out after it by a worker."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class OutboxEvent(models.Model):
    """Deleted once every consumer has run. ``attempts`` over the limit parks it for a human.

    ``done`` names the consumers that have run already, when another one failed.
    """

    project_id = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    task_id = models.BigIntegerField(null=True, blank=True)
    annotation_id = models.BigIntegerField(null=True, blank=True)
    user_id = models.BigIntegerField(null=True, blank=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    done = ArrayField(models.CharField(max_length=60), default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    parked_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(parked_at__isnull=True), name="outbox_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
