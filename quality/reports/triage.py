"""What thresholds would give at a target: per class, and in all."""

from dataclasses import dataclass
from typing import Any

from annotate.pages.previews import class_titles
from projects.models import Project
from quality.models import TriageMeasure
from quality.services.fields import asked_fields
from quality.services.triage_measure import points_of
from stats.triage.thresholds import Choice, Point, choose, least_target

CONFIDENCE = 0.95


@dataclass(frozen=True)
class ClassRow:
    """One class: what its curve gives, how many wait in all, and how many a model would answer.

    ``has_tier``: experts get critical classes, and not everybody.
    """

    code: str
    title: str
    choice: Choice
    points: list[Point]
    waiting: int
    is_critical: bool
    number: int
    bars: list[int]
    has_tier: bool = False

    def for_experts(self, below: float | None) -> int:
        """Waiting tasks that experts would get below this score, by its twentieths; None: no experts."""
        if below is None or self.is_critical:
            return self.waiting if below is not None else 0
        limit = min(below, self.choice.threshold) if self.accepted and self.choice.threshold else below
        return sum(self.bars[: int(limit * len(self.bars) + 1e-9)])

    @property
    def accepted(self) -> int:
        """Waiting tasks at or above the threshold."""
        return self.choice.point.waiting if self.choice.point and not self.is_critical else 0

    @property
    def percent(self) -> str:
        """The error among the checked answers at or above the threshold, in percent."""
        return _percent(self.choice.point.error or 0.0) if self.choice.point else ""

    @property
    def low(self) -> str:
        """The lower end of its interval."""
        return _percent(self.choice.point.interval(CONFIDENCE).low) if self.choice.point else ""

    @property
    def high(self) -> str:
        """The upper end."""
        return _percent(self.choice.point.interval(CONFIDENCE).high) if self.choice.point else ""

    @property
    def why(self) -> str:
        """Why no answer of this class is accepted, in words; empty where some are."""
        if self.is_critical:
            return "critical: by experts" if self.has_tier else "critical: always by people"
        if self.choice.reason in ("unchecked", "too_few"):
            words = f"{self.choice.checked:,} checked; at least {self.choice.needed:,} are needed"
            least = least_target(self.choice.checked, CONFIDENCE)
            return words if least >= 0.5 else f"{words} (these could show {100 * least:.1f} % at best)"
        return "no threshold is right often enough" if self.choice.reason else ""


@dataclass(frozen=True)
class Outlook:
    """What a target would give: per class, and in all of the ``waiting`` tasks."""

    measured: TriageMeasure
    rows: list[ClassRow]
    waiting: int
    expert_below: float | None = None

    @property
    def accepted(self) -> int:
        """Tasks at or above the threshold of their class."""
        return sum(row.accepted for row in self.rows)

    @property
    def share(self) -> float | None:
        """Of the waiting tasks; None where none wait."""
        return self.accepted / self.waiting if self.waiting else None

    @property
    def for_experts(self) -> int:
        """Waiting tasks of critical classes, and with scores below the limit, where experts are asked."""
        return sum(row.for_experts(self.expert_below) for row in self.rows)

    @property
    def by_people(self) -> int:
        """Waiting tasks that stay with everybody."""
        return self.waiting - self.accepted - self.for_experts

    @property
    def unscored(self) -> int:
        """Waiting tasks without a score."""
        return max(0, self.waiting - self.scored)

    @property
    def scored(self) -> int:
        """Waiting tasks with a score."""
        return sum(row.waiting for row in self.rows)


def measure_of(project: Project) -> TriageMeasure | None:
    """The last measurement, if its field is still what it was."""
    found = TriageMeasure.objects.filter(project=project, computed_at__isnull=False).first()
    names = {asked.name for asked in asked_fields(project)}
    return found if found is not None and found.field in names else None


def outlook(
    project: Project,
    measured: TriageMeasure,
    target: float,
    critical: frozenset[str] = frozenset(),
    expert_below: float | None = None,
) -> Outlook:
    """Per class of the field's ontology, most waiting first."""
    asked = next(each for each in asked_fields(project) if each.name == measured.field)
    titles = class_titles([asked.field])
    rows = []
    for number, code in enumerate(asked.codes):
        points = points_of(measured, code)
        rows.append(
            ClassRow(
                code=code,
                title=titles.get(code, code),
                choice=choose(points, target=target, confidence=CONFIDENCE),
                points=points,
                waiting=points[-1].waiting if points else 0,
                is_critical=code in critical,
                number=number,
                has_tier=expert_below is not None,
                bars=measured.data.get("classes", {}).get(code, {}).get("waiting", []),
            )
        )
    rows.sort(key=lambda row: (-row.waiting, row.title))
    return Outlook(measured, rows, measured.data.get("waiting", 0), expert_below)


def score_plot(asked_title: str, measured: TriageMeasure) -> dict[str, Any]:
    """How many waiting and checked answers have which score."""
    classes = measured.data.get("classes", {}).values()
    bars = len(next(iter(classes))["waiting"]) if classes else 0
    sums = {kind: [sum(each[kind][bar] for each in classes) for bar in range(bars)] for kind in SHOWN}
    return {
        "title": f"Scores of “{asked_title}”",
        "x": {"label": "Score, up to", "values": [round((bar + 1) / bars, 3) for bar in range(bars)]},
        "y": {"label": "Share of the answers, in %", "min": 0.0},
        "series": [{"label": words, "values": _percents(sums[kind])} for kind, words in SHOWN.items()],
    }


SHOWN = {"waiting": "Nobody has begun", "checked": "Checked by people or gold"}


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"


def _percents(counts: list[int]) -> list[float]:
    total = sum(counts) or 1
    return [round(100 * count / total, 2) for count in counts]


def curve_plot(row: ClassRow, target: float) -> dict[str, Any]:
    """Error of what is accepted against its share, in percent, with the interval of each threshold."""
    points = [point for point in row.points if point.checked]
    intervals = [point.interval(CONFIDENCE) for point in points]
    return {
        "name": f"curve-{row.number}",
        "title": f"Error of what would be accepted as “{row.title}”",
        "x": {"label": "Accepted, in %", "values": [round(100 * point.share, 1) for point in points]},
        "y": {"label": "Error, in %", "min": 0.0},
        "series": [
            {
                "label": "Error among checked",
                "values": [round(100 * (point.error or 0.0), 2) for point in points],
                "lo": [round(100 * each.low, 2) for each in intervals],
                "hi": [round(100 * each.high, 2) for each in intervals],
            },
            {"label": "Target", "values": [100 * target for _ in points]},
        ],
    }
