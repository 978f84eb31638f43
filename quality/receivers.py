"""What quality does when the floors below announce something."""

from typing import Any

from django.db.models.signals import post_save

from accounts.models import User
from annotate.outbox import emit
from projects.jobs import start_job
from projects.models import Job, Membership, Project
from projects.signals import (
    job_stopped,
    member_pause_changed,
    method_changed,
    ontology_published,
    stopping_changed,
)
from quality.services.alarms import follow_resume
from quality.services.audits import JOB as AUDIT
from quality.services.audits import end_draw
from quality.services.full_run import JOB, start_full_run
from quality.services.qualification.certificates import copy_to_queue
from quality.services.rounds import JOB as ROUND
from quality.services.rounds import end_round


def connect() -> None:
    """Called once at start-up."""
    member_pause_changed.connect(follow_pause, dispatch_uid="quality.alarms")
    ontology_published.connect(rebuild_under_new_ontology, dispatch_uid="quality.ontology")
    method_changed.connect(run_anew, dispatch_uid="quality.method")
    stopping_changed.connect(judge_anew, dispatch_uid="quality.stopping")
    job_stopped.connect(follow_stopped_job, dispatch_uid="quality.jobs")
    post_save.connect(find_certificate, sender=Membership, dispatch_uid="quality.certificates")


def follow_pause(*, membership: Membership, by: User | None, **_: Any) -> None:
    """Somebody whom a manager resumes by hand is cleared of what the test on gold says."""
    if membership.paused_at is None:
        follow_resume(membership=membership, by=by)


def rebuild_under_new_ontology(*, project: Project, old: Any, **_: Any) -> None:
    """Votes and consensus are readings under an ontology: a new version means reading all answers anew."""
    if old is not None:
        start_job(project=project, kind=JOB, by=None, params={"rebuild_votes": True})


def run_anew(*, project: Project, by: User | None, **_: Any) -> None:
    """Every task's consensus by the method now chosen."""
    start_full_run(project=project, by=by)


def judge_anew(*, project: Project, **_: Any) -> None:
    """A worker looks at every answered task again, a batch at a time."""
    emit("stopping_changed", project_id=project.pk, after=0)


def follow_stopped_job(*, job: Job, **_: Any) -> None:
    """What a job was to make says so when it will not be there; most have said it by themselves."""
    if job.kind == AUDIT:
        end_draw(job)
    elif job.kind == ROUND:
        end_round(job)


def find_certificate(*, instance: Membership, created: bool, **_: Any) -> None:
    """Somebody who comes back into a project still has the certificate that they had."""
    if created:
        copy_to_queue(instance.project_id, instance.user_id)
