"""Many annotators at once, over HTTP: each sends an answer and gets the next item in one request.

The web server as in production (it logs, too), its database, its cache and the load generator share the
machine. Every answer that was confirmed is looked for afterwards. Beside it stands what PostgreSQL commits
when pgbench sends the same writes over as many connections, without a web. PEOPLE (50,200), SECONDS (10),
ROUNDS (3) and TASKS (100000) change the size.
"""

import json
import os
import statistics
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402  # after Django is set up
from django.db import connection  # noqa: E402
from django.db.models import Max, Min  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import Organization, User  # noqa: E402
from annotate.models import Annotation, QueueEntry  # noqa: E402
from benchmarks import pgbench  # noqa: E402
from benchmarks.bench_label_page import served  # noqa: E402
from benchmarks.bench_queue import FILL, ONTOLOGY, make_person, scratch_organization  # noqa: E402
from benchmarks.crowd_client import Plan, Seen  # noqa: E402
from benchmarks.processes import watched  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from projects.models import Membership, Project, ProjectState, Task  # noqa: E402
from projects.services.projects import create_project  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
TASKS = int(os.environ.get("TASKS", "100000"))
PEOPLE = [int(word) for word in os.environ.get("PEOPLE", "50,200").split(",")]
SECONDS = float(os.environ.get("SECONDS", "10"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
WARM_SECONDS = 3.0
HOLD = 3
CONNECTIONS = 8  # of the web: two processes of four threads
AS_IN_PRODUCTION = {"LOG_LEVEL": "INFO", "LOG_JSON": "1"}


@dataclass(frozen=True)
class Labor:
    """One round: what the clients saw, the CPU seconds of each kind of process, and what went wrong."""

    seen: Seen
    cpu: Mapping[str, float]
    lost: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seen.times) / self.seen.seconds

    def each(self, kind: str) -> float:
        """CPU milliseconds of this kind of process for an answer."""
        return self.cpu.get(kind, 0.0) * 1000 / len(self.seen.times)


def run() -> list[Row]:
    """One person alone, then many at once, then PostgreSQL without us."""
    organization = scratch_organization()
    with served(**AS_IN_PRODUCTION) as url:
        project = filled(organization)

        def rounds(count: int, times: int, seconds: float) -> list[Labor]:
            return [labor(url, project, organization, count, seconds) for _ in range(times)]

        rounds(PEOPLE[0], 1, WARM_SECONDS)
        rows = alone(rounds(1, ROUNDS, SECONDS / 2))
        rates = {}
        for count in PEOPLE:
            found = rounds(count, ROUNDS, SECONDS)
            rates[count] = statistics.median(one.rate for one in found)
            rows += crowd(count, found)
        over = QueueEntry.objects.filter(project=project, taken__gt=3).count()
        rows.append(Row("tasks over the overlap", over, "tasks", "0", repeats=len(PEOPLE) * ROUNDS))
        return [*rows, *without_us(organization, rates[PEOPLE[0]])]


def alone(found: Sequence[Labor]) -> list[Row]:
    """The rows of one person."""
    return [
        of("submit with next, one person, median", found, lambda one: percentile(one.seen.times, 50), "ms"),
        of(
            "submit with next, one person, p95",
            found,
            lambda one: percentile(one.seen.times, 95),
            "ms",
            "<= 30",
        ),
    ]


def crowd(count: int, found: Sequence[Labor]) -> list[Row]:
    """The rows of so many people."""
    who = f"{count} people at once"
    return [
        of(f"answers, {who}", found, lambda one: one.rate, "per second", ">= 200"),
        of(f"submit with next, {who}, median", found, lambda one: percentile(one.seen.times, 50), "ms"),
        of(f"submit with next, {who}, p95", found, lambda one: percentile(one.seen.times, 95), "ms"),
        *(
            of(f"CPU for an answer, {who}, {kind}", found, lambda one, kind=kind: one.each(kind), "ms")
            for kind in ("web", "postgres", "redis", "load")
        ),
        Row(f"confirmed answers lost, {who}", sum(one.lost for one in found), "answers", "0", repeats=ROUNDS),
    ]


def of(what: str, found: Sequence[Labor], figure: Callable[..., float], unit: str, bar: str = "") -> Row:
    """A row of one figure of each round."""
    return Row.of(what, [figure(one) for one in found], unit, bar)


def without_us(organization: Organization, ours: float) -> list[Row]:
    """What PostgreSQL commits of the same writes alone, and which part of that went through the web."""
    name, part = "the same writes by pgbench alone", "the web's answers of what PostgreSQL alone commits"
    if pgbench.program() is None:
        missing = "not measured: there is no pgbench (Debian: postgresql-contrib)"
        return [Row(name, 0, "per second", note=missing, repeats=ROUNDS)]
    rates, cpu = [], []
    for _ in range(ROUNDS):
        project = filled(organization)
        tasks = Task.objects.filter(project=project).aggregate(first=Min("pk"), last=Max("pk"))
        people = [make_person(organization) for _ in range(CONNECTIONS)]
        with watched() as watch:
            rate, count = pgbench.answers_per_second(
                project, tasks["first"], tasks["last"] - tasks["first"] + 1, people, SECONDS
            )
        rates.append(rate)
        cpu.append(watch.usage.peaks["postgres"].cpu * 1000 / count)
    note = f"{CONNECTIONS} connections, two commits for an answer"
    return [
        Row.of(name, rates, "per second", note=note),
        Row.of(f"CPU for an answer, {name}, postgres", cpu, "ms"),
        Row(part, ours / statistics.median(rates) * 100, "%", repeats=ROUNDS, better="more"),
    ]


def filled(organization: Organization) -> Project:
    """A live project with many tasks, three answers wanted of each."""
    owner = make_person(organization)
    project = create_project(
        organization=organization,
        by=owner,
        name="Crowd",
        ontology=ONTOLOGY,
        settings={"overlap": 3, "hold_size": 5},
    )
    project.state = ProjectState.LIVE
    project.save()
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"project": project.pk, "tasks": TASKS})
        # Not the tables that are still empty: what is planned after an ANALYZE of those reads all of them.
        cursor.execute("ANALYZE annotate_queueentry, projects_task, projects_tasksummary")
    return project


def labor(url: str, project: Project, organization: Organization, count: int, seconds: float) -> Labor:
    """Let so many new people work for so long, from a process of its own."""
    people = [make_person(organization) for _ in range(count)]
    Membership.objects.bulk_create(
        Membership(project=project, user=person, role="annotator") for person in people
    )
    host = urlsplit(url).netloc
    plan = Plan(host, project.pk, [signed_in(one) for one in people], seconds, HOLD, {"spam": "yes"})
    with watched() as watch:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.crowd_client"],
            input=json.dumps(asdict(plan)),
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            check=True,
        )
    seen = Seen(**json.loads(done.stdout))
    there = set(Annotation.objects.filter(project=project, user__in=people).values_list("pk", flat=True))
    cpu = {kind: peak.cpu for kind, peak in watch.usage.peaks.items()}
    return Labor(seen, cpu, len(set(seen.confirmed) - there))


def signed_in(person: User) -> tuple[str, str]:
    """The cookies of a session, and its CSRF secret."""
    client = Client()
    client.force_login(person)
    session, secret = client.cookies[settings.SESSION_COOKIE_NAME].value, uuid.uuid4().hex
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={secret}", secret
