"""Batches of an import that are stored two at once: what comes in is what came in one by one."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotate.models import Assignment, Drawn, QueueEntry
from exchange.importing import hands as hands_module
from exchange.importing.batches import Batch
from exchange.importing.hands import Hands, Turn
from projects.jobs import JobContext, run_job
from projects.models import Job, JobState, Task, TaskSummary
from tests.exchange.steps import Caller, messages
from tests.exchange.test_lost_processes import until, waiting
from tests.world import World, make_project, make_tasks, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.importing.batches.MOST_ROWS", 2)


def item(name: str) -> dict[str, Any]:
    return {"id": name, "data": {"text": f"Text {name}"}}


def leave() -> None:
    connection.close()


@contextmanager
def beside() -> Iterator[ThreadPoolExecutor]:
    """A thread with a connection of its own."""
    with ThreadPoolExecutor(1) as thread:
        yield thread
        thread.submit(leave).result()


def test_two_at_once_give_what_one_by_one_gives(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same id in batches that follow one another, refused rows, rows without an id."""
    names = [*"abcddeeffgghhhijfk", "a"]
    items = [item(name) for name in names] + [{"data": {}}, {"data": {"text": "x"}}, item("l"), item("m")]
    found = []
    for single in (True, False):
        monkeypatch.setattr(hands_module, "people_are_at_work", lambda single=single: single)
        project = make_project(world.organization, world.max, members={world.eve: "engineer"})
        job = Caller(world.eve, project).import_items(items)
        assert job.state == JobState.DONE, job.error
        tasks = Task.objects.filter(project=project).order_by("pk").values_list("external_id", "data")
        assert TaskSummary.objects.filter(project=project).count() == len(tasks) == 14
        assert QueueEntry.objects.filter(project=project).count() == 14
        found.append((list(tasks), messages(job), job.result, job.done, job.cursor))
    assert found[0] == found[1]
    assert found[1][2]["repeated"] == 8


def test_a_circle_with_another_import_is_opened(world: World) -> None:
    """Theirs waits for our later batch, that one for its turn; our earlier one comes to wait for theirs."""
    eve = Caller(world.eve, world.project)
    job = eve.post("imports/", {"items": [item(name) for name in "abcdef"]}, 202)
    with beside() as ours, beside() as theirs:
        with transaction.atomic():
            Task.objects.create(project=world.project, external_id="c", data={"text": "taken back"})
            took, go_on = threading.Event(), threading.Event()

            def take_two() -> None:
                with transaction.atomic():
                    Task.objects.create(project=world.project, external_id="d", data={"text": "theirs"})
                    took.set()
                    go_on.wait(60)
                    Task.objects.create(project=world.project, external_id="e", data={"text": "theirs"})

            other = theirs.submit(take_two)
            assert took.wait(60)
            done = ours.submit(run_job, int(job["id"]))
            until(lambda: waiting("transactionid") == 1 and waiting("advisory") == 1, "two batches that wait")
            go_on.set()
            # Past the moment at which the database looks for a circle on their behalf: there is none yet.
            until(lambda: waiting("transactionid", 1.5) == 2, "theirs behind our later batch")
            transaction.set_rollback(True)
        other.result()
        done.result()
    ended = Job.objects.get(pk=job["id"])
    assert (ended.state, ended.result["created"], ended.result["existing"]) == ("done", 4, 2), ended.error
    tasks = Task.objects.filter(project=world.project).order_by("pk")
    assert [task.external_id for task in tasks if task.data != {"text": "theirs"}] == [*"abcf"]
    assert tasks.count() == QueueEntry.objects.filter(project=world.project).count() + 2 == 6


def test_nothing_after_a_batch_that_failed_comes_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also not what was written beside it."""
    save = JobContext.progress

    def breaks(self: JobContext, done: int, total: int | None = None, **cursor: Any) -> None:
        if done == 4:
            until(lambda: waiting("advisory") == 1, "a batch that waits for its turn")
            raise RuntimeError("the second batch")
        save(self, done, total, **cursor)

    monkeypatch.setattr(JobContext, "progress", breaks)
    eve = Caller(world.eve, world.project)
    job = eve.post("imports/", {"items": [item(name) for name in "abcdefgh"]}, 202)
    with pytest.raises(RuntimeError, match="the second batch"):
        run_job(int(job["id"]))
    tasks = Task.objects.filter(project=world.project).order_by("pk")
    assert [task.external_id for task in tasks] == ["a", "b"]
    assert Job.objects.get(pk=job["id"]).done == 2


def test_people_have_the_second_processor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody works, batches are stored one by one, where the job is."""
    threads: set[str] = set()
    save = JobContext.progress

    def noted(self: JobContext, done: int, total: int | None = None, **cursor: Any) -> None:
        threads.add(threading.current_thread().name.partition("_")[0])
        save(self, done, total, **cursor)

    monkeypatch.setattr(JobContext, "progress", noted)
    now = timezone.now()
    assignment = Assignment.objects.create(
        project=world.project,
        task=make_tasks(world.project, 1)[0],
        user=world.ann,
        ontology=world.project.ontology,
        drawn=Drawn.RANDOM,
        created_at=now + timedelta(hours=1),  # so that the clock of the test does not matter
        expires_at=now + timedelta(hours=2),
    )
    Caller(world.eve, world.project).import_items([item(name) for name in "abcdef"])
    assert threads == {"MainThread"}
    assignment.created_at = now - timedelta(minutes=1)
    assignment.save()
    Caller(world.eve, world.project).import_items([item(name) for name in "ghijkl"])
    assert threads == {"MainThread", "import-hand"}


def test_the_next_import_finds_its_connections(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the database ended one of them meanwhile; not when nobody has imported for a while."""
    found: set[int] = set()
    save = JobContext.progress

    def noted(self: JobContext, done: int, total: int | None = None, **cursor: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            found.add(connection.connection.info.backend_pid)
        save(self, done, total, **cursor)

    def imported(names: str) -> set[int]:
        found.clear()
        job = Caller(world.eve, world.project).import_items([item(name) for name in names])
        assert (job.state, job.result["created"]) == ("done", len(names)), job.error
        return set(found)

    monkeypatch.setattr(JobContext, "progress", noted)
    monkeypatch.setattr(hands_module.spare, "is_kept", True)
    try:
        first = imported("abcdef")
        assert imported("ghijkl") == first
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 60000)", [min(first)])
        third = imported("mnopqr")
        assert len(third) == 2
        assert third & first == {max(first)}
    finally:
        hands_module.spare.let_go()
    assert third.isdisjoint(imported("stuvwx"))
    hands_module.spare.let_go()


def test_nothing_is_being_done_after_a_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the threads are kept: what failed is cleaned up next, and the other batch must be over."""
    has_begun, is_left = threading.Event(), threading.Event()
    ended: list[bool] = []

    def fail_or_dawdle(_batch: Batch, turn: Turn) -> None:
        if turn.is_first:
            turn.begin()
            assert has_begun.wait(30)
            raise ZeroDivisionError
        has_begun.set()
        ended.append(is_left.wait(0.5))

    def store_two(hands: Hands) -> None:
        hands.store(Batch())
        hands.store(Batch())

    monkeypatch.setattr(hands_module.spare, "is_kept", True)
    try:
        with pytest.raises(ZeroDivisionError), Hands(1, fail_or_dawdle, alone=False) as hands:
            store_two(hands)
        assert ended == [False]
    finally:
        is_left.set()
        hands_module.spare.let_go()
