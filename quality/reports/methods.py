"""How answers become one: the methods side by side, and the tasks that another would change."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from projects.models import ConsensusMethod, Job, JobState, Project, Task
from quality.models import Figure, ToCompare
from quality.reports.items import Item, items
from quality.services.comparing import JOB
from quality.services.fields import Asked, asked_fields
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


class Comparison(models.TextChoices):
    """How the figures stand to what is in force."""

    NONE = "none"  # no full run yet, or no field that can be compared
    CURRENT = "current"
    RUN = "run"  # another method was chosen since: it follows the full run
    WAITING = "waiting"  # a newer full run is done, and its comparison follows
    STOPPED = "stopped"  # that comparison failed or was cancelled: the next full run has it done again


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
    """A task that another method would change, in titles; ``more``: so many other parts of the answer too."""

    item: Item
    field: str
    now: str
    then: str
    more: int


@dataclass(frozen=True)
class Methods:
    """``tasks`` compared, 0 before the first time, as the full run ``run`` left them that began at ``as_of``;
    of several fields the oldest. ``run`` is None where no job ran it. ``job``: the newest that compares."""

    rows: list[Method]
    tasks: int
    run: int | None
    as_of: datetime | None
    comparison: Comparison
    job: Job | None

    @property
    def pending(self) -> bool:
        """Whether these are not the figures of the last full run by the method in force."""
        return self.is_coming or self.comparison == Comparison.STOPPED

    @property
    def is_coming(self) -> bool:
        """Whether newer ones follow by themselves."""
        return self.comparison in {Comparison.RUN, Comparison.WAITING}


def methods_of(project: Project) -> Methods:
    """All methods; three queries."""
    figures = list(
        Figure.objects.filter(project=project, name__startswith=f"{METHODS}:").order_by("computed_at")
    )
    stored = [figure.data for figure in figures]
    rows = []
    for method in ConsensusMethod:
        title, about = WORDS[method]
        counts = [data["others"][method]["changed"] for data in stored if method in data["others"]]
        is_chosen = method == project.consensus_method
        rows.append(Method(method, title, about, is_chosen, sum(counts) if counts else None))
    job = Job.objects.filter(project=project, kind=JOB).order_by("-pk").first()
    return Methods(
        rows=rows,
        tasks=sum(data["tasks"] for data in stored),
        run=stored[0].get("run") if stored else None,
        as_of=figures[0].computed_at if figures else None,
        comparison=_comparison(project, {data["chosen"] for data in stored}, job),
        job=job,
    )


def _comparison(project: Project, chosen: set[str], job: Job | None) -> Comparison:
    if ToCompare.objects.filter(project=project).exists():
        is_over = job is not None and job.state in {JobState.FAILED, JobState.CANCELLED}
        return Comparison.STOPPED if is_over else Comparison.WAITING
    if not chosen:
        return Comparison.NONE
    return Comparison.CURRENT if chosen == {project.consensus_method} else Comparison.RUN


def changed_by(project: Project, method: str) -> list[Changed]:
    """The first tasks of each field that this method would change, the least sure first; three queries."""
    stored = stored_figures(project, METHODS)
    found: list[tuple[int, str, str, str, int]] = []
    for asked in asked_fields(project):
        rows = stored.get(asked.name, {"others": {}})["others"].get(method, {"tasks": []})["tasks"]
        found += [_changed(asked, *row) for row in rows]
    tasks = Task.objects.filter(project=project).defer("search").in_bulk({row[0] for row in found})
    shown = {item.task.pk: item for item in items(project, list(tasks.values()))}
    return [Changed(shown[row[0]], *row[1:]) for row in found if row[0] in shown]


def _changed(
    asked: Asked, task: int, now: str, then: str, unit: str = "", more: int = 0
) -> tuple[int, str, str, str, int]:
    return task, asked.field.title, asked.in_words(unit, now), asked.in_words(unit, then), more
