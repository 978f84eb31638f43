"""What an audit proves: the estimate with its interval, the decision, each stratum, each wrong label."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, Sum

from annotate.pages.previews import class_titles
from labeltypes.base import Json
from projects.models import Project
from quality.models import AuditItem, AuditSample, AuditState
from quality.services.audit_drawing import MOST_SIZE
from quality.services.audits import judged_fields
from quality.services.fields import Asked, asked_fields
from stats.audit.design import MOST_LOOKS, Decision, decide, decision_confidence, more_needed
from stats.audit.stratified import StratifiedShare, stratified_share
from stats.intervals.hypergeometric import hypergeometric
from stats.intervals.interval import Interval

MOST_SAMPLES = 30


@dataclass(frozen=True)
class Stratum:
    """A stratum: ``right`` of ``judged``, and the exact interval; None before anything was judged."""

    name: str
    title: str
    population: int
    drawn: int
    judged: int
    right: int
    is_done: bool

    @cached_property
    def interval(self) -> Interval | None:
        """Of this stratum alone. Computed where it is shown: a list of audits does not need it."""
        if not (self.is_done and self.judged):
            return None
        return hypergeometric(self.right, self.judged, self.population)

    @property
    def value(self) -> float | None:
        return self.right / self.judged if self.judged else None


@dataclass(frozen=True)
class AuditReport:
    """``found`` (at 95 %), ``strict`` (what the rule reads) and ``decision`` exist once all was judged."""

    sample: AuditSample
    population: int
    drawn: int
    judged: int
    unclear: int
    seconds: float
    strata: tuple[Stratum, ...]
    found: StratifiedShare | None
    strict: StratifiedShare | None
    decision: Decision | None
    more: int

    @property
    def confidence(self) -> float:
        """At which the rule reads the bounds."""
        return decision_confidence(self.sample.look)

    @property
    def confidence_percent(self) -> str:
        """The same, for people."""
        return f"{100 * self.confidence:g}"

    @property
    def suggested(self) -> int:
        """How many to draw more, as a start for the form."""
        return min(self.more or self.drawn, self.population - self.drawn, MOST_SIZE)

    @property
    def right(self) -> int:
        return sum(stratum.right for stratum in self.strata)

    @property
    def can_extend(self) -> bool:
        done = self.sample.state == AuditState.DONE and self.sample.look < MOST_LOOKS
        return done and self.drawn < self.population


def audit_report(sample: AuditSample) -> AuditReport:
    """One query over the items of the sample. How many are right is told only once all are judged:
    whoever looks early and stops when it pleases them gets an estimate that is too good."""
    return _report(sample, _counts([sample]))


def _counts(samples: Sequence[AuditSample]) -> dict[tuple[int, int], dict[str, Any]]:
    rows = (
        AuditItem.objects.filter(sample__in=samples)
        .values("sample", "stratum")
        .annotate(
            judged=Count("pk", filter=Q(judged_at__isnull=False)),
            right=Count("pk", filter=Q(is_right=True)),
            unclear=Count("pk", filter=Q(is_unclear=True)),
            seconds=Sum("seconds"),
        )
        .order_by("sample", "stratum")
    )
    return {(row["sample"], row["stratum"]): dict(row) for row in rows}


def _report(sample: AuditSample, every: dict[tuple[int, int], dict[str, Any]]) -> AuditReport:
    counts = {stratum: row for (pk, stratum), row in every.items() if pk == sample.pk}
    is_done = sample.state == AuditState.DONE
    fields = asked_fields(sample.project) if sample.by == "class" else ()
    titles = class_titles(asked.field for asked in fields if asked.name == sample.field)
    strata = tuple(
        _stratum(each, titles, counts.get(number, {}), is_done) for number, each in enumerate(sample.strata)
    )
    found = _share(strata, 0.95) if is_done else None
    strict = _share(strata, decision_confidence(sample.look)) if is_done else None
    population, drawn = (sum(getattr(each, name) for each in strata) for name in ("population", "drawn"))
    more = 0
    if strict is not None and decide(strict, sample.target) == "more":
        more = more_needed(strict, sample.target, drawn=drawn, population=population, look=sample.look)
    return AuditReport(
        sample=sample,
        population=population,
        drawn=drawn,
        judged=sum(row["judged"] for row in counts.values()),
        unclear=sum(row["unclear"] for row in counts.values()),
        seconds=sum(row["seconds"] or 0.0 for row in counts.values()),
        strata=strata,
        found=found,
        strict=strict,
        decision=decide(strict, sample.target) if strict else None,
        more=more,
    )


def _stratum(each: dict[str, Any], titles: Mapping[str, str], row: dict[str, Any], is_done: bool) -> Stratum:
    judged = row.get("judged", 0)
    right = row.get("right", 0) if is_done else 0
    return Stratum(
        each["name"],
        titles.get(each["name"], each["name"]),
        each["population"],
        each["drawn"],
        judged,
        right,
        is_done,
    )


def _share(strata: Sequence[Stratum], confidence: float) -> StratifiedShare | None:
    columns = [[getattr(each, name) for each in strata] for name in ("right", "judged", "population")]
    return stratified_share(columns[0], columns[1], columns[2], confidence=confidence)


def audits_of(project: Project) -> list[AuditReport]:
    """The newest samples, newest first; one query for all of their items."""
    rows = AuditSample.objects.filter(project=project).select_related("created_by", "job", "project")
    samples = list(rows.order_by("-number")[:MOST_SAMPLES])
    counts = _counts(samples)
    return [_report(sample, counts) for sample in samples]


def latest_proof(project: Project) -> AuditReport | None:
    """The newest audit that was judged in full."""
    rows = AuditSample.objects.filter(project=project, state=AuditState.DONE).select_related("project")
    sample = rows.order_by("-number").first()
    return audit_report(sample) if sample else None


@dataclass(frozen=True)
class Judged:
    """A judged item in words: the label, and what the auditor said."""

    item: AuditItem
    stratum: str
    label: str
    said: str


def in_words(sample: AuditSample, items: Iterable[AuditItem]) -> list[Judged]:
    """The label and the judgement of these items as text, of the fields that the sample is about."""
    fields = judged_fields(sample)
    return [
        Judged(
            item,
            sample.strata[item.stratum]["name"],
            words_of(fields, item.value),
            "cannot tell" if item.is_unclear else words_of(fields, item.judgement),
        )
        for item in items
    ]


def words_of(fields: Sequence[Asked], value: Json) -> str:
    """An answer in one line: titles of classes where it has any, else the JSON of the field."""
    if not isinstance(value, dict):
        return ""
    parts = []
    for asked in fields:
        if asked.name in value:
            words = _field_words(asked, value[asked.name])
            parts.append(words if len(fields) == 1 else f"{asked.field.title}: {words}")
    return "; ".join(parts)


def _field_words(asked: Asked, value: Json) -> str:
    if asked.is_judged_by_votes:
        titles = asked.field.titles("options")
        names = [titles.get(name, name) for name in asked.said(value)]
        return asked.label_type.joined(names) or _plain(value)
    return _plain(value)


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
