"""How answers become one: the methods side by side, and the tasks that another would change."""

from dataclasses import dataclass

from annotate.pages.previews import class_titles
from projects.models import ConsensusMethod, Project, Task
from quality.reports.items import Item, items
from quality.services.fields import asked_fields
from quality.services.figures import METHODS, stored_figures

WORDS = {
    ConsensusMethod.DEFAULT: (
        "Weighed by confusions, as far as there is evidence",
        "Dawid and Skene with everybody's confusion matrix drawn towards that of all, as strongly as held-out"
        " answers ask for. Right most often over all kinds of crowds; its probabilities are calibrated.",
    ),
    ConsensusMethod.WEIGHTED: (
        "Weighed by accuracy",
        "Each person has one accuracy (one-coin model, EM). Good where people differ in care, not in what "
        "they confuse.",
    ),
    ConsensusMethod.DAWID_SKENE: (
        "Dawid and Skene, plain",
        "Everybody's confusion matrix by maximum likelihood, as published in 1979. Good with many answers "
        "per person; with few it believes chance, and its probabilities are too sure.",
    ),
    ConsensusMethod.MAJORITY: (
        "Majority",
        "Everybody counts the same. Shares of votes stand in place of probabilities.",
    ),
}


@dataclass(frozen=True)
class Method:
    """``changed``: tasks of all fields that would have another answer; None for the one in force."""

    name: str
    title: str
    about: str
    in_force: bool
    changed: int | None


@dataclass(frozen=True)
class Changed:
    """A task that another method would change, in titles."""

    item: Item
    field: str
    now: str
    then: str


@dataclass(frozen=True)
class Methods:
    """As of the last full run; ``tasks`` compared, 0 before the first. ``pending``: chosen since then."""

    rows: list[Method]
    tasks: int
    pending: bool


def methods_of(project: Project) -> Methods:
    """All methods; one query."""
    stored = stored_figures(project, METHODS)
    chosen = {data["chosen"] for data in stored.values()}
    rows = []
    for method in ConsensusMethod:
        title, about = WORDS[method]
        counts = [data["others"][method]["changed"] for data in stored.values() if method in data["others"]]
        is_chosen = method == project.consensus_method
        rows.append(Method(method, title, about, is_chosen, sum(counts) if counts else None))
    tasks = sum(data["tasks"] for data in stored.values())
    return Methods(rows, tasks, bool(chosen) and chosen != {project.consensus_method})


def changed_by(project: Project, method: str) -> list[Changed]:
    """The first tasks of each field that this method would change, the least sure first; three queries."""
    stored = stored_figures(project, METHODS)
    found: list[tuple[int, str, str, str]] = []
    for asked in asked_fields(project):
        titles = class_titles([asked.field])
        rows = stored.get(asked.name, {"others": {}})["others"].get(method, {"tasks": []})["tasks"]
        found += [
            (task, asked.field.title, titles.get(now, now), titles.get(then, then))
            for task, now, then in rows
        ]
    tasks = Task.objects.filter(project=project).defer("search").in_bulk({row[0] for row in found})
    shown = {item.task.pk: item for item in items(project, list(tasks.values()))}
    return [Changed(shown[row[0]], *row[1:]) for row in found if row[0] in shown]
