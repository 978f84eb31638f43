"""Long work: progress that people see, cancellation, and going on after a killed worker.

A handler is registered with ``@job_handler("kind")`` in a module that its app imports at start-up. It
runs outside any transaction, saves what it needs to go on in ``context.cursor`` with each batch, and
must give the same result when a batch is done twice.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.answered import once_answered
from accounts.errors import DomainError
from accounts.models import User
from accounts.rows import Columns
from accounts.statements import Prepared
from formats.strictjson import dumps
from projects.models import Job, JobError, JobState, Project
from projects.signals import job_stopped
from projects.turns import end_turn, let_others, take_turn

STALE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
_SILENT = "each time its worker was stopped, by somebody or for want of memory."
MOST_ERRORS_KEPT = 100_000
# One statement: a batch of an import says this much, and waits for the answer.
PROGRESS = """
UPDATE projects_job SET done = %(done)s, heartbeat_at = %(now)s, total = coalesce(%(total)s, total),
    cursor = coalesce(%(cursor)s::jsonb, cursor), result = coalesce(%(result)s::jsonb, result)
WHERE id = %(job)s RETURNING cancel_requested
"""
JOB = Columns(Job, "j")
FIND = Prepared("find_job", f"SELECT {JOB.sql} FROM projects_job j WHERE j.id = %(job)s", job="bigint")  # noqa: S608
Handler = Callable[["JobContext"], Mapping[str, Any] | None]
_handlers: dict[str, Handler] = {}


class JobCancelled(Exception):
    """Raised inside a handler when somebody asked to stop; the handler may clean up and re-raise."""


class JobContext:
    """What a handler has of its job. Every method is one short transaction of its own."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.project = job.project
        self.params: dict[str, Any] = job.params
        self.cursor: dict[str, Any] = job.cursor
        self.afterwards: Callable[[], object] | None = None  # when the job is done; lost if the worker is

    def progress(
        self, done: int, total: int | None = None, *, result: Mapping[str, Any] | None = None, **cursor: Any
    ) -> None:
        """Say how far the work is, keep ``cursor`` and ``result``, stop here if that was asked for."""
        if cursor:
            self.cursor = {**self.cursor, **cursor}
        values: dict[str, Any] = {
            "job": self.job.pk,
            "done": done,
            "now": timezone.now(),
            "total": total,
            "cursor": dumps(self.cursor).decode() if cursor else None,
            "result": None if result is None else dumps(result).decode(),
        }
        with connection.cursor() as database:
            database.execute(PROGRESS, values)
            if database.fetchone() == (True,):
                raise JobCancelled

    def let_others(self) -> None:
        """Between two steps: let other jobs have their turn; never in a transaction, which may hold locks."""
        if not connection.in_atomic_block:
            let_others()

    def check_cancelled(self) -> None:
        """Raise JobCancelled if somebody pressed cancel."""
        if Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            raise JobCancelled

    def errors(self, rows: list[JobError]) -> None:
        """Keep refused rows for the report (the first 100,000; the count goes on)."""
        with transaction.atomic():
            count = (
                Job.objects.select_for_update(no_key=True)
                .values_list("error_count", flat=True)
                .get(pk=self.job.pk)
            )
            room = max(0, MOST_ERRORS_KEPT - count)
            JobError.objects.bulk_create(rows[:room])
            Job.objects.filter(pk=self.job.pk).update(error_count=F("error_count") + len(rows))

    def refused(self, row: int, message: str, path: str = "") -> JobError:
        """A refused row for ``errors``."""
        return JobError(job=self.job, row=row, path=path[:300], message=message)


