"""Which gold items tell people apart, and which may be wrong themselves."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from projects.models import Project
from quality.models import GoldItem
from quality.reports.accuracy import Estimate, share
from quality.reports.items import Item, items

MISSED = (
    "Share of graded answers that were wrong. Wilson interval, 95 %. Above a half, the gold may be wrong."
)
SUSPICIOUS = 0.5
MOST = 200


@dataclass(frozen=True)
class GoldRow:
    """A gold item, how often it was graded, and the share that missed it."""

    gold: GoldItem
    item: Item
    graded: int
    missed: Estimate

    @property
    def is_suspicious(self) -> bool:
        """Whether the gold itself may be wrong."""
        return above_a_half(self.missed)


def above_a_half(missed: Estimate) -> bool:
    """Whether most people miss it, as far as the numbers can say."""
    return missed.low is not None and missed.low > SUSPICIOUS


def missed_share(wrong: int, graded: int) -> Estimate:
    """The share of graded answers that missed a gold item."""
    return share("Missed", wrong, graded, MISSED)


def gold_health(project: Project, *, retired: bool = False) -> list[GoldRow]:
    """The gold of a project, most missed first; retired gold where asked for."""
    most_missed = GoldItem.objects.filter(project=project, retired_at__isnull=not retired)
    ids = most_missed.order_by("-missed", "-pk").values("pk")[:MOST]
    rows = list(  # the items of these alone, not of all that were sorted
        GoldItem.objects.filter(pk__in=ids)
        .select_related("task", "created_by")
        .defer("task__search")
        .order_by("-missed", "-pk")
    )
    shown = items(project, [row.task for row in rows])
    return [
        GoldRow(row, item, row.graded, missed_share(row.missed, row.graded))
        for row, item in zip(rows, shown, strict=True)
    ]


def gold_totals(project: Project) -> dict[str, int]:
    """How much gold there is, and how many answers were graded."""
    totals = GoldItem.objects.filter(project=project).aggregate(
        items=Count("pk", filter=Q(retired_at__isnull=True)), graded=Sum("graded"), missed=Sum("missed")
    )
    graded, missed = totals["graded"] or 0, totals["missed"] or 0
    return {"items": totals["items"], "graded": graded, "right": graded - missed}
