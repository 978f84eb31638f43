"""Seeded errors: wrong on purpose, on tasks whose answer is known. Never an answer of anybody."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class SeededPrelabel(models.Model):
    """What one person is shown in place of a model's answer to a gold task, with an error in ``field``.

    It stands for leases begun from ``valid_from`` on and before ``ended_at``: so what a lease shows never
    changes, whenever a row is written. Rows are kept: who was shown which is what is measured.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=100)
    value = models.JSONField()
    valid_from = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "user"], name="seeded_prelabel_once")
        ]
        indexes: ClassVar = [models.Index(fields=["project", "user"], name="seeded_prelabel_by_person")]

    def __str__(self) -> str:
        return f"seeded pre-label of task {self.task_id} for {self.user_id}"


class SeededAnswer(models.Model):
    """An answer to a gold task with an error in ``field``, made for one reviewer and given by nobody.

    It is no annotation, so nothing counts it. Its number is drawn from theirs; ``assignment_number`` and,
    once judged, ``review_number`` and ``fix_number`` are drawn alike. ``state``, ``probability`` and
    ``seconds`` are those of a real answer that waited. ``judged_at``: when the verdict was given that stands.
    A fix that is made anew keeps its number, counts its versions and adds up its seconds, as a real one does.
    """

    id = models.BigIntegerField(primary_key=True)
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="+")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    field = models.CharField(max_length=100)
    value = models.JSONField()
    ontology = models.ForeignKey(
        "projects.OntologyVersion", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    assignment_number = models.BigIntegerField()
    seconds = models.FloatField()
    state = models.CharField(max_length=10)
    probability = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    review_number = models.BigIntegerField(null=True, blank=True)
    fix_number = models.BigIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=6, blank=True)
    code = models.CharField(max_length=60, blank=True)
    comment = models.TextField(blank=True)
    pin = models.JSONField(null=True, blank=True)
    fix = models.JSONField(null=True, blank=True)
    fix_version = models.PositiveIntegerField(default=0)
    fix_seconds = models.FloatField(default=0.0)
    fixed_at = models.DateTimeField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "reviewer", "task"], name="seeded_answer_once")
        ]

    def __str__(self) -> str:
        return f"seeded answer to task {self.task_id} for {self.reviewer_id}"
