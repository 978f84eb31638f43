"""Fifty annotators at once, over HTTP: each sends an answer and gets the next item in one request.

The web server as in production, its database, its cache and the load generator share the machine. Every
answer that was confirmed is looked for afterwards. PEOPLE, SECONDS and TASKS change the size.
"""

import http.client
import json
import os
import threading
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402  # after Django is set up
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import Organization, User  # noqa: E402
from annotate.models import Annotation, QueueEntry  # noqa: E402
from benchmarks.bench_label_page import served  # noqa: E402
from benchmarks.bench_queue import FILL, ONTOLOGY, make_person, scratch_organization  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from projects.models import Membership, Project, ProjectState  # noqa: E402
from projects.services.projects import create_project  # noqa: E402

TASKS = int(os.environ.get("TASKS", "100000"))
PEOPLE = int(os.environ.get("PEOPLE", "50"))
SECONDS = float(os.environ.get("SECONDS", "20"))
HOLD = 3


class Annotator(threading.Thread):
    """Somebody who answers at once whatever comes, until the time is over."""

    def __init__(self, address: str, project: Project, person: User) -> None:
        super().__init__()
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        secret = uuid.uuid4().hex
        self.headers = {
            "Content-Type": "application/json",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={secret}",
            "X-CSRFToken": secret,
        }
        self.address = urlsplit(address).netloc
        self.first = f"/api/v1/projects/{project.pk}/next/"
        self.until = 0.0
        self.times: list[float] = []
        self.confirmed: list[str] = []

    def run(self) -> None:
        """Draw, then submit and draw in one request again and again."""
        self.line = http.client.HTTPConnection(self.address, timeout=60)
        held = self.post(self.first, {"count": HOLD}, 200)["assignments"]
        while held and time.monotonic() < self.until:
            body = {"value": {"spam": "yes"}, "seconds": 1.0, "next": HOLD}
            start = time.perf_counter()
            answer = self.post(f"/api/v1/assignments/{held[0]['id']}/submit/", body, 201)
            self.times.append(time.perf_counter() - start)
            self.confirmed.append(str(answer["annotation"]["id"]))
            held = answer["assignments"]
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
    """One person alone, then many at once."""
    with scratch_organization() as organization, served() as url:
        project = filled(organization)
        alone, _ = labor(url, project, organization, 1)
        times, seconds = labor(url, project, organization, PEOPLE)
        over = QueueEntry.objects.filter(project=project, taken__gt=3).count()
        return [
            Row("submit with next, one person, median", percentile(alone, 50) * 1000, "ms"),
            Row("submit with next, one person, p95", percentile(alone, 95) * 1000, "ms", "<= 30"),
            Row(f"answers, {PEOPLE} people at once", len(times) / seconds, "per second", ">= 200"),
            Row(f"submit with next, {PEOPLE} people at once, p95", percentile(times, 95) * 1000, "ms"),
            Row("tasks over the overlap", over, "tasks", "0"),
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
        cursor.execute(
            "ANALYZE annotate_queueentry, annotate_assignment, projects_task, projects_tasksummary"
        )
    return project


def labor(url: str, project: Project, organization: Organization, count: int) -> tuple[list[float], float]:
    """The seconds of each request, and of all together; RuntimeError if a confirmed answer is not there."""
    people = [make_person(organization) for _ in range(count)]
    Membership.objects.bulk_create(
        Membership(project=project, user=person, role="annotator") for person in people
    )
    crowd = [Annotator(url, project, person) for person in people]
    start = time.monotonic()
    for one in crowd:
        one.until = start + SECONDS
        one.start()
    for one in crowd:
        one.join()
    seconds = time.monotonic() - start
    confirmed = {int(key) for one in crowd for key in one.confirmed}
    there = Annotation.objects.filter(project=project, user__in=people)
    if lost := confirmed - set(there.values_list("pk", flat=True)):
        raise RuntimeError(f"{len(lost)} confirmed answers are not there")
    return [moment for one in crowd for moment in one.times], seconds
