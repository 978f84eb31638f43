"""The newest simulation of a project: its plans side by side, scaled to the tasks there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projects.models import Job, JobState, Project
from quality.services.planning import JOB, PlanSetup, Setup, setup_of


@dataclass(frozen=True)
class Range:
    """A mean over simulated runs, and where one more run would lie 95 times of 100."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class PlanRow:
    """One plan: accuracy in [0, 1], answers per task; ``total`` counts work and gold for all ``tasks``."""

    number: int
    plan: PlanSetup
    accuracy: Range
    answers: Range
    total: Range
    gold: float
    reviews: float
    at_most: float
    in_force: bool


@dataclass(frozen=True)
class Simulated:
    """``job`` is the newest of all, ``setup`` and ``rows`` those of the newest that is done."""

    job: Job | None
    setup: Setup | None
    rows: list[PlanRow]

    @property
    def unfinished(self) -> Job | None:
        """The simulation that waits or is at work."""
        return self.job if self.job and self.job.state in (JobState.QUEUED, JobState.RUNNING) else None

    @property
    def failed(self) -> Job | None:
        """The newest, if it failed."""
        return self.job if self.job and self.job.state == JobState.FAILED else None


def simulated(project: Project) -> Simulated:
    """In two queries."""
    jobs = Job.objects.filter(project=project, kind=JOB).order_by("-pk")
    newest = jobs.first()
    done = newest if newest is None or newest.state == JobState.DONE else jobs.filter(state="done").first()
    if done is None:
        return Simulated(newest, None, [])
    setup = setup_of(done.params)
    rows = [
        _row(project, setup, number, plan, outcome)
        for number, (plan, outcome) in enumerate(zip(setup.plans, done.result["plans"], strict=True))
    ]
    return Simulated(newest, setup, rows)


def _row(
    project: Project, setup: Setup, number: int, plan: PlanSetup, outcome: Mapping[str, Mapping[str, float]]
) -> PlanRow:
    gold = outcome["gold"]["mean"]
    total = {key: (value + gold) * setup.tasks for key, value in outcome["answers"].items()}
    return PlanRow(
        number=number,
        plan=plan,
        accuracy=Range(**outcome["accuracy"]),
        answers=Range(**outcome["answers"]),
        total=Range(**total),
        gold=gold * setup.tasks,
        reviews=outcome["reviews"]["mean"] * setup.tasks,
        at_most=outcome["at_most"]["mean"],
        in_force=_is_in_force(project, plan),
    )


def _is_in_force(project: Project, plan: PlanSetup) -> bool:
    now: tuple[Any, ...] = (project.overlap, project.dynamic_overlap)
    if not plan.dynamic or now != (plan.least, True):
        return now == (plan.least, plan.dynamic)
    terms = (project.overlap_max, project.overlap_until, project.overlap_worth)
    return terms == (plan.most, plan.until, plan.worth)
