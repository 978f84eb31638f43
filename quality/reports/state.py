"""The state of quality in ten seconds: how right the labels are, where they are weakest, what to do next.

Chosen from what the other reports find; nothing is computed here that a full run or an audit did not leave.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from annotate.pages.previews import class_titles
from projects.access import Capability
from projects.attention import attention
from projects.models import Project
from quality.models import FlagState, LabelFlag
from quality.reports.accuracy import Estimate, by_model, by_review
from quality.reports.agreement import is_finding
from quality.reports.audits import latest_proof
from quality.reports.difficulty import Advice, advice
from quality.reports.weakest import lowest_trust
from quality.services.agreement import CLASSES, SLICES
from quality.services.fields import Asked, asked_fields
from quality.services.figures import stored_figures
from stats.audit.design import LEAST

Rights = frozenset[Capability]

LEAST_REVIEWED = 20
MOST_WEAK = 5
MOST_STEPS = 6
MOST_WAITING = 3  # of these what waits for somebody, so that there is room for what would help
LEAST_ANSWERS = 20  # of a class, before it may be called weak

BY_AUDIT = (
    "Share of right labels in the newest audit that was judged in full: a random sample, judged without "
    "seeing the label. Each part of the project counts by its size. Wilson-type interval, 95 %."
)
SPECIFIC = (
    "If one person gives this class to a task, the probability that another one does too. 95 % bootstrap "
    "interval. The class with the lowest upper bound."
)
SLICE = (
    "Mean agreement on the tasks with this value, which is lower than on all others, the number of "
    "comparisons taken into account (Benjamini and Hochberg). 95 % interval."
)
PERSON = (
    "Accuracy by gold, or else by what the others say, with its 95 % credible interval. The person with the "
    "lowest upper bound: a reason to look, not a verdict."
)
GUIDELINE = (
    "Share of answers that say the second class where the others say the first, by most people: "
    "a sign that the guideline leaves it open. 95 % interval."
)


@dataclass(frozen=True)
class Headline:
    """How right the labels are, by the best evidence there is; ``basis``: audit, review, model or empty."""

    basis: str
    words: str
    estimate: Estimate
    url: str

    @property
    def percent(self) -> str:
        """As people write it; empty where nothing is known."""
        return "" if self.estimate.value is None else f"{self.estimate.value:.1%}".replace("%", " %")

    @property
    def range(self) -> str:
        """The interval in words."""
        if self.estimate.low is None or self.estimate.high is None:
            return ""
        return f"{self.estimate.low * 100:.1f} to {self.estimate.high * 100:.1f} %"


@dataclass(frozen=True)
class Weak:
    """A weak spot: ``kind`` is class, slice, person or guideline; ``value`` in [0, 1] with its interval.

    ``field`` is the title of the question, where there are several.

    Low is bad, except for ``guideline``, where ``value`` is the share that is mixed up.
    """

    kind: str
    title: str
    value: float
    low: float
    high: float
    n: int
    url: str
    method: str
    field: str = ""


@dataclass(frozen=True)
class Step:
    """Something to do, and where; the most pressing stand first."""

    words: str
    url: str
    count: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class State:
    headline: Headline
    weak: list[Weak]
    steps: list[Step]


def state_of(project: Project, *, user: User, rights: Rights, names: bool) -> State:
    """For somebody with these rights; people by name only if ``names``. A fixed number of queries."""
    fields = asked_fields(project)
    found = advice(project, names=names, most=1, pictured=False)
    headline = headline_of(project)
    weak = [*_classes(project, fields), *_slices(project, fields), *_guideline(found)]
    weak += _person(project) if names else []
    if len(fields) == 1:
        weak = [replace(spot, field="") for spot in weak]
    return State(headline, weak[:MOST_WEAK], _steps(project, headline, found, user, rights)[:MOST_STEPS])


def headline_of(project: Project) -> Headline:
    """An audit proves, random reviews measure, the model expects; the first of these that there is."""
    url = reverse("audits", kwargs={"project_id": project.pk})
    proof = latest_proof(project)
    if proof is not None and proof.found is not None:
        interval = proof.found.interval
        estimate = Estimate(
            "Right labels", proof.found.value, interval.low, interval.high, proof.judged, BY_AUDIT
        )
        where = reverse("audit", kwargs={"project_id": project.pk, "audit_id": proof.sample.pk})
        return Headline("audit", f"proven by audit {proof.sample.number}", estimate, where)
    review, model = by_review(project), by_model(project)
    if review.n >= LEAST_REVIEWED:
        return Headline("review", "measured by random review", review, url)
    if model.n:
        return Headline("model", "expected, not measured", model, url)
    return Headline("", "", model, url)


def _classes(project: Project, fields: Sequence[Asked]) -> list[Weak]:
    found = []
    stored = stored_figures(project, CLASSES)
    for asked in fields:
        titles = class_titles([asked.field])
        rows = [
            row
            for row in stored.get(asked.name, [])
            if row["specific"] is not None
            and row["specific_high"] is not None
            and row["answers"] >= LEAST_ANSWERS
        ]
        if rows:
            row = min(rows, key=lambda each: (each["specific_high"], each["name"]))
            name = titles.get(row["name"], row["name"])
            spot = _weak("class", name, row, "specific", row["answers"], _to(project, asked), SPECIFIC)
            found.append(replace(spot, field=asked.field.title))
    return _weakest(found)


def _slices(project: Project, fields: Sequence[Asked]) -> list[Weak]:
    found = []
    stored = stored_figures(project, SLICES)
    for asked in fields:
        rows = (stored.get(asked.name) or {}).get("slices", [])
        for row in rows:
            if row["kind"] == "meta" and is_finding(row) and row["difference"] < 0:
                title = f"{row['key']} = {row['name']}"
                spot = _weak("slice", title, row, "agreement", row["items"], _to(project, asked), SLICE)
                found.append(replace(spot, field=asked.field.title))
    return _weakest(found)


def _guideline(found: Iterable[Advice]) -> list[Weak]:
    pairs = [(pair, each.title) for each in found for pair in each.guideline]
    return [
        Weak(
            kind="guideline",
            title=f"“{pair.truth}” taken for “{pair.said}”",
            value=pair.rate,
            low=pair.low,
            high=pair.high,
            n=round(pair.trials),
            url=pair.url,
            method=GUIDELINE,
            field=title,
        )
        for pair, title in sorted(pairs, key=lambda each: -each[0].low)[:1]
    ]


def _person(project: Project) -> list[Weak]:
    found = lowest_trust(project)
    if found is None:
        return []
    row, membership = found
    url = reverse("person-figures", kwargs={"project_id": project.pk, "membership_id": membership})
    name = row.user.display_name
    return [Weak("person", name, row.accuracy, row.low, row.high, round(row.n), url, PERSON)]


def _weak(kind: str, title: str, row: dict[str, Any], part: str, n: int, url: str, method: str) -> Weak:
    return Weak(kind, title, row[part], row[f"{part}_low"], row[f"{part}_high"], n, url, method)


def _weakest(found: Sequence[Weak]) -> list[Weak]:
    return sorted(found, key=lambda each: (each.high, each.title))[:1]


def _to(project: Project, asked: Asked) -> str:
    address = reverse("agreement", kwargs={"project_id": project.pk})
    return f"{address}?{urlencode({'field': asked.name})}"


def _steps(
    project: Project, headline: Headline, found: Sequence[Advice], user: User, rights: Rights
) -> list[Step]:
    """What waits for somebody first; then what would make the labels, or what is known of them, better."""
    waiting = attention({project.pk: rights}, user).get(project.pk, [])
    steps = [
        Step(f"{each.source.text[:1].upper()}{each.source.text[1:]}", each.url, each.number, each.source.tone)
        for each in waiting
        if each.source.tone in ("bad", "warn")
    ][:MOST_WAITING]
    address = {name: reverse(name, kwargs={"project_id": project.pk}) for name in PAGES}
    flags = LabelFlag.objects.filter(project=project, state=FlagState.OPEN)[:COUNTED].count()
    if flags:
        steps.append(Step("Labels are probably wrong: look at them", address["label-errors"], _number(flags)))
    hard, unsure = (sum(getattr(each, kind) for each in found) for kind in ("hard_count", "unsure_count"))
    if hard:
        words = "Tasks on which careful people differ: decide, or drop them"
        steps.append(Step(words, address["difficulty"], _number(hard)))
    if unsure:
        words = "Tasks that are not sure yet: ask one more person"
        steps.append(Step(words, address["difficulty"], _number(unsure)))
    steps += [
        Step(f"Say in the guideline what tells “{pair.truth}” from “{pair.said}”{_on(found, each)}", pair.url)
        for each in found
        for pair in each.guideline[:1]
    ]
    if headline.basis == "model" and headline.estimate.n >= LEAST:
        steps.append(Step("Draw an audit: how right the labels are is expected, not measured", headline.url))
    if Capability.CONFIGURE in rights and project.ontology_id is None:
        steps.append(Step("Say what people are asked", address["ontology"]))
    elif Capability.CONFIGURE in rights and project.overlap == 1 and not project.dynamic_overlap:
        words = "Have each task answered by two people or more: nobody can disagree with one"
        steps.append(Step(words, address["project-settings"]))
    return steps


def _on(every: Sequence[Advice], one: Advice) -> str:
    """Of which question, where there are several."""
    return f" on “{one.title}”" if len(every) > 1 else ""


PAGES = ("label-errors", "difficulty", "ontology", "project-settings")
COUNTED = 10_001


def _number(count: int) -> str:
    return f"{count:,}" if count < COUNTED else f"{COUNTED - 1:,}+"
