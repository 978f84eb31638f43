"""Import of small texts as JSON Lines: from the stored upload to tasks in the queue, in the worker's code.

SIZE chooses the number of rows (default 100,000). Memory is the growth of this process's peak.
"""

import json
import os
import resource
import time
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.files.base import File  # noqa: E402

from accounts.models import Organization, User  # noqa: E402
from benchmarks.bench_queue import ONTOLOGY, make_person, scratch_organization  # noqa: E402
from benchmarks.report import Row  # noqa: E402
from exchange.importing.plan import Plan  # noqa: E402
from exchange.services.imports import start_import  # noqa: E402
from exchange.services.uploads import keep_upload, spool_lines  # noqa: E402
from projects.jobs import run_job  # noqa: E402
from projects.models import Job, Project  # noqa: E402
from projects.services.projects import create_project  # noqa: E402

ROWS = int(os.environ.get("SIZE", "100000"))
BAR_SECONDS, BAR_ROWS = 45.0, 1_000_000


def run() -> list[Row]:
    """Import into a project of its own."""
    with scratch_organization() as organization:
        before = peak_memory()
        _, _, seconds = import_rows(organization, ROWS)
        grown = peak_memory() - before
    bar = BAR_SECONDS * ROWS / BAR_ROWS
    return [
        Row(f"import of {ROWS:,} rows", seconds, "s", f"≤ {bar:.3g} s (45 s a million)"),
        Row("rows a second", ROWS / seconds, "/s"),
        Row("growth of peak memory", grown, "MB", "≤ 600 MB"),
    ]


def import_rows(organization: Organization, count: int) -> tuple[Project, User, float]:
    """A project with so many imported tasks, its manager, and the seconds that the job took."""
    person = make_person(organization)
    project = create_project(
        organization=organization, by=person, name="Bench", ontology=ONTOLOGY, settings={}
    )
    with spool_lines(small_reviews(count)) as lines:
        content = File(lines, name="bench.jsonl")
        upload = keep_upload(project=project, name="bench.jsonl", content=content)
    job = start_import(project=project, by=person, upload=upload, plan=Plan())
    began = time.perf_counter()
    run_job(job.pk)
    seconds = time.perf_counter() - began
    job = Job.objects.get(pk=job.pk)
    if job.result.get("created") != count:
        raise RuntimeError(f"imported {job.result}: {job.error}")
    return project, person, seconds


def peak_memory() -> float:
    """The largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def small_reviews(count: int) -> Iterator[bytes]:
    for number in range(count):
        text = f"A small review, number {number}, neither good nor bad."
        yield json.dumps({"id": f"row-{number}", "data": {"text": text}}).encode()
