"""Those for whom a queue can get slow, one after the other in one project, and what their work costs."""

import random
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection

from accounts.models import User
from annotate.models import Assignment, QueueEntry
from annotate.services.queue import draw
from annotate.services.ranking import prioritize, rerank
from annotate.services.submit import submit
from benchmarks.report import percentile
from projects.access import ProjectAccess
from projects.access.doors import find_project
from projects.models import Membership, Project
from tests.plans import explained
from tests.queue_seed import Past, analyze, live_through

WARM, ROUNDS, BLOCKS = 15, 60, 3
RANKINGS, RANKED, BATCH, SEED = 8, 500, 1_000, 20261128
ENOUGH = 4_000  # leases and priorities, so that they do not come to an end while somebody is measured
VALUE = {"spam": "no"}

Newcomer = Callable[[], User]


@dataclass
class Cost:
    """p95 of each block in milliseconds, and the pages that one of each touches, by statement."""

    drawn: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    pages: dict[str, int] = field(default_factory=dict)


def workers(project: Project, tasks: int, newcomer: Newcomer) -> Iterator[tuple[str, Cost]]:
    """Each of them at work in a project of so many tasks, overlap 3; what they do stays."""
    ada = newcomer()
    live_through(project, ada, Past("submitted", tasks // 10))
    sue = newcomer()
    live_through(project, sue, Past("skipped", tasks // 100, after=tasks // 10))
    _join(project, ada, sue)
    analyze()
    yield "new", cost(project, _join(project, newcomer()))
    yield "a tenth done, still open", cost(project, ada)
    yield "a hundredth skipped", cost(project, sue)
    _rank(project, tasks)
    yield "the same tenth done, ranked eight times", cost(project, ada)
    _give_priority(project, tasks)
    yield "a priority for many, in batches", cost(project, ada)
    live_through(project, newcomer(), Past("active", max(ENOUGH, tasks // 100), after=tasks // 2))
    analyze()
    yield "many leases run out", cost(project, ada)
    _ask_ten(project)
    yield "overlap 10", cost(project, ada)


def cost(project: Project, person: User) -> Cost:
    """What one ``next`` and one ``submit`` cost this person, once they are where they would be."""
    found = Cost()
    _work(project, person, WARM)
    for _ in range(BLOCKS):
        drawn, sent = _work(project, person, ROUNDS)
        found.drawn.append(percentile(drawn, 95) * 1000)
        found.sent.append(percentile(sent, 95) * 1000)
    access = find_project(person, project.pk)
    box = []
    for one in explained(lambda: box.extend(draw(access, 1).assignments)):
        found.pages[one.name] = found.pages.get(one.name, 0) + one.buffers
    key = uuid.uuid4().hex
    for one in explained(lambda: submit(assignment=box[0], value=VALUE, seconds=1.0, key=key)):
        found.pages[one.name] = found.pages.get(one.name, 0) + one.buffers
    return found


def _work(project: Project, person: User, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each ``next`` and each ``submit``, one after the other."""
    drawn: list[float] = []
    sent: list[float] = []
    access = find_project(person, project.pk)
    for _ in range(rounds):
        start = time.perf_counter()
        row = _next(access)
        middle = time.perf_counter()
        submit(assignment=row, value=VALUE, seconds=1.0, key=uuid.uuid4().hex)
        drawn.append(middle - start)
        sent.append(time.perf_counter() - middle)
    return drawn, sent


def _next(access: ProjectAccess) -> Assignment:
    """As the page does, which asks again while a long walk over somebody's own work goes on."""
    drawing = draw(access, 1)
    while drawing.reason is not None and drawing.reason.code == "searching":
        drawing = draw(access, 1)
    return drawing.assignments[0]


def _join(project: Project, *people: User) -> User:
    Membership.objects.bulk_create(
        Membership(project=project, user=user, role="annotator") for user in people
    )
    return people[0]


def _rank(project: Project, tasks: int) -> None:
    """As active learning does, a few hundred of all that is open, also of what was done."""
    first = QueueEntry.objects.filter(project=project).order_by("pk").values_list("pk", flat=True)[0]
    dice = random.Random(SEED)
    for _ in range(RANKINGS):
        chosen = dice.sample(range(first, first + tasks), min(RANKED, tasks // 20))
        rerank(project_id=project.pk, task_ids=chosen, random_share=0.1)


def _give_priority(project: Project, tasks: int) -> None:
    rows = QueueEntry.objects.filter(project=project, epoch=0, taken=0).order_by("order_key")
    ids = list(rows.values_list("pk", flat=True)[: max(ENOUGH, tasks // 100)])
    for start in range(0, len(ids), BATCH):
        prioritize(project_id=project.pk, task_ids=ids[start : start + BATCH], priority=1)


def _ask_ten(project: Project) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotate_queueentry SET wanted = 10 WHERE project_id = %s", [project.pk])
        cursor.execute("VACUUM (ANALYZE) annotate_queueentry")
