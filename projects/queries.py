"""Reads that several pages share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Count

from projects.models import Project, TaskState, TaskSummary


def count_states(projects: Iterable[Project]) -> dict[int, dict[str, int]]:
    """Tasks per project and state, archived ones left out; one query for all projects given."""
    rows = (
        TaskSummary.objects.filter(project__in=[project.pk for project in projects])
        .exclude(state=TaskState.ARCHIVED)
        .values_list("project_id", "state")
        .annotate(n=Count("task_id"))
    )
    counts: dict[int, dict[str, int]] = {}
    for project_id, state, number in rows:
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
