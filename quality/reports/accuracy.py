"""How right the labels are by now: the best estimate there is, and how it was come by."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from annotate.models import Review, ReviewReason, Verdict
from projects.models import Project, TaskState, TaskSummary
from projects.queries import Measured
from stats.intervals.wilson import wilson

LEAST_REVIEWED = 20

BY_REVIEW = (
    "Share of answers that a reviewer accepted, of those that chance put there. Wilson interval, 95 %. "
    "It speaks of single answers; consensus of several is usually better."
)
BY_MODEL = (
    "Mean probability that the inference gives to the labels it chose. It trusts its own model of the crowd: "
    "review a random share to measure it instead. Wilson interval, 95 %."
)


@dataclass(frozen=True)
class Estimate:
    """A share in [0, 1] with its 95 % interval over ``n``; None while nothing can be said."""

    title: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str


def estimated_accuracy(project: Project) -> list[Estimate]:
    """The measured share first, if there is one, then what the inference expects."""
    found = [by_review(project), by_model(project)]
    return sorted(found, key=lambda estimate: estimate.n < LEAST_REVIEWED)


def by_review(project: Project) -> Estimate:
    """From the random share of reviews."""
    [(_, n, right)] = _reviewed([project]) or [(project.pk, 0, 0)]
    return share("Accepted at random review", right, n, BY_REVIEW)


def measured(projects: Iterable[Project]) -> dict[int, Measured]:
    """The same of many projects in one query; those without such reviews are absent."""
    found = {}
    for project, n, right in _reviewed(projects):
        interval = wilson(right, n)
        found[project] = Measured(right / n, interval.low, interval.high, n)
    return found


def _reviewed(projects: Iterable[Project]) -> list[tuple[int, int, int]]:
    """Project, random reviews that stand, and how many of them accepted."""
    rows = Review.objects.filter(
        project__in=[project.pk for project in projects], reason=ReviewReason.RANDOM, undone_at__isnull=True
    )
    accepted = Count("pk", filter=Q(verdict=Verdict.ACCEPT))
    return list(rows.order_by().values_list("project_id").annotate(n=Count("pk"), right=accepted))


def by_model(project: Project) -> Estimate:
    """From the posterior probabilities of the tasks that have a consensus."""
    rows = TaskSummary.objects.filter(project=project, source="consensus", probability__isnull=False)
    counts = rows.exclude(state=TaskState.ARCHIVED).aggregate(n=Count("pk"), right=Sum("probability"))
    return share("Expected by the inference", counts["right"] or 0.0, counts["n"], BY_MODEL)


def share(title: str, right: float, n: int, method: str) -> Estimate:
    """``right`` of ``n`` with a Wilson interval; undefined for none."""
    if not n:
        return Estimate(title, None, None, None, 0, method)
    interval = wilson(min(right, n), n)
    return Estimate(title, right / n, interval.low, interval.high, n, method)
