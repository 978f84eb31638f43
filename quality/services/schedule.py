"""What starts by itself: full runs after new answers, rounds after new labels."""

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from annotate.models import Annotation
from projects.models import Job, JobState, Project, ProjectState
from quality.services import rounds
from quality.services.full_run import JOB, start_full_run

LEAST_PAUSE = timedelta(minutes=2)
# A run may take a tenth of the time at most: one that took a minute is repeated after ten.
SHARE_OF_TIME = 10


def start_due_runs() -> int:
    """Start a full run where answers changed since the last one began; return how many."""
    started = 0
    for project in Project.objects.filter(state__in=[ProjectState.LIVE, ProjectState.PAUSED]):
        if _is_due(project):
            start_full_run(project=project, by=None)
            started += 1
    return started


def _is_due(project: Project) -> bool:
    newest = Annotation.objects.filter(project=project).aggregate(at=Max("updated_at"))["at"]
    if newest is None:
        return False
    jobs = Job.objects.filter(project=project, kind=JOB)
    if jobs.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        return False
    last = jobs.filter(state=JobState.DONE, started_at__isnull=False).order_by("-pk").first()
    if last is None or last.started_at is None or last.finished_at is None:
        return not _failed_lately(project)
    pause = max(LEAST_PAUSE, SHARE_OF_TIME * (last.finished_at - last.started_at))
    return newest > last.started_at and timezone.now() > last.finished_at + pause


def _failed_lately(project: Project) -> bool:
    return Job.objects.filter(
        project=project,
        kind=JOB,
        state=JobState.FAILED,
        created_at__gt=timezone.now() - timedelta(minutes=30),
    ).exists()


def start_due_rounds() -> int:
    """Start a training round where enough new labels came in; return how many."""
    wanting = Project.objects.filter(
        active_learning=True, state=ProjectState.LIVE, retrain_after__gt=0, ontology__isnull=False
    )
    return sum(rounds.start_if_due(project) for project in wanting)
