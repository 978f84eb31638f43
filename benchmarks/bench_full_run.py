"""A full consensus run by Celery: ANSWERS (1,000,000) answers from the database, the results written back.

Web, workers, database and cache as in production, on one machine; a choice of twenty, three answers a task.
Five people submit and draw the next task, a request a second each: alone for SECONDS (30), then until the run
is done. The long worker steps back (NICE, 10). The comparison of methods follows with nobody at work, then a
second run.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from benchmarks.bench_background import (  # noqa: E402  # after Django is set up
    MOST_SECONDS,
    finished,
    in_all,
    newcomers,
    requests,
    working,
)
from benchmarks.bench_label_page import served  # noqa: E402
from benchmarks.bench_queue import scratch_organization  # noqa: E402
from benchmarks.processes import watched  # noqa: E402
from benchmarks.report import Row, memory_rows, percentile  # noqa: E402
from benchmarks.seeds import all_votes, seeded_project  # noqa: E402
from projects.models import Job, Project  # noqa: E402
from quality.services.comparing import JOB as COMPARING  # noqa: E402
from quality.services.full_run import start_full_run  # noqa: E402

ANSWERS = int(os.environ.get("ANSWERS", "1000000"))
PER_TASK = 1.7  # of all tasks of the seeded project, open ones too
REPEATS = 1


def run() -> list[Row]:
    """Alone, with the run, and the run alone."""
    organization = scratch_organization()
    with served() as url, working():
        project, manager, _ = seeded_project(organization, int(ANSWERS / PER_TASK))
        all_votes(project)
        Project.objects.filter(pk=project.pk).update(review_below_agreement=0.0)
        project.refresh_from_db()
        idle = requests(url, project, newcomers(organization, project))
        people = newcomers(organization, project)
        with watched() as watch:
            job = start_full_run(project=project, by=manager)
            busy = requests(url, project, people, [job])
        comparing = Job.objects.filter(project=project, kind=COMPARING).latest("pk")
        requests(url, project, [], [comparing])
        again = start_full_run(project=project, by=manager)
        requests(url, project, [], [again])
        quiet, loaded = (percentile(in_all(times), 95) * 1000 for times in (idle, busy))
        size = f"{ANSWERS:,} answers"
        return [
            _row(job, f"full run with five people at work, {size}", "<= 60"),
            _row(again, f"full run again, nobody at work, {size}", "<= 60"),
            _row(comparing, f"comparison of methods after it, nobody at work, {size}", ""),
            Row("submit with next, p95, nothing else", quiet, "ms", note=f"{len(idle)} requests"),
            Row("submit with next, p95, during the run", loaded, "ms", note=f"{len(busy)} requests"),
            Row("p95 during the run, to that without", loaded / quiet, "times", "<= 1.5"),
            *memory_rows(watch.usage, "<= 1000"),
        ]


def _row(job: Job, what: str, bar: str) -> Row:
    """How long it took; RuntimeError if it failed, or did not end within MOST_SECONDS."""
    took = finished(job)
    if took.value > MOST_SECONDS:
        raise RuntimeError(f"{what}: {took.value:.0f} s")
    return Row(what, took.value, "s", bar)
