"""The queue: one adversarial annotator in a project of many tasks, and fifty annotators at once.

The adversary has already answered a tenth of the project, all of it still open at the head of the queue.
Times are of the services on the server, SQL and Python, without HTTP. TASKS and PEOPLE change the size.
"""

import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection, connections  # noqa: E402  # after Django is set up
from psycopg2 import sql  # noqa: E402

from accounts.models import Organization, OrganizationMembership, User  # noqa: E402
from annotate.models import Annotation, QueueEntry  # noqa: E402
from annotate.services.queue import draw  # noqa: E402
from annotate.services.submit import submit  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from projects.access.doors import find_project  # noqa: E402
from projects.models import Membership, Project, ProjectState  # noqa: E402
from projects.services.projects import create_project  # noqa: E402

TASKS = int(os.environ.get("TASKS", "1000000"))
SMALL = 10_000
PEOPLE = int(os.environ.get("PEOPLE", "50"))
ROUNDS = 200
SECONDS = 10.0
ONTOLOGY = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "spam", "type": "choice", "options": ["yes", "no"], "required": True}],
}

WRITTEN = (
    "annotate_outboxevent",
    "annotate_review",
    "annotate_reviewentry",
    "annotate_annotationversion",
    "annotate_annotation",
    "annotate_assignment",
    "annotate_queuecursor",
    "annotate_queueentry",
    "projects_tasksummary",
    "projects_task",
)

FILL = """
WITH added AS (
    INSERT INTO projects_task (project_id, data, meta, origin, created_at)
    SELECT %(project)s, jsonb_build_object('text', 'message ' || n), '{}', 'human', now()
    FROM generate_series(1, %(tasks)s) AS n
    RETURNING id
), queued AS (
    INSERT INTO annotate_queueentry
        (task_id, project_id, pool, epoch, order_key, wanted, taken, answered, is_open, drawn)
    SELECT id, %(project)s, 'work', 0, id, 3, 0, 0, true, 'random' FROM added
)
INSERT INTO projects_tasksummary
    (task_id, project_id, state, archived_from, priority, answers, extra, skips, source, classes, updated_at)
SELECT id, %(project)s, 'open', '', 0, 0, 0, 0, '', '{}', now() FROM added
"""

# As if the adversary had been given and had answered the first tenth: one slot of three is taken.
DONE = """
WITH head AS (
    SELECT task_id FROM annotate_queueentry WHERE project_id = %(project)s ORDER BY order_key LIMIT %(done)s
), given AS (
    INSERT INTO annotate_assignment (project_id, task_id, user_id, state, drawn, holds_slot, ontology_id,
        created_at, expires_at, closed_at)
    SELECT %(project)s, task_id, %(user)s, 'submitted', 'random', true, %(ontology)s, now(), now(), now()
    FROM head
)
UPDATE annotate_queueentry q SET taken = 1, answered = 1 FROM head WHERE q.task_id = head.task_id
"""


def run() -> list[Row]:
    """Measure at 10,000 tasks and at TASKS, then with many people at once."""
    with scratch_organization() as organization:
        small, _ = adversary(organization, SMALL)
        large, project = adversary(organization, TASKS)
        return [
            *small,
            *large,
            Row("next, growth of p95", large[0].value / small[0].value, "times", "< 1.5"),
            *many(organization, project),
        ]


@contextmanager
def scratch_organization() -> Iterator[Organization]:
    """An organization that leaves nothing behind."""
    organization = Organization.objects.create(name="Benchmark of the queue")
    try:
        yield organization
    finally:
        people = list(
            OrganizationMembership.objects.filter(organization=organization).values_list("user_id", flat=True)
        )
        with connection.cursor() as cursor:
            projects = list(Project.objects.filter(organization=organization).values_list("pk", flat=True))
            for table in WRITTEN:  # Django would load every row to delete it
                statement = sql.SQL("DELETE FROM {} WHERE project_id = ANY(%s)").format(sql.Identifier(table))
                cursor.execute(statement, [projects])
        organization.delete()
        User.objects.filter(pk__in=people).delete()


def make_person(organization: Organization) -> User:
    """Somebody who never signs in."""
    person = User(email=f"{uuid.uuid4().hex}@example.org")
    person.set_unusable_password()
    person.save()
    OrganizationMembership.objects.create(organization=organization, user=person)
    return person


def adversary(organization: Organization, tasks: int) -> tuple[list[Row], Project]:
    """One person who has a tenth of the project behind them."""
    person = make_person(organization)
    project = create_project(
        organization=organization,
        by=person,
        name=f"{tasks} tasks",
        ontology=ONTOLOGY,
        settings={"overlap": 3},
    )
    project.state = ProjectState.LIVE
    project.save()
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"project": project.pk, "tasks": tasks})
        values = {"project": project.pk, "done": tasks // 10, "user": person.pk}
        cursor.execute(DONE, {**values, "ontology": project.ontology_id})
        cursor.execute(
            "ANALYZE annotate_queueentry, annotate_assignment, projects_task, projects_tasksummary"
        )
    draw(find_project(person, project.pk), 1)  # the cursor walks over the head once
    drawn, sent = measure(project, person)
    rows = [
        Row(f"next, p95, {tasks:,} tasks", percentile(drawn, 95) * 1000, "ms", "<= 15"),
        Row(f"submit, p95, {tasks:,} tasks", percentile(sent, 95) * 1000, "ms", "<= 15"),
    ]
    return rows, project


def measure(project: Project, person: User) -> tuple[list[float], list[float]]:
    """Seconds of each ``next`` and each ``submit``, one after the other."""
    drawn: list[float] = []
    sent: list[float] = []
    access = find_project(person, project.pk)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        row = draw(access, 1).assignments[0]
        middle = time.perf_counter()
        submit(assignment=row, value={"spam": "no"}, seconds=1.0, key=uuid.uuid4().hex)
        drawn.append(middle - start)
        sent.append(time.perf_counter() - middle)
    return drawn, sent


def many(organization: Organization, project: Project) -> list[Row]:
    """Many people at once, each drawing five and answering them, for some seconds."""
    people = [make_person(organization) for _ in range(PEOPLE)]
    Membership.objects.bulk_create(
        Membership(project=project, user=person, role="annotator") for person in people
    )
    before = Annotation.objects.filter(project=project).count()
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=labor, args=(project, person, until)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = Annotation.objects.filter(project=project).count() - before
    over = QueueEntry.objects.filter(project=project, taken__gt=3).count()
    return [
        Row(f"answers, {PEOPLE} people at once", answers / SECONDS, "per second", ">= 200"),
        Row("tasks over the overlap", over, "tasks", "0"),
    ]


def labor(project: Project, person: User, until: float) -> None:
    """One person's work."""
    access = find_project(person, project.pk)
    while time.monotonic() < until:
        for row in draw(access, 5).assignments:
            submit(assignment=row, value={"spam": "yes"}, seconds=1.0, key=uuid.uuid4().hex)
    connections.close_all()
