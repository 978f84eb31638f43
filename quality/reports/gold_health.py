"""Which gold items tell people apart, and which may be wrong themselves."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from projects.models import Project
from quality.models import GoldItem
from quality.reports.accuracy import Estimate, share
from quality.reports.items import Item, items

MISSED = (
    "Share of graded answers that were wrong. Wilson interval, 95 %. Above a half, the gold may be wrong."
)
TELLS = (
    "Correlation, over people, between passing this item and being right on the other gold, with a 95 % "
    "interval (Fisher). Below zero: those who are good elsewhere miss it. As of the last full run."
)
SUSPICIOUS = 0.5
OFTEN_CONTESTED = 2
MOST_PROPOSED = 50
MOST = 200


@dataclass(frozen=True)
class GoldRow:
    """A gold item, how often it was graded, and the share that missed it."""

    gold: GoldItem
    item: Item
    graded: int
    missed: Estimate
    tells: Estimate
    reasons: tuple[str, ...] = ()

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
    found = GoldItem.objects.filter(pk__in=ids)  # the items of these alone, not of all that were sorted
    return _rows(project, found.order_by("-missed", "-pk"))


def proposed(project: Project) -> list[GoldRow]:
    """Gold that should perhaps go, with the reasons, the most contested first."""
    worn = Q(graded__gte=project.gold_exposures) if project.gold_exposures else Q(pk__in=[])
    in_use = GoldItem.objects.filter(project=project, retired_at__isnull=True)
    found = in_use.filter(worn | Q(contested__gte=OFTEN_CONTESTED) | Q(discrimination_high__lt=0))
    return _rows(project, found.order_by("-contested", "discrimination", "-pk")[:MOST_PROPOSED])


def _rows(project: Project, found: QuerySet[GoldItem]) -> list[GoldRow]:
    rows = list(found.select_related("task", "created_by").defer("task__search"))
    shown = items(project, [row.task for row in rows], {})
    return [
        GoldRow(
            row, item, row.graded, missed_share(row.missed, row.graded), _tells(row), _reasons(project, row)
        )
        for row, item in zip(rows, shown, strict=True)
    ]


def _tells(row: GoldItem) -> Estimate:
    value, low, high = row.discrimination, row.discrimination_low, row.discrimination_high
    return Estimate("Tells people apart", value, low, high, row.discrimination_people, TELLS)


def _reasons(project: Project, row: GoldItem) -> tuple[str, ...]:
    found = []
    if row.discrimination_high is not None and row.discrimination_high < 0:
        found.append("good people miss it")
    if row.contested >= OFTEN_CONTESTED:
        found.append(f"contested by {row.contested}")
    if project.gold_exposures and row.graded >= project.gold_exposures:
        found.append(f"answered {row.graded} times")
    return tuple(found)


def gold_totals(project: Project) -> dict[str, int]:
    """How much gold there is, and how many answers were graded."""
    totals = GoldItem.objects.filter(project=project).aggregate(
        items=Count("pk", filter=Q(retired_at__isnull=True)), graded=Sum("graded"), missed=Sum("missed")
    )
    graded, missed = totals["graded"] or 0, totals["missed"] or 0
    return {"items": totals["items"], "graded": graded, "right": graded - missed}
