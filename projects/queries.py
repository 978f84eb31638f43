"""Reads that several pages share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from accounts.rows import Columns
from accounts.statements import Prepared
from projects.models import Project, TaskState

COUNTS = Prepared(
    "state_counts",
    """
SELECT project_id, state, sum(number)::bigint FROM (
    SELECT project_id, state, number FROM projects_statecount WHERE project_id = ANY(%(ids)s)
    UNION ALL SELECT project_id, new, number FROM projects_statechange WHERE project_id = ANY(%(ids)s)
    UNION ALL SELECT project_id, old, -number FROM projects_statechange WHERE project_id = ANY(%(ids)s)
) AS moved WHERE state <> '' GROUP BY 1, 2 HAVING sum(number) > 0
""",
    ids="bigint[]",
)
PROJECT = Columns(Project, "p")
# Tells this state of a row from every other: for who keeps what was read.
VERSION = "concat_ws(' ', p.xmin, p.ctid)"


def count_states(projects: Iterable[Project]) -> dict[int, dict[str, int]]:
    """Tasks per project and state, archived ones left out; one query for all projects given.

    Exact, and no task is looked at: see ``projects.services.counts``.
    """
    counts = count_all_states(projects)
    return {
        project_id: left
        for project_id, states in counts.items()
        if (left := {state: n for state, n in states.items() if state != TaskState.ARCHIVED})
    }


def count_all_states(projects: Iterable[Project]) -> dict[int, dict[str, int]]:
    """The same with archived tasks."""
    return state_counts([project.pk for project in projects])


def state_counts(project_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """The same by the projects' ids."""
    counts: dict[int, dict[str, int]] = {}
    for project_id, state, number in COUNTS.rows({"ids": list(project_ids)}):
        counts.setdefault(project_id, {})[state] = number
    return counts


# How many answers each project got on each of the last days; the app that stores answers puts it here.
DailyAnswers = Callable[[Iterable[Project]], dict[int, list[int]]]
_daily: list[DailyAnswers] = []


def register_daily_answers(source: DailyAnswers) -> None:
    """Called once at start-up by the app that knows."""
    _daily.append(source)


def daily_answers(projects: Iterable[Project]) -> dict[int, list[int]]:
    """Answers per project on each of the last 14 days, oldest first; a project without any is absent."""
    found: dict[int, list[int]] = {}
    for source in _daily:
        found |= source(projects)
    return found


@dataclass(frozen=True)
class Measured:
    """A measured share in [0, 1] with its 95 % interval, over so many."""

    value: float
    low: float
    high: float
    n: int


# The share of answers that a second look accepted, per project that had any.
Accuracies = Callable[[Iterable[Project]], dict[int, Measured]]
_accuracies: list[Accuracies] = []


def register_accuracies(source: Accuracies) -> None:
    """Called once at start-up by the app that knows."""
    _accuracies.append(source)


def accuracies(projects: Iterable[Project]) -> dict[int, Measured]:
    """How often random review accepted an answer, per project; a project without such reviews is absent."""
    found: dict[int, Measured] = {}
    for source in _accuracies:
        found |= source(projects)
    return found
