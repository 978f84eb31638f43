"""Two webs, two workers and two beats behind a proxy, a pooler in transaction mode, a primary and a replica.

Each part is a process with a network of its own where that is allowed. One start-up serves all tests.
"""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.db import connections
from django.utils import timezone

from annotate.models import Annotation, AnnotationVersion, OutboxEvent
from projects.models import Job, Project, Task, TaskSummary
from tests.annotate.test_overlap import make_people
from tests.cluster.api import Api
from tests.cluster.cluster import POOL, PREFIX, Cluster
from tests.concurrency.client import Client
from tests.concurrency.test_twenty_clients import check_nobody_did_a_task_twice, check_stored
from tests.world import World, make_project, make_tasks, make_world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
]
CLIENTS = 10
SECONDS = 300  # where others have the machine, too
TASKS = 250
ROWS = 15_000


def start_clients(cluster: Cluster, world: World, *, pause: float = 0.0) -> list[Client]:
    """Annotators who finish what they begin."""
    people = make_people(world, CLIENTS)
    until = time.monotonic() + SECONDS
    clients = []
    for number, person in enumerate(people):
        token = Api(cluster.url, world, person).token
        client = Client(cluster.url, world.project.pk, token, seed=number, until=until)
        client.walks_away, client.pause = 0.0, pause
        clients.append(client)
    for client in clients:
        client.start()
    return clients


def wait_for(clients: list[Client]) -> None:
    """Until all is done; raises what stopped one of them."""
    for client in clients:
        client.join()
    for client in clients:
        if client.problem is not None:
            raise client.problem


def items(count: int) -> list[dict[str, Any]]:
    return [{"id": f"i{number}", "data": {"text": f"Imported {number}"}} for number in range(count)]


def finished(cluster: Cluster, job: int) -> Job:
    """The job once no worker has to do with it any more."""
    cluster.until(lambda: Job.objects.get(pk=job).state in {"done", "failed", "cancelled"}, f"job {job}")
    return Job.objects.get(pk=job)


def check_answers(clients: list[Client], project: Project, *, tasks: int, overlap: int) -> None:
    """What clients were told is stored, once, as it was sent; each task has as many answers as asked."""
    sent = [row for client in clients for row in client.history.sent]
    assert all(row.annotation for row in sent)
    rows = AnnotationVersion.objects.select_related("annotation__task", "annotation__assignment")
    stored = {version.key: version for version in rows.filter(annotation__project=project)}
    assert set(stored) == {row.key for row in sent}
    for row in sent:
        check_stored(row, stored[row.key])
    check_nobody_did_a_task_twice(clients)
    counted = Annotation.objects.filter(project=project, is_extra=False).count()
    assert counted == tasks * overlap
    assert set(TaskSummary.objects.filter(project=project).values_list("answers", flat=True)) == {overlap}


def test_the_whole_way_through_a_pooler_in_transaction_mode(cluster: Cluster) -> None:
    """Import by COPY, next and submit from more clients than the pool has connections, consensus, export."""
    world = make_world(overlap=3, skip_limit=100)
    max_ = Api(cluster.url, world, world.max)
    project = world.project.pk
    job = max_.json(f"/projects/{project}/imports/", {"items": items(20)})
    assert finished(cluster, int(job["id"])).result["created"] == 20
    clients = start_clients(cluster, world)
    wait_for(clients)
    check_answers(clients, world.project, tasks=20, overlap=3)
    cluster.until(lambda: not TaskSummary.objects.filter(value=None).exists(), "consensus of every task")
    lines = max_.lines(project, answers="all")
    assert [len(line["annotations"]) for line in lines] == [3] * 20
    job = max_.json(f"/projects/{project}/exports/", {"format": "jsonl"})
    assert finished(cluster, int(job["id"])).result["items"] == 20
    sessions = cluster.primary.ask("SELECT client_addr FROM pg_stat_activity WHERE usename = 'touchstone'")
    pooled = [address for (address,) in sessions if address == cluster.hosts["pooler"].address]
    assert not cluster.is_separate or 0 < len(pooled) <= 2 * POOL < CLIENTS


