"""Who caught the errors that were seeded, with intervals: on the managers' page only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.replica import reading
from annotate.models import SeededAnswer, Verdict
from annotate.pages.my_answers import summary
from formats.strictjson import stored
from labeltypes.base import Field, JsonObject
from projects.models import Project
from quality.services.fields import Asked, asked_fields
from quality.services.grading import grade_value
from stats.intervals.interval import Interval
from stats.intervals.wilson import wilson

MOST_ITEMS = 200
MOST_REVIEWS = 10_000  # the newest, of all reviewers
CAUGHT, KEPT, CHANGED = "caught", "left as shown", "changed, still wrong"
PRELABEL, REVIEW = "pre-label", "review"

# What a person answered to gold that was shown to them with an error, and how the gold grades it.
_MET = """
FROM annotate_seededprelabel s
JOIN annotate_annotation a ON a.project_id = s.project_id AND a.task_id = s.task_id AND a.user_id = s.user_id
    AND NOT a.is_fix AND a.discarded_at IS NULL
JOIN annotate_assignment l ON l.id = a.assignment_id AND l.created_at >= s.valid_from
    AND (s.ended_at IS NULL OR l.created_at < s.ended_at)
JOIN quality_goldgrade g ON g.annotation_id = a.id
JOIN quality_golditem i ON i.id = g.gold_id AND i.voided_at IS NULL
WHERE s.project_id = %(project)s
"""
_CAUGHT = "(g.fields -> s.field ->> 'passed') = 'true'"
_KEPT = "(a.value -> s.field) = (s.value -> s.field)"
PEOPLE = f"""
SELECT s.user_id, count(*), count(*) FILTER (WHERE {_CAUGHT}),
       count(*) FILTER (WHERE {_KEPT} AND {_CAUGHT} IS NOT TRUE)
{_MET} GROUP BY s.user_id
"""
ITEMS = f"""
SELECT s.task_id, s.field, s.value::text, a.value::text, i.answers::text, a.created_at, {_CAUGHT}, {_KEPT}
{_MET} AND s.user_id = %(user)s ORDER BY a.created_at DESC, a.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True)
class Catches:
    """Of ``met`` seeded errors a person ``caught`` so many; ``kept``: left exactly as they were shown.

    The rest was changed into something that is wrong too.
    """

    user: User
    met: int
    caught: int
    kept: int

    @property
    def rate(self) -> float:
        """Share caught, in [0, 1]."""
        return self.caught / self.met

    @property
    def changed(self) -> int:
        """Changed, but wrong still."""
        return self.met - self.caught - self.kept

    @property
    def interval(self) -> Interval:
        """Wilson, 95 %."""
        return wilson(self.caught, self.met)


@dataclass(frozen=True)
class Met:
    """One seeded error that somebody met: what was shown, what they answered, what is right; as text."""

    task_id: int
    field: str
    title: str
    shown: str
    answered: str
    right: str
    at: datetime
    outcome: str
    where: str = PRELABEL


def catches(project: Project) -> list[Catches]:
    """Everybody who met a seeded pre-label, whose upper bound is lowest first."""
    with reading().cursor() as cursor:
        cursor.execute(PEOPLE, {"project": project.pk})
        rows = cursor.fetchall()
    return _sorted({user: (met, caught, kept) for user, met, caught, kept in rows})


def review_catches(project: Project) -> list[Catches]:
    """Every reviewer who judged a seeded error; caught: sent back, or mended so that it is right."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for seed, outcome in _judged(project):
        row = counts[seed.reviewer_id]
        row[0] += 1
        row[1] += outcome == CAUGHT
        row[2] += outcome == KEPT
    return _sorted({user: (met, caught, kept) for user, (met, caught, kept) in counts.items()})


def met_in_review(project: Project, user: User) -> list[Met]:
    """A reviewer's newest seeded errors."""
    fields = {asked.name: asked for asked in asked_fields(project)}
    found = []
    for seed, outcome in _judged(project, user)[:MOST_ITEMS]:
        if seed.field not in fields or seed.judged_at is None:
            continue
        field = fields[seed.field].field
        truth = _text(seed.task.gold_item.answers[0], field)
        told = _beside(_text(seed.value, field), truth)
        said = {"accept": "accepted", "reject": f"sent back: {seed.code}"}.get(seed.verdict)
        fixed = truth if outcome == CAUGHT else _beside(_text(seed.fix or {}, field), truth)
        found.append(
            Met(
                seed.task_id,
                seed.field,
                field.title,
                told,
                said or fixed,
                truth,
                seed.judged_at,
                outcome,
                REVIEW,
            )
        )
    return found


def _judged(project: Project, user: User | None = None) -> list[tuple[SeededAnswer, str]]:
    """Seeded errors of gold that still stands, with the verdict that stands on them, newest first."""
    rows = SeededAnswer.objects.filter(
        project=project, judged_at__isnull=False, task__gold_item__voided_at__isnull=True
    )
    rows = rows.filter(task__gold_item__isnull=False)
    rows = rows.filter(reviewer=user) if user else rows
    fields = asked_fields(project)
    newest = rows.select_related("task__gold_item").defer("task__data", "task__search")
    return [(seed, _outcome(seed, fields)) for seed in newest.order_by("-judged_at", "-pk")[:MOST_REVIEWS]]


def _outcome(seed: SeededAnswer, fields: Sequence[Asked]) -> str:
    if seed.verdict == Verdict.REJECT:
        return CAUGHT
    if seed.verdict == Verdict.ACCEPT or seed.fix is None:
        return KEPT
    gold = seed.task.gold_item
    told = grade_value(seed.fix, gold.answers, gold.tolerance, fields).fields.get(seed.field)
    if told is None or told["passed"]:
        return CAUGHT
    return KEPT if seed.fix.get(seed.field) == seed.value.get(seed.field) else CHANGED


def _sorted(counts: Mapping[int, tuple[int, int, int]]) -> list[Catches]:
    users = User.objects.in_bulk(list(counts))
    found = [Catches(users[user], *row) for user, row in counts.items()]
    return sorted(
        found, key=lambda each: (each.interval.high, each.user.display_name.casefold(), each.user.pk)
    )


def met_by(project: Project, user: User) -> list[Met]:
    """A person's newest seeded errors, for whoever wants to look at them before judging."""
    fields = {asked.name: asked for asked in asked_fields(project)}
    with reading().cursor() as cursor:
        cursor.execute(ITEMS, {"project": project.pk, "user": user.pk, "most": MOST_ITEMS})
        rows = cursor.fetchall()
    found = []
    for task_id, name, shown, answered, right, at, caught, kept in rows:
        if name not in fields:
            continue
        field = fields[name].field
        known: Any = stored(right)
        truth = _text(known[0], field)
        said, told = (_beside(_text(stored(raw), field), truth) for raw in (answered, shown))
        if caught:
            said = truth
        outcome = CAUGHT if caught else KEPT if kept else CHANGED
        found.append(Met(task_id, name, field.title, told, said, truth, at, outcome))
    return found


def _beside(text: str, truth: str) -> str:
    """Regions are counted in a few words: what differs in place only would read like what is right."""
    return f"{text}, in another place" if text == truth else text


def _text(value: Any, field: Field) -> str:
    answer: JsonObject = value
    return summary(answer[field.name], field) if field.name in answer else "no answer"
