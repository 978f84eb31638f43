"""Tasks with a known answer, and how people did on them. Never read by the annotate app."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class GoldOrigin(models.TextChoices):
    """``given``: by somebody or with an import. ``mined``: what trusted people agreed on, approved by one."""

    GIVEN = "given"
    MINED = "mined"


class GoldUse(models.TextChoices):
    """``hidden`` among the work; or for practice or quizzes, and then nobody gets it as work."""

    HIDDEN = "hidden"
    PRACTICE = "practice"
    QUIZ = "quiz"


class GoldItem(models.Model):
    """``answers`` is a list of accepted values; any of them counts.

    ``tolerance`` maps a field name to the largest distance (in [0, 1]) that still passes. ``graded`` and
    ``missed`` count the living answers to it, behind the outbox. ``voided_at``: it proved unfit, and its
    grades count for nobody.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    task = models.OneToOneField("projects.Task", on_delete=models.CASCADE, related_name="gold_item")
    answers = models.JSONField()
    tolerance = models.JSONField(default=dict)
    explanation = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    graded = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    contested = models.PositiveIntegerField(default=0)
    origin = models.CharField(max_length=6, choices=GoldOrigin.choices, default=GoldOrigin.GIVEN)
    use = models.CharField(max_length=8, choices=GoldUse.choices, default=GoldUse.HIDDEN)
    # As of the last full run: whether those who are good elsewhere pass it; none: too little is known.
    discrimination = models.FloatField(null=True, blank=True)
    discrimination_low = models.FloatField(null=True, blank=True)
    discrimination_high = models.FloatField(null=True, blank=True)
    discrimination_people = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "-id"], name="gold_by_project")]

    def __str__(self) -> str:
        return f"gold for task {self.task_id}"


class GoldGrade(models.Model):
    """One answer graded: ``score`` in [0, 1] per field in ``fields``; ``correct`` when all pass.

    ``is_burnt``: the person was shown the right answer, so the item says nothing about them any more.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    gold = models.ForeignKey(GoldItem, on_delete=models.CASCADE, related_name="grades")
    annotation = models.OneToOneField(
        "annotate.Annotation", on_delete=models.CASCADE, related_name="gold_grade"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    score = models.FloatField()
    correct = models.BooleanField()
    fields = models.JSONField(default=dict)
    is_burnt = models.BooleanField(default=False)
    graded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["project", "user", "graded_at"], name="gold_grade_by_person")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on gold {self.gold_id}: {self.score}"
