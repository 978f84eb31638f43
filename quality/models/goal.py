"""A goal: so right, for so many answers. Its steps are the plans proposed for it, with the reasons."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Goal(models.Model):
    """``target`` in (0, 1): the share of right answers to ``field``.

    ``budget`` counts answers, gold and reviews. ``follows``: new plans are put in force by themselves.
    """

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="goal")
    field = models.CharField(max_length=100)
    target = models.FloatField()
    budget = models.PositiveIntegerField()
    follows = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.target:.1%} of {self.field} for {self.budget} answers"


class GoalStep(models.Model):
    """A plan as it was proposed: what it was expected to reach and cost, and the ``reasons`` for it.

    ``accuracy`` and ``cost`` hold mean, low and high; ``crowd`` what was taken to be so: ``measured``,
    ``people``, ``accuracy``, ``tasks``. ``spent`` answers had been given, ``beyond`` is the least cost of a
    plan above the budget that would do. ``pilot`` tasks should come first, 0: none.
    """

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="steps")
    job = models.OneToOneField("projects.Job", on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=12)
    least = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    until = models.FloatField()
    gold_share = models.FloatField()
    review_share = models.FloatField()
    accuracy = models.JSONField()
    cost = models.JSONField()
    beyond = models.FloatField(null=True, blank=True)
    target = models.FloatField()
    budget = models.PositiveIntegerField()
    spent = models.PositiveIntegerField()
    crowd = models.JSONField()
    pilot = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["goal", "-id"], name="goal_step_newest")]

    def __str__(self) -> str:
        return f"{self.least} to {self.most} for goal {self.goal_id}"