def job_handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind; a second one is a programming error."""

    def register(handler: Handler) -> Handler:
        if kind in _handlers:
            raise RuntimeError(f"two handlers for jobs of kind {kind}")
        _handlers[kind] = handler
        return handler

    return register


@transaction.atomic
def start_job(
    *,
    project: Project,
    kind: str,
    by: User | None,
    params: Mapping[str, Any],
    total: int | None = None,
) -> Job:
    """Return a queued job; a worker takes it up after the commit, or at the next sweep."""
    job = Job.objects.create(
        organization_id=project.organization_id,
        project=project,
        kind=kind,
        params=dict(params),
        total=total,
        created_by=by,
    )
    enqueue(job.pk)
    return job


def enqueue(job_id: int) -> None:
    """Hand the job to a worker once the transaction has committed."""
    from projects.tasks import poke_job

    transaction.on_commit(lambda: once_answered(lambda: poke_job(job_id)))


def run_job(job_id: int) -> None:
    """Do a job that is not finished. A job that kills its worker five times is failed, not tried for ever."""
    job = _claim(job_id)
    if job is None:
        return
    context = JobContext(job)
    try:
        take_turn()
        context.check_cancelled()
        result = _handlers[job.kind](context)
    except JobCancelled:
        _finish(job, JobState.CANCELLED)
    except DomainError as refusal:
        details = "; ".join(f"{field.path}: {field.message}" for field in refusal.fields)
        _finish(job, JobState.FAILED, error=f"{refusal.message} {details}".strip())
    except Exception as failure:
        _finish(
            job,
            JobState.FAILED,
            error=f"The program met an error it was not made for ({type(failure).__name__}). "
            f"The server's log has the details under job {job.pk}.",
        )
        raise
    else:
        _finish(job, JobState.DONE, result=dict(result or {}))  # on the disk before anybody hears of it
        if context.afterwards is not None:
            context.afterwards()
    finally:
        end_turn()


def _claim(job_id: int) -> Job | None:
    """Take the job unless it is finished or another worker is at it and alive."""
    now = timezone.now()
    with transaction.atomic():
        do_not_wait_for_the_disk()
        jobs = Job.objects.select_related("project", "created_by")  # which its handler asks for at once
        job = jobs.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk=job_id).first()
        if job is None or job.state not in {JobState.QUEUED, JobState.RUNNING}:
            return None
        alive = job.heartbeat_at is not None and now - job.heartbeat_at < STALE
        if job.state == JobState.RUNNING and alive:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            _finish(job, JobState.FAILED, error=f"Gave up after {job.attempts} attempts: {_SILENT}")
            return None
        job.state, job.heartbeat_at = JobState.RUNNING, now
        job.attempts += 1
        job.started_at = job.started_at or now
        job.save(update_fields=["state", "heartbeat_at", "attempts", "started_at"])
    return job


def do_not_wait_for_the_disk() -> None:
    """The transaction at hand may go with a crash; what is committed later and waited for keeps it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _finish(job: Job, state: str, *, error: str = "", result: Mapping[str, Any] | None = None) -> None:
    changes: dict[str, Any] = {
        "state": state,
        "error": error,
        "finished_at": timezone.now(),
    }
    if result is not None:
        changes["result"] = dict(result)
    Job.objects.filter(pk=job.pk).update(**changes)
    if state != JobState.DONE:
        job_stopped.send(sender=Job, job=job)


def find_job(job_id: int) -> Job | None:
    """A job by its number; clients ask for it many times a second."""
    rows = FIND.rows({"job": job_id})
    return JOB.read(rows[0], 0) if rows else None


def cancel_job(*, job: Job) -> Job:
    """Ask a job to stop: a waiting one stops now, a running one at its next step."""
    is_over = Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(
        state=JobState.CANCELLED, finished_at=timezone.now()
    )
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    if is_over:
        job_stopped.send(sender=Job, job=job)
    return job


def unfinished_jobs() -> list[int]:
    """Jobs that nobody is at: lost by a killed worker, or queued while Redis was away."""
    long_ago = timezone.now() - STALE
    waiting = Q(state=JobState.QUEUED, created_at__lt=timezone.now() - timedelta(seconds=10))
    lost = Q(state=JobState.RUNNING, heartbeat_at__lt=long_ago)
    return list(Job.objects.filter(waiting | lost).order_by("pk").values_list("pk", flat=True)[:100])
