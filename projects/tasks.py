"""Celery tasks of the projects app: each takes ids and calls one service."""

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from projects import jobs
from projects.services.counts import fold_state_counts
from projects.services.derivatives import make_waiting
from projects.services.projects import purge_deleted_projects

log = structlog.get_logger(__name__)


@shared_task(name="projects.run_job")
def run_job(job_id: int) -> None:
    """Do one job; delivered twice, the second finds it taken or finished."""
    jobs.run_job(job_id)


@shared_task(name="projects.resume_jobs")
def resume_jobs() -> int:
    """Take up jobs that a killed worker or a lost broker left behind. Every minute."""
    waiting = jobs.unfinished_jobs()
    for job_id in waiting:
        run_job.delay(job_id)
    return len(waiting)


@shared_task(name="projects.make_derivatives")
def make_derivatives() -> int:
    """Encode imported images that nobody has looked at yet. Every five seconds, for at most four."""
    return make_waiting(4.0)


@shared_task(name="projects.purge_deleted")
def purge_deleted() -> int:
    """Delete projects that are past their grace period. Every hour."""
    return purge_deleted_projects()


@shared_task(name="projects.fold_counts", expires=30)
def fold_counts() -> int:
    """Add up the moves of tasks from state to state. Every five seconds."""
    return fold_state_counts()


def poke_job(job_id: int) -> None:
    """Tell a worker of a job; without a broker the next sweep finds it, so nothing is lost."""
    try:
        run_job.delay(job_id)
    except OperationalError as error:
        log.warning("broker_unavailable", job=job_id, error=str(error))
