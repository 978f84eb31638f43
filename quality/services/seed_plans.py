"""Seeded errors on or off, and how many: what a manager sets."""

from datetime import timedelta
from math import isfinite

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from accounts.audit import record
from accounts.errors import DomainError, FieldError
from accounts.models import User
from annotate.models import Assignment, SeededPrelabel
from annotate.services.seeded_answers import withdraw_seeded
from projects.models import Project
from quality.models import SeedPlan
from quality.models.seed_plan import MOST_A_DAY, MOST_REVIEW_SHARE, MOST_SHARE

# From writing a row to leases that show it: longer than any transaction that draws, so that what somebody
# has in front of them never changes.
SOON = timedelta(seconds=60)


def plan_of(project: Project) -> SeedPlan:
    """The plan in force; one that seeds nothing where nobody made one."""
    return SeedPlan.objects.filter(project=project).first() or SeedPlan(project=project)


@transaction.atomic
def set_plan(
    *, project: Project, by: User, prelabel_share: float, most_a_day: int, review_share: float = 0.0
) -> SeedPlan:
    """Change how many errors are seeded; what waits for people under the old plan is withdrawn.

    Raises DomainError for shares or a number outside of their limits.
    """
    problems = []
    if not isfinite(prelabel_share) or not 0 <= prelabel_share <= MOST_SHARE:
        problems.append(FieldError("prelabel_share", f"from 0 to {MOST_SHARE:g}"))
    if not isfinite(review_share) or not 0 <= review_share <= MOST_REVIEW_SHARE:
        problems.append(FieldError("review_share", f"from 0 to {MOST_REVIEW_SHARE:g}"))
    if not 1 <= most_a_day <= MOST_A_DAY:
        problems.append(FieldError("most_a_day", f"from 1 to {MOST_A_DAY}"))
    if problems:
        raise DomainError("This plan cannot be.", fields=problems)
    plan, _ = SeedPlan.objects.update_or_create(
        project=project,
        defaults={
            "prelabel_share": prelabel_share,
            "review_share": review_share,
            "most_a_day": most_a_day,
            "changed_by": by,
        },
    )
    Project.objects.filter(pk=project.pk).update(seeds_reviews=review_share > 0)
    project.seeds_reviews = review_share > 0
    met = Assignment.objects.filter(task=OuterRef("task"), user=OuterRef("user"))
    waiting = SeededPrelabel.objects.filter(project=project, ended_at__isnull=True)
    waiting.exclude(Exists(met)).update(ended_at=Now() + SOON)
    withdraw_seeded(project.pk)
    record(
        organization=project.organization_id,
        actor=by,
        verb="seeded_errors.changed",
        subject=f"{prelabel_share:.0%} of pre-labels on gold, {review_share:.0%} of reviews",
        project_id=project.pk,
        prelabel_share=prelabel_share,
        review_share=review_share,
        most_a_day=most_a_day,
    )
    return plan