def reads(cluster: Cluster) -> tuple[int, int]:
    """How often answers, or their counts by person, were read so far, on the primary and on the replica."""
    for server in (cluster.primary, cluster.replica):
        server.ask("SELECT pg_stat_force_next_flush()")
    statement = (
        "SELECT sum(seq_scan + idx_scan) FROM pg_stat_user_tables"
        " WHERE relname IN ('annotate_annotation', 'annotate_persontotal')"
    )
    primary, replica = (server.ask(statement, "touchstone") for server in (cluster.primary, cluster.replica))
    return primary[0][0], replica[0][0]


def answer_one(ann: Api, project: int) -> None:
    """One more answer by this person."""
    (row,) = ann.json(f"/projects/{project}/next/", {"count": 1})["assignments"]
    body = {"value": {"sentiment": "neutral"}, "seconds": 1.0, "next": 0}
    ann.json(f"/assignments/{row['id']}/submit/", body)


def answers_in(lines: list[Any]) -> int:
    return sum(len(line["annotations"]) for line in lines)


def test_exports_and_dashboards_read_from_the_replica(cluster: Cluster) -> None:
    """They are never older than the question, and go on when the replica hangs or dies."""
    world = make_world(overlap=1)
    make_tasks(world.project, 30)
    max_, ann = (Api(cluster.url, world, person) for person in (world.max, world.ann))
    project = world.project.pk
    assert cluster.replica.ask("SELECT pg_is_in_recovery()") == [(True,)]

    for count in range(1, 6):
        answer_one(ann, project)
        assert answers_in(max_.lines(project, answers="all")) == count
    cluster.until(lambda: reads(cluster)[1] > 0, "reads on the replica")
    assert 'outcome="replica"' in cluster.metrics("web1") + cluster.metrics("web2")

    before = reads(cluster)[1]

    def dashboard_was_read_there() -> bool:
        """Asked again and again: on a busy machine the replica may be left alone for ten seconds."""
        max_.json(f"/projects/{project}/annotators/")
        return reads(cluster)[1] > before

    cluster.until(dashboard_was_read_there, "a dashboard on the replica")
    job = max_.json(f"/projects/{project}/exports/", {"format": "jsonl"})
    assert finished(cluster, int(job["id"])).result["items"] == 30

    cluster.replica.ask("SELECT pg_wal_replay_pause()")
    answer_one(ann, project)
    assert answers_in(max_.lines(project, answers="all")) == 6, "a replica that is behind was believed"

    def dashboard_knows_it() -> bool:
        """A worker counts it on the primary; the replica would never tell."""
        people = max_.json(f"/projects/{project}/annotators/")["results"]
        return max(person["answers"] for person in people) == 6

    cluster.until(dashboard_knows_it, "the sixth answer on a dashboard")
    assert "replica_left_alone" in cluster.said("web1", "web") + cluster.said("web2", "web")
    cluster.replica.ask("SELECT pg_wal_replay_resume()")

    cluster.replica.stop_at_once()
    answer_one(ann, project)
    assert answers_in(max_.lines(project, answers="all")) == 7
    cluster.replica.start()


class Load:
    """Clients at work, and how many answers were confirmed to them so far."""

    def __init__(self, cluster: Cluster, world: World) -> None:
        self._cluster = cluster
        self.clients = start_clients(cluster, world, pause=0.5)

    @property
    def confirmed(self) -> int:
        return sum(bool(row.annotation) for client in self.clients for row in list(client.history.sent))

    def goes_on(self, while_: str, answers: int = 15) -> None:
        """Wait until so many more answers were confirmed."""
        wanted = self.confirmed + answers

        def enough() -> bool:
            for client in self.clients:
                if client.problem is not None:
                    raise client.problem
            idle = not any(client.is_alive() for client in self.clients)
            assert not idle, f"the work was over too early: {while_}"
            return self.confirmed >= wanted

        self._cluster.until(enough, f"answers {while_}")

    def finish(self) -> None:
        """Do the rest without a pause."""
        for client in self.clients:
            client.pause = 0.0
        wait_for(self.clients)


