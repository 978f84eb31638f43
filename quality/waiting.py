"""What quality tells the floors below that somebody should look at: gold that may be wrong itself."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import Count, F

from accounts.models import User
from projects.access import Capability
from projects.attention import Source, register_attention
from quality.models import (
    AlarmState,
    ContestState,
    GoldAlarm,
    GoldContest,
    GoldItem,
    Reason,
    ReasonState,
    TriageClass,
    TriageState,
)
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
    register_attention(
        Source(
            open_contests,
            "contests of gold answers wait for a decision",
            ("contest", "contests"),
            "contests",
            Capability.MAKE_GOLD,
            "warn",
        )
    )
    register_attention(
        Source(
            open_alarms,
            "people whom the test on gold objects to wait for a decision",
            ("person to decide about", "people to decide about"),
            "people",
            Capability.MANAGE,
            "warn",
            "#alarms",
        )
    )
    register_attention(
        Source(
            broken_promises,
            "classes were taken from a model that is wrong too often",
            ("class taken from a model", "classes taken from a model"),
            "triage",
            Capability.MANAGE,
            "bad",
            "#run",
        )
    )
    register_attention(
        Source(
            open_reasons,
            "reasons to look at somebody's answers",
            ("reason to look", "reasons to look"),
            "reasons",
            Capability.MANAGE,
        )
    )


def broken_promises(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """Classes that were taken from a model because it is wrong too often, until that triage ends."""
    rows = TriageClass.objects.filter(
        run__project__in=projects, run__ended_at__isnull=True, state=TriageState.ALARM
    )
    counts = rows.order_by().values("run__project_id").annotate(n=Count("pk"))
    return dict(counts.values_list("run__project_id", "n"))


def failing_gold(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """Gold that more than half of all people miss, as far as the numbers can say."""
    rows = GoldItem.objects.filter(
        project__in=projects, retired_at__isnull=True, missed__gt=F("graded") / 2
    ).values_list("project_id", "graded", "missed")
    return Counter(project for project, graded, missed in rows if above_a_half(missed_share(missed, graded)))


def open_contests(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """Gold answers that somebody contests, and about which nobody has decided."""
    rows = GoldContest.objects.filter(project__in=projects, state=ContestState.OPEN)
    counts = rows.order_by().values("project_id").annotate(n=Count("pk"))
    return dict(counts.values_list("project_id", "n"))


def open_alarms(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """People about whom a manager has to decide."""
    rows = GoldAlarm.objects.filter(project__in=projects, state=AlarmState.OPEN).exclude(user=user)
    counts = rows.order_by().values("project_id").annotate(n=Count("pk"))
    return dict(counts.values_list("project_id", "n"))


def open_reasons(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """Reasons to look at somebody's answers that nobody has looked at, but for those about oneself."""
    rows = Reason.objects.filter(project__in=projects, state=ReasonState.OPEN)
    counts = rows.exclude(user=user).exclude(other=user).order_by().values("project_id")
    return dict(counts.annotate(n=Count("pk")).values_list("project_id", "n"))
