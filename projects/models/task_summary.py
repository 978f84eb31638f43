"""What is known of a task by now: the narrow row that work and quality write."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from projects.sureness import STEP


class TaskState(models.TextChoices):
    """See annotate/states.py for who moves a task from which to which."""

    OPEN = "open"
    ANSWERED = "answered"
    REVIEW = "review"
    REWORK = "rework"
    BLOCKED = "blocked"
    DONE = "done"
    ARCHIVED = "archived"


class AnswerSource(models.TextChoices):
    """Where a task's final value comes from; later in this list stands above earlier."""

    NONE = ""
    MODEL = "model"
    CONSENSUS = "consensus"
    REVIEW = "review"
    ADJUDICATION = "adjudication"


class TaskSummary(models.Model):
    """``agreement`` and ``probability`` are in [0, 1]; null while nothing can be said.

    ``classes`` names the classes and options in the final (or else the answered) values. Lists are sorted by
    ``probability_step``, the thousandth in which the probability lies: no index holds the probability itself.
    """

    # Made in the statement after its task and deleted before it; the check would cost a lookup a row.
    task = models.OneToOneField(
        "projects.Task",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="summary",
        db_constraint=False,
    )
    project = models.ForeignKey(
        "projects.Project",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    archived_from = models.CharField(max_length=10, blank=True)
    priority = models.IntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    extra = models.PositiveIntegerField(default=0)
    skips = models.PositiveIntegerField(default=0)
    agreement = models.FloatField(null=True, blank=True)
    probability = models.FloatField(null=True, blank=True)
    probability_step = models.GeneratedField(
        expression=STEP, output_field=models.SmallIntegerField(null=True), db_persist=True
    )
    value = models.JSONField(null=True, blank=True)
    source = models.CharField(
        max_length=12,
        choices=AnswerSource.choices,
        default=AnswerSource.NONE,
        blank=True,
    )
    classes = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="task_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "state", "-task"], name="summary_by_state"),
            # Sorted lists read each state in order and merge. A figure that is absent costs no index entry:
            # most answers leave these three alone. What a condition asks counts as part of the index.
            *[
                models.Index(
                    fields=["project", "state", column, "task"],
                    condition=Q((f"{column}__isnull", False)),
                    name=f"summary_state_{column}",
                )
                for column in ("agreement", "probability_step", "answered_at")
            ],
            models.Index(fields=["project", "state", "priority", "task"], name="summary_state_priority"),
            GinIndex(fields=["classes"], name="summary_classes"),
        ]

    def __str__(self) -> str:
        return f"task {self.task_id}: {self.state}"
