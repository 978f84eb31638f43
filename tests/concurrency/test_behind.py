"""A batch is written while the next one is read: what comes of it is what one after the other gives."""

from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from labeltypes.base import Json
from projects.jobs import JobCancelled, JobContext
from projects.models import Job
from quality.models import Consensus
from quality.services import full_run as full_run_module
from quality.services.behind import Behind
from quality.services.full_run import full_run, start_full_run
from tests.quality.crowd import Crowd, make_crowd, write_all

pytestmark = pytest.mark.django_db(transaction=True)
CHOICE = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "kind", "type": "choice", "options": ["a", "b", "c"], "required": True}],
}
TASKS, BATCH = 12, 2
PATIENCE = 20.0  # seconds


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    """Three people who differ here and there, in batches of two tasks; there is a core to spare."""
    monkeypatch.setattr("quality.services.behind.has_a_core_to_spare", lambda: True)
    monkeypatch.setattr("quality.services.answers.BATCH", BATCH)
    made = make_crowd(3, TASKS, ontology=CHOICE, overlap=3)
    said: list[tuple[int, int, dict[str, Json]]] = [
        (task, person, {"kind": "abc"[(task + (person == task % 5)) % 3]})
        for task in range(TASKS)
        for person in range(3)
    ]
    write_all(made, said)
    return made


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _rows() -> list[Any]:
    return list(Consensus.objects.order_by("task", "field").values("task", "value", "distribution"))


def test_the_caller_goes_on_meanwhile() -> None:
    go_on = Event()

    def work() -> int:
        assert go_on.wait(PATIENCE), "the caller waited for this"
        return _backend()

    with Behind[int]() as behind:
        assert behind.finish() is None, "nothing was started"
        behind.start(work)
        go_on.set()
        assert behind.finish() not in {None, _backend()}
        assert behind.finish() is None, "it was asked for"


def test_inside_a_transaction_it_is_done_at_once() -> None:
    with transaction.atomic(), Behind[int]() as behind:
        behind.start(_backend)
        assert behind.finish() == _backend()


def test_while_people_label_it_takes_no_second_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quality.services.behind.has_a_core_to_spare", lambda: False)
    with Behind[int]() as behind:
        behind.start(_backend)
        assert behind.finish() == _backend()


def test_what_goes_wrong_is_raised_and_a_block_that_fails_waits() -> None:
    done: list[str] = []
    go_on = Event()

    def work() -> None:
        assert go_on.wait(PATIENCE)
        done.append("written")

    def fail() -> None:
        with Behind[None]() as behind:
            behind.start(work)
            go_on.set()
            raise KeyError

    with Behind[float]() as behind:
        behind.start(lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            behind.finish()
    with pytest.raises(KeyError):
        fail()
    assert done == ["written"]


def test_while_progress_is_said_nothing_is_being_written(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then others have their turn: no lock may be held."""
    busy: list[bool] = []
    open_now: list[int] = []

    def watched(*args: Any, **options: Any) -> int:
        open_now.append(1)
        try:
            return write(*args, **options)
        finally:
            open_now.pop()

    write = full_run_module._write
    monkeypatch.setattr(full_run_module, "_write", watched)
    monkeypatch.setattr(JobContext, "let_others", lambda _self: busy.append(bool(open_now)))
    full_run(crowd.project, JobContext(start_full_run(project=crowd.project, by=None)))
    assert len(busy) > TASKS // BATCH
    assert not any(busy)


def test_who_cancels_stops_it_and_the_next_run_does_the_rest(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start_full_run(project=crowd.project, by=None)
    say = JobContext.progress

    def said(context: JobContext, done: int, *args: Any, **cursor: Any) -> None:
        if done >= TASKS + 2 * BATCH:
            Job.objects.filter(pk=job.pk).update(cancel_requested=True)
        say(context, done, *args, **cursor)

    monkeypatch.setattr(JobContext, "progress", said)
    with pytest.raises(JobCancelled):
        full_run(crowd.project, JobContext(job))
    part = _rows()
    assert len(part) == 2 * BATCH, "what was read meanwhile is not written"
    assert full_run(crowd.project)["tasks"] == TASKS
    whole = _rows()
    assert whole[: len(part)] == part
    with transaction.atomic():
        Consensus.objects.all().delete()
        full_run(crowd.project)
        assert _rows() == whole
