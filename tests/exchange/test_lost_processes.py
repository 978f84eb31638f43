"""Imports and exports against real processes: a killed worker, a cancel, a client that stops reading.

A lock that the test holds stops the work at a known place; nothing here depends on who is faster.
"""

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from accounts.services.tokens import create_token
from annotate.models import QueueEntry
from exchange.importing.batches import LEAST_ROWS
from projects.models import Job, Task, TaskSummary
from projects.tasks import resume_jobs
from tests.exchange.scene import make_scene
from tests.exchange.steps import Caller
from tests.processes import child_environment, serving, wait_until_idle
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 3 * LEAST_ROWS + 10
WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
AND locktype = %s AND waitstart < clock_timestamp() - %s::interval
"""
SECONDS = 60


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _shared_files(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path) -> None:
    """The worker stores where this process looks."""
    monkeypatch.setenv("FILES_DIR", str(tmp_path / "files"))


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, f"not in {SECONDS} s: {what}"
        time.sleep(0.02)


def waiting(kind: str, seconds: float = 0) -> int:
    """How many have waited so long for such a lock: a row's ("transactionid"), their turn's ("advisory") …"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw before
        cursor.execute(WAITING, [kind, f"{seconds} s"])
        return int(cursor.fetchone()[0])


def kill_a_child(worker: int) -> None:
    """End the processes of the pool as the out-of-memory killer does; the worker makes new ones."""
    for child in Path(f"/proc/{worker}/task/{worker}/children").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)


def take_up_again(job: Job) -> None:
    """As the sweep does two minutes later."""
    wait_until_idle()
    begin_again(job)
    until(lambda: Job.objects.get(pk=job.pk).finished_at is not None, "the job's end")


def begin_again(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(heartbeat_at="2020-01-01T00:00:00Z")
    resume_jobs.delay()


@contextlib.contextmanager
def stopped_in_the_second_batch(world: World) -> Iterator[Job]:
    """An import of four batches, whose second one waits for an id that somebody else is about to take.

    The third is written by then, and waits for its turn.
    """
    lines = [json.dumps({"id": f"r{n}", "data": {"text": f"Text {n}"}}) for n in range(ROWS)]
    eve, content = Caller(world.eve, world.project), "\n".join(lines).encode()
    with somebody_takes(world, LEAST_ROWS + 7):
        answer = aside(lambda: eve.upload("imports/", content, "a.jsonl", 202))
        until(lambda: waiting("transactionid") and waiting("advisory"), "two batches that wait")
        yield Job.objects.get(pk=answer["id"])


@contextlib.contextmanager
def somebody_takes(world: World, row: int) -> Iterator[None]:
    """The id of a row, for a while: then they take it back."""
    with transaction.atomic():
        Task.objects.create(project=world.project, external_id=f"r{row}", data={"text": "first"})
        yield
        transaction.set_rollback(True)


def aside(work: Callable[[], Any]) -> Any:
    """Do it on a thread of its own, so outside the transaction in which this one holds a lock."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_an_import_goes_on_after_a_killed_worker(world: World, celery_worker_process: int) -> None:
    """At two batches of which none is in, then between the commits of two."""
    with stopped_in_the_second_batch(world) as job:
        assert job.done == LEAST_ROWS
        kill_a_child(celery_worker_process)
    wait_until_idle()
    with somebody_takes(world, 3 * LEAST_ROWS + 7):
        aside(lambda: begin_again(job))
        until(lambda: waiting("transactionid"), "the last batch, which waits")
        until(lambda: Job.objects.get(pk=job.pk).done == 3 * LEAST_ROWS, "the commit of the one before")
        kill_a_child(celery_worker_process)
    take_up_again(job)
    job.refresh_from_db()
    assert (job.state, job.result["created"], job.done) == ("done", ROWS, ROWS), job.error
    assert job.attempts == 3
    ids = Task.objects.filter(project=world.project).order_by("pk").values_list("external_id", flat=True)
    assert list(ids) == [f"r{n}" for n in range(ROWS)]
    assert TaskSummary.objects.filter(project=world.project).count() == ROWS
    assert QueueEntry.objects.filter(project=world.project).count() == ROWS


def test_cancel_keeps_what_came_in_before(world: World, celery_worker_process: int) -> None:
    with stopped_in_the_second_batch(world) as job:
        eve = Caller(world.eve, world.project)
        assert aside(lambda: eve.client.delete(f"/api/v1/jobs/{job.pk}/")).status_code < 300
    until(lambda: Job.objects.get(pk=job.pk).finished_at is not None, "the job's end")
    assert Job.objects.get(pk=job.pk).state == "cancelled"
    assert Task.objects.filter(project=world.project).count() == LEAST_ROWS
    assert QueueEntry.objects.filter(project=world.project).count() == LEAST_ROWS


def test_an_export_is_made_anew_after_a_killed_worker(
    transactional_db: None, celery_worker_process: int, tmp_path: Path
) -> None:
    scene = make_scene()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE annotate_review")
        query = {"format": "jsonl", "answers": "all"}
        job = Job.objects.get(pk=aside(lambda: scene.eve.post("exports/", query, 202))["id"])
        until(lambda: waiting("relation"), "an export that waits")
        kill_a_child(celery_worker_process)
    take_up_again(job)
    job.refresh_from_db()
    assert (job.state, job.result["items"]) == ("done", 4), job.error
    stored = sorted(path.name for path in (tmp_path / "files" / "exports").rglob("*") if path.is_file())
    assert stored == ["export.jsonl", "export.jsonl.manifest.json"]


def test_clients_that_stop_reading_are_cut_off(world: World, tmp_path: Path) -> None:
    """As many as the web has threads: then nobody would be served any more."""
    text = "x" * 500_000
    for number in range(30):
        task = Task.objects.create(project=world.project, data={"text": f"{number} {text}"})
        TaskSummary.objects.create(task=task, project=world.project)
    _, token = create_token(user=world.eve, organization=world.organization, name="e", scopes=["export"])
    request = (
        f"GET /api/v1/projects/{world.project.pk}/export/?format=jsonl HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    with serving(tmp_path, child_environment() | {"WEB_CLIENT_SECONDS": "1"}) as web:
        lines = [stalled(web.url, request.encode()) for _ in range(4)]
        wait_until_idle()  # the snapshot is over though nobody has read it
        assert asked(web.url).startswith(b"HTTP/1.1 200"), web.log.read_text()[-2000:]
        for line in lines:
            assert len(rest(line)) < 30 * len(text), "the end never came, so it was cut"


def stalled(url: str, request: bytes) -> socket.socket:
    """Somebody who asks, reads the beginning, and then nothing more."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(SECONDS)
    line.connect((urlsplit(url).hostname, urlsplit(url).port))
    line.sendall(request)
    assert line.recv(12) == b"HTTP/1.1 200"
    return line


def asked(url: str) -> bytes:
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=SECONDS) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return rest(line)


def rest(line: socket.socket) -> bytes:
    """All that still comes, until the other side is gone."""
    found = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while piece := line.recv(1 << 16):
            found += piece
    line.close()
    return bytes(found)
