"""Answers: append-only versions under one head row per person and task."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from annotate.models.assignment import Assignment
from annotate.querysets import AnnotationQuerySet


class Annotation(models.Model):
    """The head: which version is current and what became of the answer.

    ``is_extra``: came after the slot was given away; stays out of consensus until taken in.
    ``is_fix``: a reviewer's own answer in place of another's. ``discarded_at``: requeued by a manager.
    ``rejected_at``: sent back and not answered again yet.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="annotations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="annotations")
    assignment = models.OneToOneField(
        Assignment, on_delete=models.CASCADE, null=True, blank=True, related_name="annotation"
    )
    version = models.PositiveIntegerField(default=1)
    value = models.JSONField()
    seconds = models.FloatField(default=0)
    is_extra = models.BooleanField(default=False)
    is_fix = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    rejected_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "task", "user", "is_fix"], name="annotation_once_per_person"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-id"], name="annotation_by_project"),
            models.Index(fields=["project", "updated_at", "id"], name="annotation_by_time"),
            # With what says whether the answer counts: the tasks of a person without a look at the answers.
            models.Index(
                fields=["project", "user", "-id"],
                include=["task", "is_extra", "rejected_at", "discarded_at"],
                name="annotation_by_person",
            ),
            models.Index(
                fields=["project", "task"],
                condition=models.Q(is_extra=True, discarded_at__isnull=True),
                name="annotation_late",
            ),
        ]

    def __str__(self) -> str:
        return f"annotation {self.pk} of task {self.task_id}"


class AnnotationVersion(models.Model):
    """One version, never changed (a trigger refuses UPDATE).

    ``key`` is the Idempotency-Key of the request that made it: a repeat finds it. ``drawn`` says how the task
    had come to its author (empty for what was made outside the queue): the assignment forgets it on rework.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    version = models.PositiveIntegerField()
    value = models.JSONField()
    seconds = models.FloatField(default=0)
    key = models.CharField(max_length=100)
    drawn = models.CharField(max_length=10, blank=True)
    ontology = models.ForeignKey(
        "projects.OntologyVersion",
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    guideline = models.ForeignKey(
        "projects.Guideline",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["annotation", "version"], name="annotation_version_once"),
            models.UniqueConstraint(fields=["annotation", "key"], name="annotation_key_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of annotation {self.annotation_id}"
