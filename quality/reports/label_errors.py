"""Flagged labels in words, how precise the flags are, and the list in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from projects.models import Job, JobState, Project
from quality.models import FlagState, LabelFlag
from quality.reports.items import Item, items
from quality.services.fields import Asked, asked_fields
from quality.services.label_errors import JOB
from stats.intervals.interval import Interval
from stats.intervals.wilson import wilson

PAGE_SIZE = 50
SOURCES = {"model": "a model", "crowd": "the crowd", "both": "both"}


@dataclass(frozen=True)
class Precision:
    """Of ``judged`` flags of a source ``errors`` were errors; None before the first."""

    source: str
    flagged: int
    judged: int
    errors: int

    @property
    def title(self) -> str:
        return SOURCES[self.source]

    @property
    def value(self) -> float | None:
        return self.errors / self.judged if self.judged else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.errors, self.judged) if self.judged else None


@dataclass(frozen=True)
class Flagged:
    """A flag with its item and its reason in words."""

    flag: LabelFlag
    label: str
    suggested: str
    why: str
    item: Item


def precisions(project: Project) -> list[Precision]:
    """Flags of each source, how many were judged, how many were errors. Skipped ones say nothing."""
    rows = (
        LabelFlag.objects.filter(project=project)
        .values("source")
        .annotate(
            flagged=Count("pk"),
            judged=Count("pk", filter=Q(state__in=[FlagState.ERROR, FlagState.RIGHT])),
            errors=Count("pk", filter=Q(state=FlagState.ERROR)),
        )
        .order_by("source")
    )
    return [Precision(row["source"], row["flagged"], row["judged"], row["errors"]) for row in rows]


def flags_after(
    project: Project, state: str, after: tuple[float, int] | None
) -> tuple[list[LabelFlag], bool]:
    """A page of flags, the likeliest errors first, behind (score, id); and whether there are more."""
    rows = LabelFlag.objects.filter(project=project, state=state).select_related("task")
    if after is not None:
        score, pk = after
        rows = rows.filter(Q(score__gt=score) | Q(score=score, pk__gt=pk))
    found = list(rows.order_by("score", "pk")[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def in_words(project: Project, flags: Sequence[LabelFlag]) -> list[Flagged]:
    """These flags with their items and reasons; as many queries for many as for one."""
    fields = {asked.name: asked for asked in asked_fields(project)}
    shown = items(project, [flag.task for flag in flags], {})
    found = []
    for flag, item in zip(flags, shown, strict=True):
        titles = _titles(fields.get(flag.field))
        label, suggested = (titles.get(name, name) for name in (flag.label, flag.suggested))
        found.append(Flagged(flag, label, suggested, why(flag, titles), item))
    return found


def _titles(asked: Asked | None) -> dict[str, str]:
    options = asked.field.items("options") if asked else []
    return {str(item["name"]): str(item.get("title") or item["name"]) for item in options}


def why(flag: LabelFlag, titles: dict[str, str]) -> str:
    """One sentence of what speaks against the label."""
    evidence, parts = flag.evidence, []
    label, suggested = (titles.get(name, name) for name in (flag.label, flag.suggested))
    votes = evidence.get("votes") or {}
    total = sum(votes.values())
    if total:
        people = "person" if total == 1 else "people"
        parts.append(f"{votes.get(flag.label, 0)} of {total} {people} said “{label}”")
        if total > 1 and votes.get(flag.suggested):
            parts[-1] += f", {votes[flag.suggested]} “{suggested}”"
    if crowd := evidence.get("crowd"):
        parts.append(
            f"weighed by what is known of them “{label}” has {crowd[0]:.2f}, “{suggested}” {crowd[1]:.2f}"
        )
    if model := evidence.get("model"):
        parts.append(
            f"a model that never saw this item gives “{suggested}” {model[1]:.2f}, “{label}” {model[0]:.2f}"
        )
    if mixed := evidence.get("mixes_up"):
        parts.append(
            f"“{label}” was said by somebody who gets “{suggested}” right in "
            f"{mixed[0]:.2f} of cases ({mixed[1]:.2f} to {mixed[2]:.2f})"
        )
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "." if text else ""


def search_of(project: Project) -> dict[str, Any]:
    """The last search: whether it is at work, when it ended, what it looked at."""
    job = Job.objects.filter(project=project, kind=JOB).order_by("-pk").first()
    running = job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
    return {"job": job, "running": running, "failed": job is not None and job.state == JobState.FAILED}
