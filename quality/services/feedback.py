"""What an annotator may learn of their own accuracy, and when."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Q
from django.db.models.functions import Now

from projects.models import Feedback, Project
from quality.models import GoldGrade
from stats.intervals.interval import Interval
from stats.intervals.wilson import wilson

LEAST_GRADED = 20
LEAST_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class OwnAccuracy:
    """Right answers of ``graded`` with a 95 % interval, or ``None`` with the reason in words."""

    accuracy: float | None
    interval: Interval | None
    graded: int
    reason: str = ""


def own_accuracy(project: Project, user_id: int) -> OwnAccuracy:
    """A person's own accuracy on gold, as far as the project's policy lets them see it.

    ``aggregated``: in steps of twenty graded answers, and only over those that are at least an hour old,
    so that nobody can test a single answer by watching the figure move.
    """
    if project.feedback == Feedback.NEVER:
        return OwnAccuracy(None, None, 0, "This project does not show accuracy.")
    grades = GoldGrade.objects.filter(project=project, user_id=user_id, gold__voided_at__isnull=True)
    if project.feedback == Feedback.AGGREGATED:
        old = grades.filter(graded_at__lte=Now() - LEAST_AGE).order_by("graded_at", "pk")
        count = old.count() // LEAST_GRADED * LEAST_GRADED
        if count == 0:
            return OwnAccuracy(
                None, None, 0, f"Shown after {LEAST_GRADED} graded answers, an hour later at the earliest."
            )
        grades = GoldGrade.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:count]))
    totals = grades.aggregate(n=Count("pk"), right=Count("pk", filter=Q(correct=True)), at=Max("graded_at"))
    if not totals["n"]:
        return OwnAccuracy(None, None, 0, "Nothing was graded yet.")
    return OwnAccuracy(totals["right"] / totals["n"], wilson(totals["right"], totals["n"]), totals["n"])
