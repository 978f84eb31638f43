"""Rows that wait until all are found good: COPY into a table of their own, from there to tasks at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from annotate.services.queue import open_queue
from exchange.importing.copying import NULL, array_of, as_json, cells, copy_rows
from exchange.importing.rows import Ready
from exchange.importing.tasks import add_answers, add_places
from formats.strictjson import parse
from projects.models import Job, Project

TABLE = "exchange_stagedrow"
PUBLISH_AT_ONCE = 10_000
COLUMNS = ("job_id", "task_id", "external_id", "data", "meta", "gold", "predictions", "media")

INSERT_TASKS = """
INSERT INTO projects_task (id, project_id, external_id, data, meta, origin, import_job_id, created_at)
SELECT task_id, %(project)s, external_id, data, meta, %(origin)s, %(job)s, now() FROM exchange_stagedrow
WHERE job_id = %(job)s AND task_id > %(after)s ORDER BY task_id LIMIT %(limit)s
ON CONFLICT DO NOTHING RETURNING id
"""
LAST_OF = """
SELECT max(task_id), count(*) FROM
(SELECT task_id FROM exchange_stagedrow WHERE job_id = %s AND task_id > %s ORDER BY task_id LIMIT %s) AS part
"""
ANSWERS = """
SELECT task_id, gold::text, predictions::text FROM exchange_stagedrow
WHERE job_id = %s AND task_id = ANY(%s::bigint[]) AND (gold IS NOT NULL OR predictions IS NOT NULL)
ORDER BY task_id
"""
MEDIA = "SELECT jsonb_array_elements_text(media) FROM exchange_stagedrow WHERE job_id = %s"
COUNT = "SELECT count(*) FROM exchange_stagedrow WHERE job_id = %s"
EMPTY = "DELETE FROM exchange_stagedrow WHERE job_id = %s"


class Stage:
    """The staged rows of one import."""

    def __init__(self, job: Job, project: Project, origin: str) -> None:
        self.job, self.project, self.origin = job, project, origin

    def fill(self, rows: Sequence[Ready], ids: Sequence[int]) -> None:
        """COPY rows into the table, with the numbers that their tasks will have."""
        copy_rows(TABLE, COLUMNS, (self._line(*pair) for pair in zip(ids, rows, strict=True)))

    def _line(self, task_id: int, row: Ready) -> str:
        more = (row.gold, row.predictions, list(row.media) or None)
        rest = "\t".join(NULL if value is None else as_json(value) for value in more)
        return f"{self.job.pk}\t{task_id}\t{cells(row)}\t{rest}\n"

    def publish(self) -> Iterator[int]:
        """Make tasks of all staged rows, ten thousand at a time; after each part, how many are new.

        Rows whose external id was taken meanwhile are left out. All in the caller's transaction.
        """
        after = 0
        open_queue(self.project)
        while True:
            with connection.cursor() as cursor:
                cursor.execute(LAST_OF, [self.job.pk, after, PUBLISH_AT_ONCE])
                last, count = cursor.fetchone()
                if not count:
                    return
                new = self._insert(cursor, after)
            add_places(self.job, self.project, new)
            self._add_answers(new)
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
        cursor.execute(INSERT_TASKS, values)
        return sorted(row[0] for row in cursor.fetchall())

    def _add_answers(self, new: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(ANSWERS, [self.job.pk, array_of(new)])
            found = [
                (task, parse(gold or "null"), parse(told or "null")) for task, gold, told in cursor.fetchall()
            ]
        add_answers(self.job, self.project, found)

    def media(self) -> list[str]:
        """Keys of files that only the staged rows brought in."""
        return [row[0] for row in self._rows(MEDIA)]

    def count(self) -> int:
        """Staged rows."""
        return int(self._rows(COUNT)[0][0])

    def empty(self) -> None:
        """Forget the staged rows."""
        with connection.cursor() as cursor:
            cursor.execute(EMPTY, [self.job.pk])

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.job.pk])
            return list(cursor.fetchall())
