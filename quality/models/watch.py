"""What a full run found out about people: figures per person, and reasons to look at somebody's answers."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class PersonFigure(models.Model):
    """Figures of one person on one field (empty: the project) as of the last full run, with intervals.

    ``quality.services.watching`` says what is in ``data``.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=100, blank=True)
    data = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user", "field"], name="person_figure_once")
        ]

    def __str__(self) -> str:
        return f"figures of {self.user_id} on {self.field or 'the project'}"


class ReasonKind(models.TextChoices):
    SAME = "same"
    FAST = "fast"
    COPYING = "copying"
    DRIFT = "drift"
    QUIZ = "quiz"  # found by marking a quiz anew, not by full runs


class ReasonState(models.TextChoices):
    """``open`` until a person has looked. ``withdrawn``: a later run no longer found it.

    ``requiz``: the person was asked to take the quiz again, which withdrew their certificate.
    """

    OPEN = "open"
    FINE = "fine"
    TALK = "talk"
    OTHER = "other"
    REQUIZ = "requiz"
    WITHDRAWN = "withdrawn"


class Reason(models.Model):
    """A reason to look at somebody's answers, with its evidence. Nothing follows from it by itself.

    ``other``: whom they agree with so much. ``n``: how many answers it was found in; ``p`` and ``q`` its
    p-value and that adjusted for all people or pairs tested in the run (None for drift and quizzes, which are
    no single test). ``tasks``: the ids of those that show it best, at most ``MOST_TASKS``.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8, choices=ReasonKind.choices)
    field = models.CharField(max_length=100, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=9, choices=ReasonState.choices, default=ReasonState.OPEN)
    n = models.PositiveIntegerField()
    p = models.FloatField(null=True, blank=True)
    q = models.FloatField(null=True, blank=True)
    evidence = models.JSONField(default=dict)
    tasks = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    note = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "kind", "field", "user", "other"],
                condition=models.Q(state="open"),
                nulls_distinct=False,
                name="reason_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ReasonState.values), name="reason_state_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "state", "-id"], name="reason_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}: {self.state}"
