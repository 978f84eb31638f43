"""The queue: those for whom it can get slow, at 10,000 and 100,000 tasks and at a million, and fifty at once.

Everybody draws one item and answers it, three times sixty times after a warm-up; p95 is the median of the
three. Pages are those of tables and indexes that all statements of one `next` and one `submit` touch: the
growth that no noise gets into. Times are of the services on the server, SQL and Python, without HTTP. TASKS
and QUEUE_PEOPLE change the size.
"""

import os
import threading
import time
import uuid
from statistics import median
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connections  # noqa: E402  # after Django is set up
from django.db.models import F  # noqa: E402

from accounts.models import Organization, OrganizationMembership, User  # noqa: E402
from annotate.models import Annotation, QueueEntry  # noqa: E402
from annotate.policy import Reason, register_gate  # noqa: E402
from annotate.services.keys import reopened_epoch  # noqa: E402
from annotate.services.queue import draw  # noqa: E402
from annotate.services.ranking import rerank  # noqa: E402
from annotate.services.submit import submit  # noqa: E402
from benchmarks.queue_people import Cost, cost, workers  # noqa: E402
from benchmarks.report import Row  # noqa: E402
from projects.access.doors import find_project  # noqa: E402
from projects.models import Membership, Project, ProjectState  # noqa: E402
from projects.services.projects import create_project  # noqa: E402
from tests.queue_seed import Past, analyze, fill, live_through  # noqa: E402

TASKS = int(os.environ.get("TASKS", "1000000"))
SMALL = 10_000
PEOPLE = int(os.environ.get("QUEUE_PEOPLE", "50"))
REPEATS = 1  # everything is repeated inside
SECONDS = 10.0
ONTOLOGY = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "spam", "type": "choice", "options": ["yes", "no"], "required": True}],
}

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

# Each of many people at work in a project of this size, by what is special about them.
Measured = dict[str, Cost]


def run() -> list[Row]:
    """Measure everybody at each size, then with many people at once."""
    sizes = sorted({min(size, TASKS) for size in (SMALL, 100_000, TASKS)})
    organization = scratch_organization()
    found: dict[int, Measured] = {}
    rankings: list[float] = []
    for size in sizes:
        project, found[size] = at_size(organization, size)
        rankings = time_rankings(project, size)
    return [
        *compared(found),
        Row.of(f"rerank 500 of {TASKS:,}", rankings, "ms", note="in the background, after a round"),
        *nothing_left(organization),
        *many(organization, project),
    ]


def at_size(organization: Organization, tasks: int) -> tuple[Project, Measured]:
    """Two projects: one in which most of them work, one with gold, a gate and one answer to each task."""
    project = make_project(organization, f"{tasks} tasks", overlap=3)
    fill(project, tasks)
    found = dict(workers(project, tasks, lambda: make_person(organization)))
    gold = make_project(organization, f"{tasks} tasks, gold", overlap=1, gold_share=0.1)
    fill(gold, tasks, gold_every=100)
    register_gate("benchmark", lambda asked, user: certificate(asked, user) if asked == gold else None)
    person = make_person(organization)
    Membership.objects.create(project=gold, user=person, role="annotator")
    live_through(gold, person, Past("submitted", tasks // 10))
    analyze()
    found["overlap 1, gold and a gate"] = cost(gold, person)
    return project, found


def certificate(project: Project, user: User) -> Reason | None:
    """A rule that looks something up of whoever asks, as one for certificates does."""
    known = Membership.objects.filter(project=project, user=user, role="annotator").exists()
    return None if known else Reason("certificate")


def make_project(organization: Organization, name: str, **settings: Any) -> Project:
    """A live project without tasks."""
    person = make_person(organization)
    project = create_project(
        organization=organization, by=person, name=name, ontology=ONTOLOGY, settings=settings
    )
    project.state = ProjectState.LIVE
    project.save()
    reopened_epoch(project.pk)
    return project


def compared(found: dict[int, Measured]) -> list[Row]:
    """For everybody ``next`` and ``submit`` at the largest size, and how the pages grow from the smallest."""
    small, large = min(found), max(found)
    rows: list[Row] = []
    for who, at_large in found[large].items():
        for verb, name in (("next", "drawn"), ("submit", "sent")):
            others = [f"{size:,}: {median(getattr(found[size][who], name)):.1f}" for size in found]
            values = getattr(at_large, name)
            rows.append(Row.of(f"{verb}, p95: {who}", values, "ms", "<= 15", "; ".join(others)))
        pages = [sum(found[size][who].pages.values()) for size in (small, large)]
        note = f"{pages[0]} to {pages[1]}"
        rows.append(Row(f"pages, growth: {who}", pages[1] / pages[0], "times", "< 1.5", note))
    worst = "a tenth done, still open"
    growth = median(found[large][worst].drawn) / median(found[small][worst].drawn)
    rows.append(Row(f"next, growth of p95: {worst}", growth, "times", "< 1.5"))
    return rows


def time_rankings(project: Project, tasks: int) -> list[float]:
    """Milliseconds of putting five hundred tasks first."""
    ids = list(QueueEntry.objects.filter(project=project, taken=0).values_list("pk", flat=True)[:1_500])
    found = []
    for start in range(0, len(ids), 500):
        began = time.perf_counter()
        rerank(project_id=project.pk, task_ids=ids[start : start + 500], random_share=0.1)
        found.append((time.perf_counter() - began) * 1000)
    return found


def nothing_left(organization: Organization) -> list[Row]:
    """Somebody who has been through all of a project, where each draw looks again at a stretch of it."""
    tasks = min(TASKS, 100_000)
    project = make_project(organization, f"{tasks} tasks done", overlap=3)
    person = make_person(organization)
    Membership.objects.create(project=project, user=person, role="annotator")
    fill(project, tasks)
    live_through(project, person, Past("skipped", tasks))
    analyze()
    access = find_project(person, project.pk)
    walked: list[float] = []
    found: list[float] = []
    while len(found) < 21:
        began = time.perf_counter()
        reason = draw(access, 1).reason
        searching = reason is not None and reason.code == "searching"
        (walked if searching else found).append((time.perf_counter() - began) * 1000)
    rows = [Row.of(f"next that finds nothing, {tasks:,} done", found, "ms", "<= 15")]
    if walked:
        rows.append(Row.of(f"next on the first walk over {tasks:,} done", walked, "ms"))
    return rows


def scratch_organization() -> Organization:
    """An organization in a database that goes when its benchmark has run."""
    return Organization.objects.create(name="Benchmark")


def make_person(organization: Organization) -> User:
    """Somebody who never signs in."""
    person = User(email=f"{uuid.uuid4().hex}@example.org")
    person.set_unusable_password()
    person.save()
    OrganizationMembership.objects.create(organization=organization, user=person)
    return person


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
    over = QueueEntry.objects.filter(project=project, taken__gt=F("wanted")).count()
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
