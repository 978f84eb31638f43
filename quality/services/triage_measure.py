"""What a model's scores are worth: a job reads all of them, and those whose truth is known by now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from annotate.models import Pool, Prediction, QueueEntry
from projects.jobs import JobContext, job_handler, start_job
from projects.models import Job, JobState, Project
from quality.models import TriageClass, TriageMeasure, TriageRun
from quality.services.fields import Asked
from quality.services.gold_answers import gold_codes
from quality.services.rounds import learnable_fields
from stats.triage.thresholds import Point, risk_curve

JOB = "triage-measure"
BATCH = 10_000
BARS = 20
NEWEST = 10_000  # predictions among which models are looked for

# What people say of a task counts once all answers that it asked for are there: what differs and waits for a
# reviewer is told too, for leaving out the hard ones would make the model look better than it is. Tasks that
# only a policy chose are no fair sample.
READ = """
SELECT p.id, p.task_id, p.value ->> %(field)s, p.score,
       CASE WHEN s.state IN ('answered', 'review', 'done')
             AND s.source IN ('consensus', 'review', 'adjudication') THEN s.value ->> %(field)s END,
       s.answered_at, q.pool = 'work' AND q.is_open AND q.taken = 0 AND s.state = 'open',
       s.answers > 0 AND EXISTS (
           SELECT 1 FROM annotate_assignment a WHERE a.task_id = p.task_id AND a.drawn IN ('random', 'gold'))
FROM annotate_prediction p
JOIN projects_tasksummary s ON s.task_id = p.task_id
JOIN annotate_queueentry q ON q.task_id = p.task_id
WHERE p.project_id = %(project)s AND p.id > %(after)s AND p.model = %(model)s AND p.version = %(version)s
  AND p.score IS NOT NULL
ORDER BY p.id LIMIT %(most)s
"""


@dataclass
class Seen:
    """Of one class the scores of what waits, and scores and rightness of what was checked."""

    waiting: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class Limit:
    """Which answers are a fair sample once there was a triage: it chose who gets what.

    Those given before the first one (``until``). After an alarm of a class those given since, as all that the
    model had of it went back; but only of scores from ``least`` on, for lower ones came up all the time.
    """

    until: datetime | None = None
    since: datetime | None = None
    least: float = 0.0

    def lets(self, at: datetime | None) -> bool:
        """Whether an answer of this time counts."""
        if at is None:
            return self.until is None and self.since is None
        return (self.until is None or at < self.until) and (self.since is None or at > self.since)


@dataclass
class Found:
    """All classes, and how many answers were checked by whom or left out."""

    classes: dict[str, Seen]
    people: int = 0
    gold: int = 0
    chosen: int = 0
    later: int = 0


def scored_models(project: Project) -> list[tuple[str, str]]:
    """Models and versions with scores among the newest predictions, newest first."""
    rows = Prediction.objects.filter(project=project).order_by("-id")
    newest = rows.values_list("model", "version", "score")[:NEWEST]
    return list(dict.fromkeys((model, version) for model, version, score in newest if score is not None))


def triage_field(project: Project, name: str = "") -> Asked:
    """The field of this name, or the first with one answer out of a list; DomainError where there is none."""
    for asked in learnable_fields(project):
        if name in ("", asked.name):
            return asked
    message = "Triage is for questions with one answer out of a list; this is none, or there is none."
    raise DomainError(message, fields=[FieldError("field", "has not one answer out of a list")])


@transaction.atomic
def start_measure(
    *, project: Project, by: User | None, field: str = "", model: str = "", version: str = ""
) -> Job:
    """Queue a measurement of a model (the one with the newest scores unless it is named).

    Raises DomainError without a fitting field or scored predictions, Conflict while one is running.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    asked = triage_field(project, field)
    models = [each for each in scored_models(project) if model in ("", each[0]) and version in ("", each[1])]
    if not models:
        message = (
            "No predictions with scores. Send them by POST …/predictions/, each with a score from 0 to 1."
        )
        raise DomainError(message, fields=[FieldError("model", "has no predictions with scores")])
    running = Job.objects.filter(project=project, kind=JOB, state__in=[JobState.QUEUED, JobState.RUNNING])
    if running.exists():
        raise Conflict("A measurement is running.", code="running")
    params = {"field": asked.name, "model": models[0][0], "version": models[0][1]}
    return start_job(project=project, kind=JOB, by=by, params=params)


