"""Background work does not hurt people: five requests a second, alone and while everything long runs at once.

Web, workers, database and cache as in production, on one machine. People submit and draw the next task in one
request each. Meanwhile a full consensus run, a training round, an import and an export of a project of TASKS
(100,000) tasks are worked off by a long worker that steps back (NICE, 10). ROWS (100,000) are imported.
Measured until the last job ends; the time until the first one does, with all four at work, has its own row.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.files.base import File  # noqa: E402  # after Django is set up

from accounts.models import Organization, User  # noqa: E402
from benchmarks.bench_crowd import signed_in  # noqa: E402
from benchmarks.bench_import import small_reviews  # noqa: E402
from benchmarks.bench_label_page import served  # noqa: E402
from benchmarks.bench_queue import ONTOLOGY, make_person, scratch_organization  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from benchmarks.seeds import all_votes, seeded_project  # noqa: E402
from config.embedded.process import spawn, stop  # noqa: E402
from exchange.exporting.request import read_request  # noqa: E402
from exchange.importing.plan import Plan  # noqa: E402
from exchange.services.exports import start_export  # noqa: E402
from exchange.services.imports import start_import  # noqa: E402
from exchange.services.uploads import keep_upload, spool_lines  # noqa: E402
from projects.models import Job, JobState, Membership, Project, Role  # noqa: E402
from projects.services.projects import create_project  # noqa: E402
from quality.services.full_run import start_full_run  # noqa: E402
from quality.services.rounds import start_round  # noqa: E402

TASKS = int(os.environ.get("TASKS", "100000"))
ROWS = int(os.environ.get("ROWS", "100000"))
SECONDS = float(os.environ.get("SECONDS", "30"))
NICE = int(os.environ.get("NICE", "10"))
MOST_SECONDS = 600.0
CROWD = 5  # people, one request a second each
REPEATS = 1
ROOT = Path(__file__).resolve().parent.parent
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Calm(threading.Thread):
    """Somebody who sends an answer each second, whatever the last one took, until told to stop."""

    def __init__(
        self, address: str, project: Project, person: User, offset: float, over: threading.Event
    ) -> None:
        super().__init__()
        cookie, secret = signed_in(person)
        self.headers = {"Content-Type": "application/json", "Cookie": cookie, "X-CSRFToken": secret}
        self.address, self.project, self.offset, self.over = address, project, offset, over
        self.times: list[tuple[float, float]] = []  # when by the clock, how long

    def run(self) -> None:
        """Draw one; then submit it and draw the next, at the same moment of every second."""
        self.line = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        held = self.post(f"/api/v1/projects/{self.project.pk}/next/", {"count": 1}, 200)["assignments"]
        due = time.monotonic() + self.offset
        while held and not self.over.wait(max(0.0, due - time.monotonic())):
            moment, start = time.time(), time.perf_counter()
            body = {"value": {"topic": "topic-03"}, "seconds": 1.0, "next": 1}
            answer = self.post(f"/api/v1/assignments/{held[0]['id']}/submit/", body, 201)
            self.times.append((moment, time.perf_counter() - start))
            held = answer["assignments"]
            due += 1.0
        self.line.close()

    def post(self, path: str, body: object, status: int) -> dict[str, Any]:
        """One request on the open line."""
        key = {"Idempotency-Key": uuid.uuid4().hex}
        self.line.request("POST", path, json.dumps(body), self.headers | key)
        answer = self.line.getresponse()
        text = answer.read()
        if answer.status != status:
            raise RuntimeError(f"{path}: {answer.status} {text[:300]!r}")
        return json.loads(text)  # type: ignore[no-any-return]


def run() -> list[Row]:
    """Alone, then with the jobs."""
    organization = scratch_organization()
    with served() as url, working():
        project, manager, _ = seeded_project(organization, TASKS)
        all_votes(project)
        Project.objects.filter(pk=project.pk).update(active_learning=True, review_below_agreement=0.0)
        project.refresh_from_db()
        idle = requests(url, project, newcomers(organization, project))
        jobs = start_all(organization, project, manager)
        loaded = requests(url, project, newcomers(organization, project), jobs)
        took = [finished(job) for job in jobs]
        first = min(job.finished_at.timestamp() for job in jobs if job.finished_at)
        all_four = [seconds for moment, seconds in loaded if moment < first]
        return [*compared(in_all(idle), in_all(loaded), all_four), *took]


def in_all(times: list[tuple[float, float]]) -> list[float]:
    """How long each request took, whenever it was."""
    return [seconds for _, seconds in times]


def newcomers(organization: Organization, project: Project) -> list[User]:
    """People without answers: the seeded ones have answers without leases, and would get a task twice."""
    people = [make_person(organization) for _ in range(CROWD)]
    Membership.objects.bulk_create(
        Membership(project=project, user=person, role=Role.ANNOTATOR) for person in people
    )
    return people


def compared(idle: list[float], loaded: list[float], all_four: list[float]) -> list[Row]:
    """What people waited."""
    quiet, busy = (percentile(times, 95) * 1000 for times in (idle, loaded))
    return [
        Row("submit with next, p95, nothing else", quiet, "ms", note=f"{len(idle)} requests"),
        Row("submit with next, p95, all four jobs", busy, "ms", note=f"{len(loaded)} requests"),
        Row(
            "of these until the first job ended",
            percentile(all_four, 95) * 1000,
            "ms",
            note=f"{len(all_four)} requests",
        ),
        Row("median, nothing else", percentile(idle, 50) * 1000, "ms"),
        Row("median, all four jobs", percentile(loaded, 50) * 1000, "ms"),
        Row("p95 with the jobs, to that without", busy / quiet, "times", "<= 1.5"),
    ]


def finished(job: Job) -> Row:
    """How long a job took; RuntimeError if it failed."""
    job.refresh_from_db()
    if job.state != JobState.DONE or job.finished_at is None or job.started_at is None:
        raise RuntimeError(f"{job.kind}: {job.state} {job.error}")
    return Row(f"the {job.kind} took", (job.finished_at - job.started_at).total_seconds(), "s")


def requests(
    url: str, project: Project, people: list[User], jobs: list[Job] | None = None
) -> list[tuple[float, float]]:
    """When and how long each request was: for SECONDS, or until the jobs are done."""
    over = threading.Event()
    crowd = [Calm(url, project, one, place / CROWD, over) for place, one in enumerate(people)]
    for one in crowd:
        one.start()
    until = time.monotonic() + (MOST_SECONDS if jobs else SECONDS)
    while time.monotonic() < until and (jobs is None or _at_work(jobs)):
        time.sleep(0.2)
    over.set()
    for one in crowd:
        one.join()
    return [each for one in crowd for each in one.times[1:]]  # the first opens the line


def _at_work(jobs: list[Job]) -> bool:
    return Job.objects.filter(pk__in=[job.pk for job in jobs], state__in=UNFINISHED).exists()


def start_all(organization: Organization, project: Project, manager: User) -> list[Job]:
    """One of each kind."""
    other = create_project(
        organization=organization, by=manager, name="Import", ontology=ONTOLOGY, settings={}
    )
    with spool_lines(small_reviews(ROWS)) as rows:
        upload = keep_upload(project=other, name="rows.jsonl", content=File(rows, name="rows.jsonl"))
    round_ = start_round(project=project, by=manager)
    wanted = read_request({"format": "jsonl", "answers": "all"}, None)
    jobs = [
        start_full_run(project=project, by=manager),
        start_import(project=other, by=manager, upload=upload, plan=Plan()),
        start_export(project=project, by=manager, wanted=wanted),
    ]
    return [*jobs, round_.job] if round_.job else jobs


@contextmanager
def working() -> Iterator[None]:
    """Two workers as in production; the long one may do all four at once."""
    with tempfile.TemporaryDirectory() as folder:
        ready = [Path(folder) / name for name in ("fast", "long")]
        processes = [_worker(ready[0], "fast", 2, 0), _worker(ready[1], "long", 4, NICE)]
        try:
            while not all(file.exists() for file in ready):
                if any(process.poll() is not None for process in processes):
                    raise RuntimeError("a worker did not start")
                time.sleep(0.1)
            yield
        finally:
            for process in processes:
                stop(process, signal.SIGTERM, seconds=30)


def _worker(ready: Path, queue: str, processes: int, nice: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--queues", queue]
    options = [
        "--concurrency",
        str(processes),
        "--hostname",
        f"{queue}@bench",
        "--without-gossip",
        "--without-mingle",
    ]
    own = {"WORKER_READY_FILE": str(ready), "WORKER_NICE": str(nice)}
    return spawn([*command, *options], log=ready.with_suffix(".log"), env={**os.environ, **own}, cwd=ROOT)
