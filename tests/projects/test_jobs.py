"""Jobs: progress, cancellation, refused rows, and what a killed worker leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import DomainError, FieldError
from projects import jobs
from projects.job_files import error_report
from projects.models import Job, JobState
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind of job that counts to three, saving where it is, and does what its params say on the way."""
    monkeypatch.setattr(jobs, "_handlers", dict(jobs._handlers))

    @jobs.job_handler("counting")
    def count(context: jobs.JobContext) -> dict[str, int]:
        for number in range(context.cursor.get("at", 0), 3):
            if number == context.params.get("refuse_at"):
                raise DomainError("Bad row.", fields=[FieldError("rows[1]", "is bad")])
            if number == context.params.get("break_at") and context.job.attempts == 1:
                raise SystemExit
            context.errors([context.refused(number + 1, "=1+1", "data")])
            context.progress(number + 1, 3, at=number + 1)
        return {"counted": 3}

    return "counting"


def _start(world: World, kind: str, **params: int) -> Job:
    return jobs.start_job(project=world.project, kind=kind, by=world.max, params=params)


def test_it_works(world: World, kind: str) -> None:
    job = _start(world, kind)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 3, 3, {"counted": 3})
    assert job.error_count == 3
    report = b"".join(error_report(job)).decode().splitlines()
    assert report[:2] == ["row,path,message", "1,data,'=1+1"]


def test_delivered_twice_it_is_done_once(world: World, kind: str) -> None:
    job = _start(world, kind)
    jobs.run_job(job.pk)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.attempts, job.error_count) == (1, 3)


def test_a_refusal_fails_the_job_with_its_reason(world: World, kind: str) -> None:
    job = _start(world, kind, refuse_at=1)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error == "Bad row. rows[1]: is bad"


def test_a_waiting_job_is_cancelled_at_once(world: World, kind: str) -> None:
    job = jobs.cancel_job(job=_start(world, kind))
    assert job.state == JobState.CANCELLED
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.CANCELLED, 0)


def test_a_running_job_stops_at_its_next_step(world: World, kind: str) -> None:
    job = _start(world, kind)
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.CANCELLED, 0)


def test_a_killed_worker_s_job_goes_on_where_it_was(world: World, kind: str) -> None:
    job = _start(world, kind, break_at=2)
    with pytest.raises(SystemExit):
        jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.cursor) == (JobState.RUNNING, {"at": 2})

    jobs.run_job(job.pk)  # somebody may still be at it
    job.refresh_from_db()
    assert job.attempts == 1

    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - 2 * jobs.STALE)
    assert jobs.unfinished_jobs() == [job.pk]
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.error_count, job.attempts) == (JobState.DONE, 3, 3, 2)


def test_a_job_that_kills_its_workers_is_given_up(world: World, kind: str) -> None:
    job = _start(world, kind)
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, attempts=jobs.MOST_ATTEMPTS, heartbeat_at=timezone.now() - timedelta(hours=1)
    )
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "Gave up" in job.error


def test_a_second_handler_of_a_kind_is_refused(kind: str) -> None:
    with pytest.raises(RuntimeError, match="two handlers"):
        jobs.job_handler(kind)(lambda context: None)
