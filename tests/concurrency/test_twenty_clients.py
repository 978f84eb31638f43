"""Twenty clients, real web workers, leases that expire, a worker that is killed.

Checked from the clients' own histories: nothing lost, nothing double, nothing over the overlap, no task
twice to one person.
"""

import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from accounts.services.tokens import create_token
from annotate.models import Annotation, AnnotationVersion, QueueEntry
from projects.models import TaskSummary
from tests.annotate.test_overlap import check_exact, make_people
from tests.concurrency.client import Client, Sent
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CLIENTS = 20
TASKS = 60
OVERLAP = 3
SECONDS = 50


# Not of somebody in the middle of a call of theirs: the program's time stands still within a transaction, so
# a lease never runs out between two statements of one.
RUN_OUT = """
WITH idle AS MATERIALIZED (
    SELECT user_id FROM annotate_queuecursor WHERE epoch = -1 FOR UPDATE SKIP LOCKED
)
UPDATE annotate_assignment SET expires_at = now() - interval '1 second'
WHERE state = 'active' AND random() < 0.4 AND created_at < now() - interval '0.2 seconds'
  AND user_id IN (SELECT user_id FROM idle)
"""


class Reaper(threading.Thread):
    """Lets leases run out early, also some that are being worked on, and notes when somebody is over."""

    def __init__(self) -> None:
        super().__init__()
        self.stop = threading.Event()
        self.over: list[int] = []
        self.expired = 0

    def run(self) -> None:
        """Until stopped, ten times a second: all the work takes two."""
        while not self.stop.wait(0.1):
            with connection.cursor() as cursor:
                cursor.execute(RUN_OUT)
                self.expired += cursor.rowcount
                cursor.execute(
                    "SELECT task_id FROM annotate_assignment WHERE holds_slot GROUP BY task_id "
                    "HAVING count(*) > %s",
                    [OVERLAP],
                )
                self.over += [row[0] for row in cursor.fetchall()]
        connection.close()


def kill_one_worker(master: int) -> int:
    """End one of gunicorn's workers as the out-of-memory killer does; return its number."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    victim = int(children[0])
    os.kill(victim, signal.SIGKILL)
    return victim


def test_it_works(live_web: LiveWeb) -> None:
    world = make_world(overlap=OVERLAP, skip_limit=100)
    make_tasks(world.project, TASKS)
    clients = start_clients(world, live_web)
    reaper = Reaper()
    reaper.start()
    try:
        victim = kill_in_the_middle(live_web, clients)
    finally:
        for client in clients:
            client.join()
        reaper.stop.set()
        reaper.join()
    for client in clients:
        if client.problem is not None:
            raise client.problem
    assert not Path(f"/proc/{victim}").exists()
    assert reaper.over == []
    assert reaper.expired > 0
    check_histories(clients)
    check_work_is_done(world)


def start_clients(world: World, web: LiveWeb) -> list[Client]:
    until = time.monotonic() + SECONDS
    clients = []
    for number, person in enumerate(make_people(world, CLIENTS)):
        _, token = create_token(
            user=person, organization=world.organization, name="test", scopes=["annotate", "read"]
        )
        clients.append(Client(web.url, world.project.pk, token, seed=number, until=until))
    for client in clients:
        client.start()
    return clients


def kill_in_the_middle(web: LiveWeb, clients: list[Client]) -> int:
    """Wait until a third of the work is done, then kill."""
    until = time.monotonic() + SECONDS
    while Annotation.objects.count() < TASKS * OVERLAP // 3:
        for client in clients:
            if client.problem is not None:
                raise client.problem
        assert time.monotonic() < until, web.log.read_text()[-3000:]
        time.sleep(0.05)
    return kill_one_worker(web.pid)


def check_histories(clients: list[Client]) -> None:
    """What clients were told is in the database, once; what is there was sent by a client."""
    sent = [row for client in clients for row in client.history.sent]
    assert all(row.annotation for row in sent)  # every answer was acknowledged in the end
    versions = AnnotationVersion.objects.select_related("annotation__task", "annotation__assignment")
    stored = {version.key: version for version in versions}
    assert len(stored) == AnnotationVersion.objects.count()
    assert set(stored) == {row.key for row in sent}
    for row in sent:
        check_stored(row, stored[row.key])
    check_nobody_did_a_task_twice(clients)
    assert len({client.history.sent[0].key for client in clients if client.history.sent}) > CLIENTS // 2


def check_nobody_did_a_task_twice(clients: list[Client]) -> None:
    """Finished it twice, or were given it under two assignments."""
    for client in clients:
        finished = Counter([row.text for row in client.history.sent] + client.history.skipped)
        assert max(finished.values()) == 1, "somebody finished a task twice"
        assert len({text for _, text in client.history.shown}) == len({pk for pk, _ in client.history.shown})


def check_stored(row: Sent, version: AnnotationVersion) -> None:
    """One answer, letter by letter."""
    head = version.annotation
    assert (str(head.pk), version.version, version.value) == (row.annotation, 1, row.value)
    assert head.task.data["text"] == row.text
    assert head.assignment is not None
    assert head.is_extra != head.assignment.holds_slot  # what counts has a place, and nothing else has


def check_work_is_done(world: World) -> None:
    """Every task has exactly as many answers as asked, all others are marked as extra."""
    check_exact(world.project)
    counted = Counter(Annotation.objects.filter(is_extra=False).values_list("task_id", flat=True))
    assert set(counted.values()) == {OVERLAP}
    assert len(counted) == TASKS
    assert set(TaskSummary.objects.values_list("state", flat=True)) == {"answered"}
    assert not QueueEntry.objects.exclude(taken=OVERLAP, answered=OVERLAP).exists()
