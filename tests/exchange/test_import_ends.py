"""Imports that do not end well: cancelled, failed, given up. What stays, and what is said of it."""

from typing import Any

import pytest
from django.utils import timezone

from exchange.models import StagedRow
from exchange.services.uploads import KEEP, purge_uploads
from projects.jobs import JobContext, run_job
from projects.models import Job, JobState, Task
from tests.exchange.steps import Caller, staged

GOOD = [{"id": f"a-{n}", "data": {"text": f"Text {n}"}} for n in range(5)]


@pytest.mark.parametrize("on_error", ["keep_good", "roll_back"])
def test_cancel_stops_between_batches(eve: Caller, monkeypatch: pytest.MonkeyPatch, on_error: str) -> None:
    monkeypatch.setattr("exchange.importing.batches.MOST_ROWS", 2)
    answer = eve.post("imports/", {"items": GOOD, "on_error": on_error}, 202)
    save = JobContext.progress

    def cancelled(self: JobContext, done: int, total: int | None = None, **cursor: Any) -> None:
        if done == 4:
            Job.objects.filter(pk=self.job.pk).update(cancel_requested=True)
        save(self, done, total, **cursor)

    monkeypatch.setattr(JobContext, "progress", cancelled)
    run_job(int(answer["id"]))
    job = Job.objects.get(pk=answer["id"])
    assert job.state == JobState.CANCELLED
    assert Task.objects.filter(project=eve.project).count() == (2 if on_error == "keep_good" else 0)
    assert not staged(job)


@pytest.mark.parametrize(
    ("on_error", "tasks", "said"),
    [
        ("keep_good", 2, "2 tasks had come in before and stay. Importing the file again adds the rest"),
        ("roll_back", 0, "Nothing of it came in."),
    ],
)
def test_an_error_in_the_middle_is_told_as_it_is(
    eve: Caller, monkeypatch: pytest.MonkeyPatch, on_error: str, tasks: int, said: str
) -> None:
    """The job fails, not a row: what stays is what the page says."""
    monkeypatch.setattr("exchange.importing.batches.MOST_ROWS", 2)
    gold = {"data": {"text": "first"}, "gold": {"sentiment": "neutral"}}
    answer = eve.post("imports/", {"items": [gold, *GOOD], "on_error": on_error}, 202)
    save = JobContext.progress

    def breaks(self: JobContext, done: int, total: int | None = None, **cursor: Any) -> None:
        if done == 4:
            raise RuntimeError
        save(self, done, total, **cursor)

    monkeypatch.setattr(JobContext, "progress", breaks)
    with pytest.raises(RuntimeError):
        run_job(int(answer["id"]))
    job = Job.objects.get(pk=answer["id"])
    assert job.state == JobState.FAILED
    assert Task.objects.filter(project=eve.project).count() == tasks
    assert not staged(job)
    page = eve.client.get(f"/jobs/{job.pk}/").content.decode()
    assert said in page
    assert ("With a known answer" in page) == (tasks > 0), "gold that did not come in is not counted"


def test_what_a_given_up_import_has_staged_goes_in_the_end(eve: Caller) -> None:
    """A worker that died five times cleans nothing up."""
    answer = eve.post("imports/", {"items": GOOD, "on_error": "roll_back"}, 202)
    job = Job.objects.get(pk=answer["id"])
    StagedRow.objects.create(job=job, task_id=1, data={}, meta={})
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, finished_at=timezone.now())
    purge_uploads()
    assert staged(job), "somebody may still be looking into it"
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - 2 * KEEP)
    purge_uploads()
    assert not staged(job)
