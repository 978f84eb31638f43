"""What quality tells the floors below that somebody should look at: gold that may be wrong itself."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import F

from accounts.models import User
from projects.access import Capability
from projects.attention import Source, register_attention
from quality.models import GoldItem
from quality.reports.gold_health import above_a_half, missed_share


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
    rows = GoldItem.objects.filter(
        project__in=projects, retired_at__isnull=True, missed__gt=F("graded") / 2
    ).values_list("project_id", "graded", "missed")
    return Counter(project for project, graded, missed in rows if above_a_half(missed_share(missed, graded)))
