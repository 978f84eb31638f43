"""A final answer given by somebody who may: stands above consensus."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotate.models.annotation import Annotation


class Adjudication(models.Model):
    """The newest one that was not withdrawn is in force."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="adjudications")
    value = models.JSONField()
    reason = models.TextField(blank=True)
    annotation = models.ForeignKey(
        Annotation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(withdrawn_at__isnull=True), name="adjudication_in_force_once"
            )
        ]

    def __str__(self) -> str:
        return f"final answer of task {self.task_id}"
