"""How right the labels are by now: the best estimate there is, and how it was come by."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.replica import reading
from annotate.models import Verdict
from projects.models import Project
from projects.queries import Measured
from quality.services.figures import INFERENCE, stored_figure
from stats.intervals.wilson import wilson

LEAST_REVIEWED = 20
MOST_REVIEWS = 2_000
REVIEWED = """
SELECT p.id, count(*), count(*) FILTER (WHERE r.verdict = %(accept)s)
FROM unnest(%(projects)s::bigint[]) AS p(id) CROSS JOIN LATERAL (
    SELECT verdict FROM annotate_review
    WHERE project_id = p.id AND reason = 'random' AND undone_at IS NULL ORDER BY id DESC LIMIT %(most)s
) AS r GROUP BY p.id
"""

BY_REVIEW = (
    "Share of answers that a reviewer accepted, of those that chance put there (the newest 2,000). "
    "Wilson interval, 95 %. "
    "It speaks of single answers; consensus of several is usually better."
)
BY_MODEL = (
    "Mean probability that the inference gave to the labels it chose, as of the last full run. It trusts its "
    "own model of the crowd: review a random share to measure it instead. Wilson interval, 95 %."
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
    """Project, random reviews that stand (the newest of them), and how many of these accepted."""
    with reading().cursor() as cursor:
        ids = [project.pk for project in projects]
        cursor.execute(REVIEWED, {"projects": ids, "most": MOST_REVIEWS, "accept": Verdict.ACCEPT.value})
        return list(cursor.fetchall())


def by_model(project: Project) -> Estimate:
    """From the posterior probabilities that tasks had after the last full run."""
    counts = stored_figure(project, INFERENCE) or {"n": 0, "right": 0.0}
    return share("Expected by the inference", counts["right"], counts["n"], BY_MODEL)


def share(title: str, right: float, n: int, method: str) -> Estimate:
    """``right`` of ``n`` with a Wilson interval; undefined for none."""
    if not n:
        return Estimate(title, None, None, None, 0, method)
    interval = wilson(min(right, n), n)
    return Estimate(title, right / n, interval.low, interval.high, n, method)
