"""Where the figures of a project come from: the run that computed them, and what became of later ones."""

from dataclasses import dataclass
from datetime import datetime

from projects.models import Job, JobState, Project
from quality.services.full_run import JOB

_UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class Runs:
    """``computed``: the newest run that succeeded; ``latest``: the newest of all, however it went."""

    computed: Job | None
    latest: Job | None

    @property
    def unfinished(self) -> Job | None:
        """The run that waits or is at work."""
        return self.latest if self.latest and self.latest.state in _UNFINISHED else None

    @property
    def stopped(self) -> Job | None:
        """The newest run, if it failed or was cancelled: the figures are older than it."""
        is_over = self.latest and self.latest.state in (JobState.FAILED, JobState.CANCELLED)
        return self.latest if is_over else None

    @property
    def stopped_at(self) -> datetime | None:
        """When that run ended."""
        return (self.stopped.finished_at or self.stopped.created_at) if self.stopped else None


def runs_of(project: Project) -> Runs:
    """The runs that matter to whoever reads the figures."""
    jobs = Job.objects.filter(project=project, kind=JOB).order_by("-pk")
    latest = jobs.first()
    is_newest = latest is None or latest.state == JobState.DONE
    return Runs(latest if is_newest else jobs.filter(state=JobState.DONE).first(), latest)
