"""What to do about disagreement: ask more people, decide or drop, clarify the guideline, train somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from projects.models import AnswerSource, Project, Task, TaskState, TaskSummary
from quality.reports.items import Item, items
from quality.services.fields import Asked, asked_fields
from quality.services.figures import DIFFICULTY, stored_figure, stored_figures

MOST_SHOWN = 20
KINDS = ("hard", "unsure")
SETTLED = (AnswerSource.REVIEW, AnswerSource.ADJUDICATION)


@dataclass(frozen=True)
class HardTask:
    """A task with its figures: ``agreeing`` of ``answers`` say its class, ``expected`` would do.

    ``about``: of which part of the answer (a pair, an option), in titles; empty where it has one alone.
    """

    task: int
    answers: int
    agreeing: int
    expected: float
    chance: float
    probability: float
    about: str = ""
    item: Item | None = None


@dataclass(frozen=True)
class MixedUp:
    """Classes that are mixed up, in titles; ``name`` is empty unless it is about one person."""

    truth: str
    said: str
    count: float
    trials: float
    rate: float
    low: float
    high: float
    people: int
    others: float
    name: str
    user: int | None
    url: str


@dataclass(frozen=True)
class Advice:
    """What one field's disagreement comes from, and so what to do. Settled tasks are left out."""

    field: str
    title: str
    tasks: int
    disagreeing: int
    hard_count: int
    hard: list[HardTask]
    unsure_count: int
    unsure: list[HardTask]
    guideline: list[MixedUp]
    people: list[MixedUp]


def advice(project: Project, *, names: bool, most: int = MOST_SHOWN, pictured: bool = True) -> list[Advice]:
    """Per field as of the last full run; people by name only if ``names``. A fixed number of queries.

    Tasks that were reviewed, adjudicated or archived since then are not shown any more.
    """
    stored = stored_figures(project, DIFFICULTY)
    fields = [asked for asked in asked_fields(project) if asked.name in stored]
    known = _people(stored) if names else {}
    ids = {row[0] for data in stored.values() for kind in KINDS for row in data[kind]["tasks"]}
    waiting = TaskSummary.objects.filter(project=project, task__in=ids).exclude(source__in=SETTLED)
    summaries = waiting.exclude(state=TaskState.ARCHIVED).in_bulk()
    shown = {
        asked.name: {kind: _tasks(stored[asked.name][kind]["tasks"], summaries, most) for kind in KINDS}
        for asked in fields
    }
    pictures = _items(project, shown, summaries) if pictured else {}
    return [
        Advice(
            asked.name,
            asked.field.title,
            stored[asked.name]["tasks"],
            stored[asked.name]["disagreeing"],
            stored[asked.name]["hard"]["count"],
            [_hard(asked, row, pictures) for row in shown[asked.name]["hard"]],
            stored[asked.name]["unsure"]["count"],
            [_hard(asked, row, pictures) for row in shown[asked.name]["unsure"]],
            [_mixed(project, asked, row, {}) for row in stored[asked.name]["guideline"]],
            [_mixed(project, asked, row, known) for row in stored[asked.name]["people"]],
        )
        for asked in fields
    ]


def tasks_mixed_up(project: Project, field: str, unit: str, truth: str, said: str) -> Sequence[int]:
    """The first tasks on which somebody said so of a unit, as of the last full run."""
    found = stored_figure(project, f"{DIFFICULTY}:{field}") or {"guideline": [], "people": []}
    for row in (*found["guideline"], *found["people"]):
        if (row.get("unit"), row["truth"], row["said"]) == (unit, truth, said):
            return list(row["tasks"])
    return ()


def _people(stored: Mapping[str, Any]) -> dict[int, str]:
    users = {row["user"] for data in stored.values() for row in data["people"]}
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=users)}


def _tasks(rows: list[list[Any]], summaries: Mapping[int, TaskSummary], most: int) -> list[list[Any]]:
    return [row for row in rows if row[0] in summaries][:most]


def _items(
    project: Project, shown: Mapping[str, Mapping[str, list[list[Any]]]], summaries: dict[int, TaskSummary]
) -> dict[int, Item]:
    ids = {row[0] for kinds in shown.values() for rows in kinds.values() for row in rows}
    tasks = Task.objects.filter(project=project).defer("search").in_bulk(ids)
    return {item.task.pk: item for item in items(project, list(tasks.values()), summaries)}


def _hard(asked: Asked, row: list[Any], pictures: Mapping[int, Item]) -> HardTask:
    task, answers, agreeing, expected, chance, probability, *vote = row
    about = asked.in_words(*vote) if vote else ""
    return HardTask(task, answers, agreeing, expected, chance, probability, about, pictures.get(task))


def _mixed(project: Project, asked: Asked, row: dict[str, Any], names: Mapping[int, str]) -> MixedUp:
    unit = row.get("unit", "")
    address = reverse("quality-cell", kwargs={"project_id": project.pk})
    query = {"field": asked.name, "consensus": row["truth"], "answer": row["said"]}
    user = row["user"] if row["user"] in names else None
    if unit:
        query["unit"] = unit
    figures = {key: row[key] for key in ("count", "trials", "rate", "low", "high", "people", "others")}
    return MixedUp(
        truth=asked.in_words(unit, row["truth"]),
        said=asked.in_words(unit, row["said"]),
        name=names.get(row["user"], ""),
        user=user,
        url=f"{address}?{urlencode(query)}",
        **figures,
    )
