"""A lease on one task for one person, what they have typed so far, and why they passed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotate.querysets import AssignmentQuerySet


class AssignmentState(models.TextChoices):
    """``active`` holds a slot; ``expired`` and ``released`` gave it back; the others ended the work."""

    ACTIVE = "active"
    SUBMITTED = "submitted"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    RELEASED = "released"


class Drawn(models.TextChoices):
    """How the task was drawn. Never shown: it proves later that a sample was unbiased."""

    RANDOM = "random"
    POLICY = "policy"
    GOLD = "gold"
    REWORK = "rework"


class Assignment(models.Model):
    """``holds_slot`` says whether ``QueueEntry.taken`` counts this row.

    ``for_experts``: came to an expert as what waits for experts, or is gold in the place of such a task.

    Foreign keys to rows that a whole project shares are not checked by the database here: the check
    would lock the shared row on every insert (docs/adr/0006-queue.md). They have no index of their own
    either: every answer would write all of them twice, and those below serve what is asked.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments", db_index=False
    )
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.ACTIVE)
    drawn = models.CharField(max_length=10, choices=Drawn.choices)
    holds_slot = models.BooleanField(default=True)
    for_experts = models.BooleanField(default=False, db_default=False)
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
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "task", "user"], name="assignment_once_per_person"),
            models.CheckConstraint(
                condition=Q(state__in=AssignmentState.values), name="assignment_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["project", "user", "id"], condition=Q(state="active"), name="assignment_held"
            ),
            models.Index(
                fields=["project", "expires_at"], condition=Q(state="active"), name="assignment_expiring"
            ),
            models.Index(fields=["user", "-closed_at"], name="assignment_history"),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}: task {self.task_id} for {self.user_id}"


class Draft(models.Model):
    """The newest unfinished value; ``revision`` counts saves, so that two tabs notice each other."""

    assignment = models.OneToOneField(
        Assignment, on_delete=models.CASCADE, primary_key=True, related_name="draft"
    )
    value = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft {self.revision} of assignment {self.assignment_id}"


class SkipReason(models.TextChoices):
    """Why somebody passed: the item, the guideline, themselves, or something they say in words."""

    BROKEN = "broken"
    UNCLEAR = "unclear"
    UNSUITABLE = "unsuitable"
    OTHER = "other"
    HARD = "hard"  # too hard for this person: goes to an expert where the project has one


class Skip(models.Model):
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="skip_rows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="skip")
    reason = models.CharField(max_length=40)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "task"], name="skip_by_task")]

    def __str__(self) -> str:
        return f"{self.user_id} skipped {self.task_id}: {self.reason}"
