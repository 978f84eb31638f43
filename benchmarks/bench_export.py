"""Export of every answer as JSON Lines: first byte, whole file and memory, as the download route streams it.

SIZE chooses the number of tasks with one answer each (default 100,000).
"""

import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402

from benchmarks.bench_import import import_rows, peak_memory  # noqa: E402
from benchmarks.bench_queue import scratch_organization  # noqa: E402
from benchmarks.report import Row  # noqa: E402
from exchange.exporting.request import read_request  # noqa: E402
from exchange.services.exports import stream_export  # noqa: E402

ROWS = int(os.environ.get("SIZE", "100000"))
BAR_SECONDS, BAR_ROWS = 45.0, 1_000_000

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


def run() -> list[Row]:
    """Answer every task of a project of its own, and read the export to its end."""
    with scratch_organization() as organization:
        project, person, _ = import_rows(organization, ROWS)
        with connection.cursor() as cursor:
            values = {"user": person.pk, "project": project.pk, "ontology": project.ontology_id}
            cursor.execute(ANSWER, values)
            cursor.execute("ANALYZE annotate_annotation, annotate_annotationversion, projects_task")
        before, began = peak_memory(), time.perf_counter()
        wanted = read_request({"format": "jsonl", "answers": "all"}, None)
        _, chunks = stream_export(project=project, by=person, wanted=wanted)
        size = len(next(chunks))
        first = time.perf_counter() - began
        size += sum(len(chunk) for chunk in chunks)
        seconds = time.perf_counter() - began
        grown = peak_memory() - before
    bar = BAR_SECONDS * ROWS / BAR_ROWS
    return [
        Row(f"export of {ROWS:,} answers", seconds, "s", f"≤ {bar:.3g} s (45 s a million)"),
        Row("first byte", first, "s", "≤ 2 s"),
        Row("file", size / 1e6, "MB"),
        Row("growth of peak memory", grown, "MB", "flat"),
    ]
