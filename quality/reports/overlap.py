"""How many answers tasks took, and what that saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from projects.models import Membership, Project, Role
from quality.services.figures import OVERLAP, stored_figure


@dataclass(frozen=True)
class Taken:
    """So many ``tasks`` were finished with so many ``answers``; ``share`` of all finished ones in [0, 1]."""

    answers: int
    tasks: int
    share: float


@dataclass(frozen=True)
class OverlapReport:
    """``saved``: answers not asked for, beside asking ``most`` people about every finished task.

    ``people`` may answer; fewer than ``most`` cannot finish a task that stays unsure.
    """

    dynamic: bool
    least: int
    most: int
    until: float
    worth: float
    field: str
    tasks: int
    spent: int
    saved: int
    at_most: int
    per_task: float | None
    distribution: Sequence[Taken]
    people: int

    @property
    def until_percent(self) -> str:
        """As people write it."""
        return f"{self.until * 100:g} %"

    @property
    def worth_percent(self) -> str:
        """As people write it; empty where it does not matter."""
        return f"{self.worth * 100:g} %" if self.worth else ""

    @property
    def too_few_people(self) -> bool:
        """Whether unsure tasks may wait for people whom nobody has invited."""
        return self.people < self.most


def overlap_report(project: Project) -> OverlapReport:
    """As of the last full run, in two queries."""
    rows: list[list[Any]] = stored_figure(project, OVERLAP) or []
    tasks = sum(count for _, count in rows)
    spent = sum(answers * count for answers, count in rows)
    most = max(project.overlap, project.overlap_max) if project.dynamic_overlap else project.overlap
    return OverlapReport(
        dynamic=project.dynamic_overlap,
        least=project.overlap,
        most=most,
        until=project.overlap_until,
        worth=project.overlap_worth,
        field=project.overlap_field,
        tasks=tasks,
        spent=spent,
        saved=max(0, tasks * most - spent),
        at_most=sum(count for answers, count in rows if answers >= most),
        per_task=spent / tasks if tasks else None,
        distribution=[Taken(answers, count, count / tasks) for answers, count in rows],
        people=_people(project),
    )


def _people(project: Project) -> int:
    """Those who are expected to answer: annotators who are not paused; all members where there are none."""
    active = Membership.objects.filter(project=project, paused_at__isnull=True)
    roles = list(active.values_list("role", flat=True))
    return roles.count(Role.ANNOTATOR) or len(roles)
