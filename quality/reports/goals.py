"""The goal of a project: the plans proposed for it, what was spent, and what an audit proved."""

from dataclasses import dataclass

from projects.models import Job, JobState, Project
from quality.models import Goal, GoalStep
from quality.reports.audits import AuditReport, latest_proof
from quality.services.goals import JOB, answers_given

MOST_STEPS = 20


@dataclass(frozen=True)
class GoalReport:
    """``steps`` newest first; ``job`` the newest planning; ``proof`` the newest audit, judged in full."""

    goal: Goal
    steps: list[GoalStep]
    job: Job | None
    spent: int
    proof: AuditReport | None

    @property
    def latest(self) -> GoalStep | None:
        """The plan that is proposed now."""
        return self.steps[0] if self.steps else None

    @property
    def unfinished(self) -> Job | None:
        """The planning that waits or is at work."""
        return self.job if self.job and self.job.state in (JobState.QUEUED, JobState.RUNNING) else None

    @property
    def failed(self) -> Job | None:
        """The newest planning, if it failed."""
        return self.job if self.job and self.job.state == JobState.FAILED else None


def goal_report(project: Project) -> GoalReport | None:
    """None while no goal is set."""
    goal = Goal.objects.filter(project=project).first()
    if goal is None:
        return None
    proof = latest_proof(project)
    if proof is not None and proof.sample.field not in ("", goal.field):
        proof = None
    return GoalReport(
        goal=goal,
        steps=list(GoalStep.objects.filter(goal=goal).order_by("-pk")[:MOST_STEPS]),
        job=Job.objects.filter(project=project, kind=JOB).order_by("-pk").first(),
        spent=answers_given(project),
        proof=proof,
    )
