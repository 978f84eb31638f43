"""Rows into the database, set-based: COPY into a staging table, and from there to tasks in the queue.

A staging table is temporary (each batch is published at once) or lasting (everything or nothing).
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from annotate.models import Prediction
from annotate.services.queue import add_to_queue
from exchange.importing.rows import Ready
from formats.strictjson import dumps, parse
from projects.models import Job, Project
from projects.signals import tasks_imported
from quality.services.gold import MOST_AT_ONCE, GoldInput, make_many

LASTING = "exchange_stagedrow"
TEMPORARY = "import_batch"
PUBLISH_AT_ONCE = 10_000
COLUMNS = "job_id, task_id, external_id, data, meta, gold, predictions, media"

MAKE_TEMPORARY = f"CREATE TEMPORARY TABLE {TEMPORARY} (LIKE {LASTING}) ON COMMIT DROP"
NEW_IDS = "SELECT nextval(pg_get_serial_sequence('projects_task', 'id')) FROM generate_series(1, %s)"

# All but the names of our two tables is a parameter.
INSERT_TASKS = """
INSERT INTO projects_task (id, project_id, external_id, data, meta, origin, import_job_id, created_at)
SELECT task_id, %(project)s, external_id, data, meta, %(origin)s, %(job)s, now() FROM {table}
WHERE job_id = %(job)s AND task_id > %(after)s ORDER BY task_id LIMIT %(limit)s
ON CONFLICT DO NOTHING RETURNING id
"""
LAST_OF = """
SELECT max(task_id), count(*) FROM
(SELECT task_id FROM {table} WHERE job_id = %s AND task_id > %s ORDER BY task_id LIMIT %s) AS part
"""
INSERT_SUMMARIES = """
INSERT INTO projects_tasksummary
    (task_id, project_id, state, archived_from, priority, answers, extra, skips, source, classes, updated_at)
SELECT id, %(project)s, 'open', '', 0, 0, 0, 0, '', '{}', now() FROM unnest(%(tasks)s::bigint[]) AS id
"""
EXTRAS = """
SELECT task_id, gold::text, predictions::text FROM {table}
WHERE job_id = %s AND task_id = ANY(%s) AND (gold IS NOT NULL OR predictions IS NOT NULL) ORDER BY task_id
"""
KNOWN = """
SELECT external_id, import_job_id FROM projects_task
WHERE project_id = %s AND external_id = ANY(%s::text[]) AND external_id IS NOT NULL
"""
MEDIA = "SELECT jsonb_array_elements_text(media) FROM {table} WHERE job_id = %s"
COUNT = "SELECT count(*) FROM {table} WHERE job_id = %s"
EMPTY = "DELETE FROM {table} WHERE job_id = %s"


class Stage:
    """One of the two tables, for one import."""

    def __init__(self, job: Job, project: Project, table: str, origin: str) -> None:
        self.job, self.project, self.table, self.origin = job, project, table, origin

    def fill(self, rows: Sequence[Ready]) -> None:
        """COPY rows into the table; their tasks' ids are drawn here, in order."""
        with connection.cursor() as cursor:
            if self.table == TEMPORARY:
                cursor.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
                cursor.execute(MAKE_TEMPORARY)
            cursor.execute(NEW_IDS, [len(rows)])
            ids = [row[0] for row in cursor.fetchall()]
            text = "".join(self._line(task_id, row) for task_id, row in zip(ids, rows, strict=True))
            with connection.wrap_database_errors:  # which Django does for execute only
                cursor.copy_expert(f"COPY {self.table} ({COLUMNS}) FROM STDIN", io.StringIO(text))

    def _line(self, task_id: int, row: Ready) -> str:
        cells = (
            r"\N" if row.external_id is None else _escape(row.external_id),
            _json(row.data),
            _json(row.meta),
            r"\N" if row.gold is None else _json(row.gold),
            r"\N" if row.predictions is None else _json(row.predictions),
            _json(list(row.media)) if row.media else r"\N",
        )
        return f"{self.job.pk}\t{task_id}\t" + "\t".join(cells) + "\n"

    def publish(self) -> Iterator[int]:
        """Make tasks of all staged rows, ten thousand at a time; after each part, how many are new.

        Rows whose external id was taken meanwhile are left out. All in the caller's transaction.
        """
        after = 0
        while True:
            with connection.cursor() as cursor:
                cursor.execute(LAST_OF.format(table=self.table), [self.job.pk, after, PUBLISH_AT_ONCE])
                last, count = cursor.fetchone()
                if not count:
                    return
                new = self._insert(cursor, after)
            self._add_extras(new)
            tasks_imported.send(sender=Job, project=self.project, task_ids=new, job=self.job)
            yield len(new)
            after = last

    def _insert(self, cursor: Any, after: int) -> list[int]:
        values = {
            "project": self.project.pk,
            "job": self.job.pk,
            "origin": self.origin,
            "after": after,
            "limit": PUBLISH_AT_ONCE,
        }
        cursor.execute(INSERT_TASKS.format(table=self.table), values)
        new = sorted(row[0] for row in cursor.fetchall())
        cursor.execute(INSERT_SUMMARIES, {"project": self.project.pk, "tasks": new})
        add_to_queue(project=self.project, task_ids=new)
        return new

    def _add_extras(self, new: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(EXTRAS.format(table=self.table), [self.job.pk, list(new)])
            found = [
                (task, parse(gold or "null"), parse(told or "null")) for task, gold, told in cursor.fetchall()
            ]
        _store_gold(self.job, self.project, [(task, gold) for task, gold, _ in found if gold])
        _store_predictions(self.project, [(task, told) for task, _, told in found if told])

    def media(self) -> list[str]:
        """Keys of files that only the staged rows brought in."""
        with connection.cursor() as cursor:
            cursor.execute(MEDIA.format(table=self.table), [self.job.pk])
            return [row[0] for row in cursor.fetchall()]

    def count(self) -> int:
        """Staged rows."""
        with connection.cursor() as cursor:
            cursor.execute(COUNT.format(table=self.table), [self.job.pk])
            return int(cursor.fetchone()[0])

    def empty(self) -> None:
        """Forget the staged rows."""
        with connection.cursor() as cursor:
            cursor.execute(EMPTY.format(table=self.table), [self.job.pk])


def known_ids(project_id: int, external_ids: Sequence[str]) -> dict[str, int | None]:
    """Those of these external ids that the project has, and the import that brought each."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [project_id, list(external_ids)])
        return dict(cursor.fetchall())


def _store_gold(job: Job, project: Project, found: Sequence[tuple[int, Any]]) -> None:
    for start in range(0, len(found), MOST_AT_ONCE):
        items = [GoldInput(task, answers) for task, answers in found[start : start + MOST_AT_ONCE]]
        problems = make_many(project=project, items=items, by=job.created_by)
        if problems:  # they were checked under the same ontology before
            raise problems[0][1]


def _store_predictions(project: Project, found: Iterable[tuple[int, Any]]) -> None:
    Prediction.objects.bulk_create(
        (
            Prediction(project=project, task_id=task, **{key: one[key] for key in one})
            for task, told in found
            for one in told
        ),
        batch_size=2_000,
        ignore_conflicts=True,
    )


def _json(value: object) -> str:
    return dumps(value).decode().replace("\\", "\\\\")


def _escape(text: str) -> str:
    """Text as COPY reads it."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
