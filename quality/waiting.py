"""What quality tells the floors below that somebody should look at: gold that may be wrong itself."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import Count, F, Q

from accounts.models import User
from projects.access import Capability
from projects.attention import Source, register_attention
from quality.models import GoldGrade
from quality.reports.gold_health import above_a_half, missed_share

LIVING = Q(gold__retired_at__isnull=True, annotation__discarded_at__isnull=True)


def register() -> None:
    """Called once at start-up."""
    register_attention(
        Source(
            failing_gold,
            "gold items that most people miss",
            ("failing gold", "failing gold"),
            "gold",
            Capability.MAKE_GOLD,
            "warn",
        )
    )


def failing_gold(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """Gold that more than half of all people miss, as far as the numbers can say."""
    rows = (
        GoldGrade.objects.filter(LIVING, project__in=projects)
        .values_list("project_id", "gold_id")
        .annotate(graded=Count("pk"), wrong=Count("pk", filter=Q(correct=False)))
        .filter(wrong__gt=F("graded") / 2)
        .order_by()
    )
    return Counter(project for project, _, graded, wrong in rows if above_a_half(missed_share(wrong, graded)))
