"""One new answer in a project of ANSWERS (1,000,000): its task's posterior, and the trust of who gave it.

Yes or no, five answers a task, 200 people of mixed skill, after a full run. New answers by these people, one
at a time; measured is `update_stale`, which the worker calls: consensus, summary and queue of the task, and
trust by consensus of everybody who answered it, written. Then, on simulated crowds without a database, how
far trust brought up to date is from a full fit of the same answers.
"""

import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402  # after Django is set up
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from annotate.models import Annotation  # noqa: E402
from benchmarks.bench_consensus import PEOPLE, PER_TASK, fill  # noqa: E402
from benchmarks.bench_queue import ONTOLOGY, make_person, scratch_organization  # noqa: E402
from benchmarks.consensus.people import KINDS  # noqa: E402
from benchmarks.consensus.since_fit import apart  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from projects.models import Project  # noqa: E402
from projects.services.projects import create_project  # noqa: E402
from quality.models import PersonSums  # noqa: E402
from quality.services.full_run import full_run  # noqa: E402
from quality.services.quick import update_stale  # noqa: E402
from quality.services.votes import mark_stale, rebuild_all, rebuild_votes  # noqa: E402

ANSWERS = int(os.environ.get("ANSWERS", "1000000"))
TIMES = int(os.environ.get("TIMES", "300"))
WARM = 20
NEW = (0.01, 0.05, 0.2)
REPEATS = 1


def run() -> list[Row]:
    """Answer by answer, then the simulated crowds."""
    organization = scratch_organization()
    people = [make_person(organization) for _ in range(PEOPLE)]
    project = create_project(
        organization=organization,
        by=people[0],
        name="One answer",
        ontology=ONTOLOGY,
        settings={"overlap": PER_TASK, "review_below_agreement": 0.0},
    )
    fill(project, people, ANSWERS)
    rebuild_all(project)
    full_run(project)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [*_measure(project, [person.pk for person in people]), *_accuracy()]


def _measure(project: Project, people: list[int]) -> list[Row]:
    tasks = list(project.tasks.order_by("pk").values_list("pk", flat=True))
    wall, cpu, statements = [], [], 0
    before = dict(PersonSums.objects.values_list("user_id", "sums"))
    for number in range(WARM + TIMES):
        _answer(project, tasks[number * 7919 % len(tasks)], people)
        began, worked = time.perf_counter(), time.process_time()
        done = update_stale(project.pk)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
        if done != 1:
            raise RuntimeError(f"{done} tasks were stale")
    _answer(project, tasks[-1], people)
    with CaptureQueriesContext(connection) as seen:
        update_stale(project.pk)
    statements = len(seen)
    moved = sum(before[user] != sums for user, sums in PersonSums.objects.values_list("user_id", "sums"))
    if not moved:
        raise RuntimeError("nobody's trust changed")
    what, wall, cpu = "one new answer: posterior and trust", wall[WARM:], cpu[WARM:]
    return [
        Row(f"{what}, median, {ANSWERS:,} answers", percentile(wall, 50), "ms", "<= 5"),
        Row(f"{what}, p95, {ANSWERS:,} answers", percentile(wall, 95), "ms", "<= 5"),
        Row(f"{what}, the worker's own CPU, median", percentile(cpu, 50), "CPU ms"),
        Row(f"{what}, statements", statements, "statements", better="less"),
    ]


def _answer(project: Project, task: int, people: list[int]) -> None:
    """One more answer to this task, by somebody who has none to it; with its votes, as from the outbox."""
    there = set(Annotation.objects.filter(task=task).values_list("user_id", flat=True))
    left = [user for user in people if user not in there]
    now = timezone.now()
    new = Annotation.objects.create(
        project=project,
        task_id=task,
        user_id=left[task % len(left)],
        value={"spam": ("no", "yes")[task % 2]},
        seconds=5,
        created_at=now,
        updated_at=now,
    )
    rebuild_votes(project, [new.pk])
    mark_stale(project.pk, [task])


def _accuracy() -> list[Row]:
    rows = []
    for new in NEW:
        found = [apart(kind, new, times=max(1, 60 // kind.people)).figures() for kind in KINDS]
        mean, points = (sum(each[name] for each in found) / len(found) for name in ("of half", "mean"))
        most, farthest = (max(each[name] for each in found) for name in ("max of half", "max"))
        rows.append(
            Row(
                f"trust after {new:.0%} new answers, from a full run, {len(KINDS)} kinds of crowds",
                mean,
                "of half an interval",
                note=f"mean {100 * points:.1f} points; at most {most:.2f}, {100 * farthest:.1f} points",
                better="less",
            )
        )
    return rows
