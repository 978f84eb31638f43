"""Export of every answer over HTTP while five answers a second come in: as a stream, a job's file, and CSV.

ROWS tasks (default 1,000,000) with one answer each. The answers that come in meanwhile must be in a file up
to one moment and missing from then on: RuntimeError otherwise.
"""

import json
import os
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402

from benchmarks.bench_queue import FILL, ONTOLOGY, make_person, scratch_organization  # noqa: E402
from benchmarks.processes import Usage, watched  # noqa: E402
from benchmarks.report import Row, memory_rows, percentile  # noqa: E402
from benchmarks.whole import Script, running  # noqa: E402

REPEATS = 1
ROWS = int(os.environ.get("ROWS", "1000000"))
BAR_SECONDS, BAR_ROWS = 45.0, 1_000_000
EVERY = 0.2  # seconds from one answer to the next

ANSWER = """
WITH heads AS (
    INSERT INTO annotate_annotation
        (project_id, task_id, user_id, version, value, seconds, is_extra, is_fix, created_at, updated_at)
    SELECT project_id, id, %(user)s, 1, '{"spam": "no"}', 2.5, false, false, now(), now()
    FROM projects_task WHERE project_id = %(project)s
    RETURNING id, project_id, user_id, value, seconds
)
INSERT INTO annotate_annotationversion
    (project_id, annotation_id, version, value, seconds, key, drawn, ontology_id, created_by_id, created_at)
SELECT project_id, id, 1, value, seconds, id::text, 'random', %(ontology)s, user_id, now() FROM heads
"""


class Annotator(threading.Thread):
    """Answers "yes" to one task after the other, five a second; all other answers are "no"."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self.script, self.over = script, threading.Event()
        self.texts: list[str] = []
        self.times: list[float] = []

    def run(self) -> None:
        """Until the time is over."""
        while not self.over.wait(EVERY):
            began = time.perf_counter()
            path = f"projects/{self.script.project.pk}/next/"
            [row] = self.script.call("POST", path, {"count": 1})["assignments"]
            self.times.append(time.perf_counter() - began)
            body = {"value": {"spam": "yes"}, "seconds": 1.0}
            key = {"Idempotency-Key": uuid.uuid4().hex}
            self.texts.append(row["data"]["text"])
            self.script.call("POST", f"assignments/{row['id']}/submit/", body, 201, key)


def run() -> list[Row]:
    """Three exports of one project."""
    organization = scratch_organization()
    with running() as url, tempfile.TemporaryDirectory() as folder:
        script = Script.make(url, organization, make_person(organization), ONTOLOGY)
        fill(script, make_person(organization).pk)
        file = Path(folder) / "export"
        annotator = Annotator(script)
        annotator.start()
        try:
            rows = [
                *streamed(script, "jsonl", "JSON Lines", file),
                *as_file(script, file, annotator),
                *streamed(script, "csv", "CSV", file),
            ]
        finally:
            annotator.over.set()
            annotator.join()
        return [*rows, Row("next meanwhile, p95", percentile(annotator.times, 95) * 1000, "ms")]


def fill(script: Script, person: int) -> None:
    """Tasks with an answer each."""
    project = script.project
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"project": project.pk, "tasks": ROWS})
        cursor.execute(ANSWER, {"user": person, "project": project.pk, "ontology": project.ontology_id})
        cursor.execute(
            "ANALYZE annotate_annotation, annotate_annotationversion, annotate_queueentry,"
            " projects_task, projects_tasksummary"
        )


def streamed(script: Script, format: str, name: str, file: Path) -> Iterator[Row]:
    """The download at once."""
    path = f"projects/{script.project.pk}/export/?format={format}&answers=all"
    with watched() as watch, file.open("wb") as out:
        began = time.perf_counter()
        first = 0.0
        for piece in script.download(path):
            first = first or time.perf_counter() - began
            out.write(piece)
        seconds = time.perf_counter() - began
    yield from figures(f"{name}, streamed", seconds, watch.usage, file)
    yield Row(f"first byte of {name}, streamed", first, "s", "<= 2")


def as_file(script: Script, file: Path, annotator: Annotator) -> Iterator[Row]:
    """A job, and the download of what it left."""
    with watched() as watch, file.open("wb") as out:
        began = time.perf_counter()
        body = {"format": "jsonl", "answers": "all"}
        job = script.call("POST", f"projects/{script.project.pk}/exports/", body, 202)["id"]
        for piece in script.download(script.finished(job)["file"]):
            out.write(piece)
        seconds = time.perf_counter() - began
    yield from figures("JSON Lines, as a job's file", seconds, watch.usage, file)
    check(file, annotator)


def figures(what: str, seconds: float, usage: Usage, file: Path) -> Iterator[Row]:
    """Time, CPU and memory of one export."""
    bar = f"<= {BAR_SECONDS * ROWS / BAR_ROWS:.3g}"
    cpu = sum(peak.cpu for kind, peak in usage.peaks.items() if kind != "load")
    yield Row(f"export of {ROWS:,} answers, {what}", seconds, "s", bar, usage=usage)
    yield Row(f"size of {what}", file.stat().st_size / 1e6, "MB of file")
    yield Row(f"CPU for 1,000 answers, {what}", cpu * 1e6 / ROWS, "CPU ms")
    for row in memory_rows(usage, "<= 600"):
        if not row.what.endswith(", load"):
            yield Row(f"{row.what}, {what}", row.value, row.unit, row.bar)


def check(file: Path, annotator: Annotator) -> None:
    """One line a task, and the answers of one moment."""
    sent, count, found = list(annotator.texts), 0, set()
    with file.open("rb") as lines:
        for line in lines:
            count += 1
            if b'"yes"' in line:
                found.add(json.loads(line)["data"]["text"])
    there = [text in found for text in sent]
    if count != ROWS or there != sorted(there, reverse=True):
        raise RuntimeError(f"no snapshot: {count} lines of {ROWS}, {there}")
