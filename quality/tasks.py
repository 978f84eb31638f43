"""Background work of quality: each task takes ids, calls one service, and is safe to run twice."""

import structlog
from celery import shared_task
from django.core.cache import cache

from projects.models import Project
from quality.models import StaleTask
from quality.services import assignment, goals, schedule, seeding, triage_watch
from quality.services.qualification import certificates
from quality.services.quick import update_stale as update

log = structlog.get_logger(__name__)

WAIT = 1.0  # seconds in which answers gather before their tasks are looked at


@shared_task(name="quality.update_stale", expires=120)
def update_stale(project_id: int) -> int:
    """Consensus for the tasks of a project whose answers changed, and who should get which."""
    done = update(project_id)
    assignment.refresh_if_due(Project.objects.get(pk=project_id))
    return done


@shared_task(name="quality.sweep_stale", expires=30)
def sweep_stale() -> None:
    """Whatever a lost message left behind. Every ten seconds, by the beat."""
    for project_id in StaleTask.objects.values_list("project_id", flat=True).distinct():
        update(project_id)


@shared_task(name="quality.refresh", expires=60)
def refresh() -> None:
    """Start full runs, training rounds and new plans for goals that are due, and refresh who should get what.

    Errors are seeded too, people told of certificates that end, and what models answer is watched. Every
    minute, by the beat.
    """
    schedule.start_due_runs()
    schedule.start_due_rounds()
    goals.start_due_plans()
    assignment.refresh_all()
    seeding.seed_due_projects()
    certificates.remind_of_expiry()
    triage_watch.watch_runs()


def poke_stale(project_id: int) -> None:
    """Have a project's stale tasks looked at soon, once for many answers; the sweep comes anyway."""
    try:
        if cache.add(f"quality:stale:{project_id}", 1, timeout=WAIT):
            update_stale.apply_async(args=(project_id,), countdown=WAIT)
    except Exception as error:
        log.warning("broker_unavailable", project=project_id, error=str(error))