@job_handler(JOB)
def run_measure(context: JobContext) -> Mapping[str, Any]:
    """Measure anew, and replace what was measured before. A second delivery does the same."""
    project, params = context.project, context.params
    asked = triage_field(project, params["field"])
    found = _read(context, asked)
    begun = QueueEntry.objects.filter(project=project, pool=Pool.WORK, is_open=True, taken=0)
    data = {
        "classes": {code: _class(seen) for code, seen in found.classes.items()},
        "waiting": begun.count(),
        "people": found.people,
        "gold": found.gold,
        "chosen": found.chosen,
        "later": found.later,
    }
    TriageMeasure.objects.update_or_create(
        project=project,
        defaults={**params, "job": context.job, "data": data, "computed_at": timezone.now()},
    )
    return {"checked": found.people + found.gold}


def _read(context: JobContext, asked: Asked) -> Found:
    project = context.project
    found = Found({code: Seen() for code in asked.codes})
    gold = {task: code for unit in gold_codes(project, asked).values() for task, code in unit.items()}
    values = {**context.params, "project": project.pk, "most": BATCH}
    start, limits = limits_of(project, asked.name)
    after, done = 0, 0
    while rows := _rows({**values, "after": after}):
        for _, task, code, score, truth, at, waits, by_chance in rows:
            seen, limit = found.classes.get(code), limits.get(code, start)
            if seen is None or not limit.least <= score <= 1:
                continue
            if task in gold or truth is not None:
                fair = limit.lets(at) if task not in gold else limit.since is None
                right = code == gold.get(task, truth)
                _check(found, seen, score, right, is_gold=task in gold, by_chance=by_chance, fair=fair)
            elif waits:
                seen.waiting.append(score)
        after, done = rows[-1][0], done + len(rows)
        context.progress(done)
    return found


def limits_of(project: Project, field: str) -> tuple[Limit, dict[str, Limit]]:
    """What any class may be measured by, and what those with an alarm may, by class."""
    first = TriageRun.objects.filter(project=project, field=field).order_by("created_at").first()
    rows = TriageClass.objects.filter(run__project=project, run__field=field, alarm_at__isnull=False)
    found = {
        row.code: Limit(since=row.alarm_at, least=row.threshold or 0.0) for row in rows.order_by("alarm_at")
    }
    return Limit(until=first.created_at if first else None), found


def _check(
    found: Found, seen: Seen, score: float, right: bool, *, is_gold: bool, by_chance: bool, fair: bool
) -> None:
    if not fair:
        found.later += 1
        return
    if not is_gold and not by_chance:
        found.chosen += 1
        return
    found.gold += is_gold
    found.people += not is_gold
    seen.scores.append(score)
    seen.right.append(right)


def _class(seen: Seen) -> dict[str, Any]:
    points = risk_curve(seen.scores, seen.right, seen.waiting)
    rows = [[each.threshold, each.share, each.waiting, each.checked, each.wrong] for each in points]
    return {"points": rows, "waiting": _bars(seen.waiting), "checked": _bars(seen.scores)}


def _bars(scores: list[float]) -> list[int]:
    counts, _ = np.histogram(scores, bins=BARS, range=(0.0, 1.0))
    return [int(count) for count in counts]


def points_of(measured: TriageMeasure, code: str) -> list[Point]:
    """The stored curve of one class, strictest threshold first."""
    return [Point(*row) for row in measured.data.get("classes", {}).get(code, {}).get("points", [])]


def _rows(values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(READ, values)
        return list(cursor.fetchall())
