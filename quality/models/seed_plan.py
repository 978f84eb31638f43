"""How many errors a manager has seeded, and how many one person may meet."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

MOST_SHARE = 0.5
MOST_REVIEW_SHARE = 0.2
MOST_A_DAY = 100


class SeedPlan(models.Model):
    """``prelabel_share``: of the pre-labels on gold; ``review_share``: of what a reviewer is given. 0 is off.

    ``most_a_day``: seeded errors that one person meets in 24 hours at most.
    """

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="+")
    prelabel_share = models.FloatField(default=0.0)
    review_share = models.FloatField(default=0.0)
    most_a_day = models.PositiveSmallIntegerField(default=10)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(prelabel_share__gte=0, prelabel_share__lte=MOST_SHARE),
                name="seed_plan_prelabel_share",
            ),
            models.CheckConstraint(
                condition=Q(review_share__gte=0, review_share__lte=MOST_REVIEW_SHARE),
                name="seed_plan_review_share",
            ),
        ]

    def __str__(self) -> str:
        return f"seeded errors of project {self.project_id}"
