"""How far, how fast, until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Sum
from django.utils import timezone

from accounts.replica import reading
from annotate.models import ActivityDay, Assignment, AssignmentState
from annotate.services.found import OPEN
from annotate.services.keys import FIRST_EPOCH, LAST_EPOCH
from projects.models import Project, TaskState
from projects.queries import count_states

DAYS = 30
RECENT = 7
ADDED_UP = 10_000  # tasks at the head of the queue

# Epoch by epoch, each in the order of its index: to sort over all epochs at once is to read all that is open.
HEAD = f"""
SELECT coalesce(sum(wanted - answered), 0)::bigint, count(*) FROM (
    SELECT q.wanted, q.answered
    FROM (SELECT epoch FROM (
        SELECT epoch FROM annotate_rankingepoch WHERE project_id = %(project)s
        UNION ALL VALUES ({FIRST_EPOCH}), ({LAST_EPOCH})
    ) AS known ORDER BY epoch DESC) AS e
    CROSS JOIN LATERAL (
        SELECT q.wanted, q.answered FROM annotate_queueentry q
        WHERE {OPEN} AND q.epoch = e.epoch ORDER BY q.order_key, q.task_id LIMIT %(most)s
    ) AS q
    LIMIT %(most)s
) AS head
"""  # noqa: S608 - only constants


@dataclass(frozen=True)
class Progress:
    """Tasks per state, answers still wanted, and the day by which they are in at the pace of the last days.

    ``low`` and ``high`` bound that day by the slowest and the fastest of these days; None while nobody works.
    """

    states: dict[str, int]
    total: int
    done: int
    missing: int
    missing_is_exact: bool
    per_day: float
    forecast: date | None
    low: date | None
    high: date | None
    days: list[date]
    answers: list[int]

    @property
    def series(self) -> dict[str, Any]:
        """Answers per day, for the plot."""
        return {
            "title": "Answers per day",
            "x": {"label": "Day", "values": [day.isoformat() for day in self.days], "time": True},
            "y": {"label": "Answers", "min": 0},
            "series": [{"label": "Answers", "values": self.answers}],
        }


def progress(project: Project) -> Progress:
    """In four queries, none of which grows with the project."""
    states = count_states([project]).get(project.pk, {})
    today = timezone.now().date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    worked = _answers(project, days[0])
    answers = [worked.get(day, 0) for day in days]
    missing, exact = _missing(project, states)
    recent = [count for count in answers[-RECENT:] if count]
    pace = sum(recent) / len(recent) if recent else 0.0
    return Progress(
        states=states,
        total=sum(states.values()),
        done=states.get("done", 0),
        missing=missing,
        missing_is_exact=exact,
        per_day=pace,
        forecast=_after(today, missing, pace),
        low=_after(today, missing, max(recent, default=0)),
        high=_after(today, missing, min(recent, default=0)),
        days=days,
        answers=answers,
    )


def _answers(project: Project, since: date) -> dict[date, int]:
    rows = ActivityDay.objects.filter(project=project, day__gte=since).values_list("day")
    return {day: int(count or 0) for day, count in rows.annotate(n=Sum("answers"))}


def _missing(project: Project, states: Mapping[str, int]) -> tuple[int, bool]:
    """Answers still wanted of open tasks, and whether that is exact.

    Work goes on at the head of the queue: so many tasks from there are added up. Behind them every task is
    taken to want as many answers as the project asks for.
    """
    with reading().cursor() as cursor:
        cursor.execute(HEAD, {"project": project.pk, "most": ADDED_UP})
        wanted, tasks = cursor.fetchone()
    behind = max(0, states.get(TaskState.OPEN, 0) - ADDED_UP) if tasks == ADDED_UP else 0
    return wanted + _held(project) + behind * project.overlap, behind == 0


def _held(project: Project) -> int:
    """Answers that people are giving now to tasks that want no others."""
    held = Assignment.objects.filter(project=project, state=AssignmentState.ACTIVE, holds_slot=True)
    return held.filter(task__queue_entry__taken__gte=F("task__queue_entry__wanted")).count()


def _after(today: date, missing: int, pace: float) -> date | None:
    if pace <= 0:
        return None
    return today + timedelta(days=min(round(missing / pace), 36_500))