def tell_a_worker(cluster: Cluster, task: str) -> None:
    """Send what the beat sends once a minute."""
    with Celery(broker=cluster.redis_url, set_as_current=False) as sender:
        sender.conf.broker_transport_options = {"global_keyprefix": f"{PREFIX}:"}
        sender.send_task(task, queue="fast")


def leader(cluster: Cluster) -> str:
    """The host whose beat schedules: the one that said so last."""
    lines = [
        (json.loads(line)["timestamp"], host)
        for host in ("worker1", "worker2")
        for line in cluster.said(host, "worker").splitlines()
        if '"beat_leads"' in line
    ]
    return max(lines)[1]


def host_of_job(cluster: Cluster) -> str:
    """The worker host that does a job now; empty if none does."""
    for host in ("worker1", "worker2"):
        begun: set[str] = set()
        for line in cluster.said(host, "worker").splitlines():
            said = json.loads(line) if line.startswith("{") else {}
            if said.get("event") == "task_started" and said.get("task") == "projects.run_job":
                begun.add(said["task_id"])
            elif said.get("event") in {"task_succeeded", "task_failed", "task_revoked"}:
                begun.discard(said["task_id"])
        if begun:
            return host
    return ""


def lose_the_worker_of_a_job(cluster: Cluster, load: Load, job: int) -> str:
    """Kill the host that does it in the middle, so that the other one goes on where it was; the other one."""
    cluster.until(lambda: Job.objects.get(pk=job).done > 0, "the import is under way")
    victim = host_of_job(cluster)
    assert victim, "the import was over before its worker could be killed"
    cluster.kill(victim)
    load.goes_on(f"without {victim}")
    assert Job.objects.get(pk=job).state == "running"
    long_ago = timezone.now() - timedelta(minutes=3)  # what the clock would say three minutes later
    Job.objects.filter(pk=job).update(heartbeat_at=long_ago)
    tell_a_worker(cluster, "projects.resume_jobs")
    return "worker2" if victim == "worker1" else "worker1"


def test_nothing_is_lost_when_one_of_each_kind_dies(cluster: Cluster) -> None:
    """A web, Redis, the database, the proxy and a worker host die in turn while people work and jobs run."""
    world = make_world(overlap=2, skip_limit=100)
    other = make_project(world.organization, world.max, live=False)
    make_tasks(world.project, TASKS)
    max_ = Api(cluster.url, world, world.max)
    assert leader(cluster) in {"worker1", "worker2"}
    jobs = [int(max_.json(f"/projects/{other.pk}/imports/", {"items": items(ROWS)})["id"])]
    load = Load(cluster, world)
    survivor = lose_the_worker_of_a_job(cluster, load, jobs[0])

    cluster.kill("web1")
    load.goes_on("with one web")

    cluster.kill("redis")
    load.goes_on("without Redis")
    jobs.append(int(max_.json(f"/projects/{world.project.pk}/exports/", {"format": "jsonl"})["id"]))
    cluster.start_redis()
    load.goes_on("with an empty Redis")

    cluster.primary.stop_at_once()
    cluster.primary.start()
    connections.close_all()
    load.goes_on("after a crash of the database")

    cluster.kill("proxy")
    cluster.start_proxy()
    load.goes_on("with a new proxy")

    cluster.until(lambda: leader(cluster) == survivor, "its beat leads")
    load.finish()
    check_answers(load.clients, world.project, tasks=TASKS, overlap=2)
    assert sum(client.history.retries for client in load.clients) > 0, "nobody noticed anything"
    long_ago = timezone.now() - timedelta(minutes=3)
    Job.objects.filter(state="queued").update(created_at=long_ago)
    tell_a_worker(cluster, "projects.resume_jobs")
    for job in jobs:
        assert finished(cluster, job).state == "done", Job.objects.get(pk=job).error
    assert Task.objects.filter(project=other).count() == ROWS
    cluster.until(lambda: not OutboxEvent.objects.exists(), "the outbox is empty")
    values = TaskSummary.objects.filter(project=world.project)
    cluster.until(lambda: not values.filter(value=None).exists(), "consensus of every task")
