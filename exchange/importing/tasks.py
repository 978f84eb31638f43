"""New tasks with all that belongs to them: summary, place in the queue, gold, predictions. Set-based."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from django.db import ProgrammingError, connection

from annotate.models import Prediction
from annotate.services.queue import put_in_queue
from exchange.importing.copying import array_of, cells, copy_rows, text_array_of
from exchange.importing.rows import Ready
from projects.models import Job, Project
from projects.signals import tasks_imported
from quality.services.gold import MOST_AT_ONCE, GoldInput, make_many

COLUMNS = ("id", "project_id", "origin", "import_job_id", "created_at", "external_id", "data", "meta")

# Words that wait to be put in order, read by each search until then.
ORDER_WORDS = "SELECT gin_clean_pending_list('task_search')"
INSERT_SUMMARIES = """
INSERT INTO projects_tasksummary
    (task_id, project_id, state, archived_from, priority, answers, extra, skips, source, classes, updated_at)
SELECT id, %(project)s, 'open', '', 0, 0, 0, 0, '', '{}', now() FROM unnest(%(tasks)s::bigint[]) AS id
"""
# As it is now: a manager may change it while a long import goes on.
PLACES = "SELECT overlap, gold_share FROM projects_project WHERE id = %s"
KNOWN = """
SELECT external_id, import_job_id FROM projects_task
WHERE project_id = %s AND external_id = ANY(%s::text[]) AND external_id IS NOT NULL
"""


def write_tasks(job: Job, project: Project, origin: str, rows: Sequence[Ready], ids: Sequence[int]) -> None:
    """Make tasks of checked rows, in the caller's transaction, with the same few statements for any number.

    ``ids`` were drawn for them. Raises IntegrityError when somebody else took an external id meanwhile.
    """
    fixed = f"{project.pk}\t{origin}\t{job.pk}\tnow"  # "now" is read as the time of the transaction
    lines = (f"{task}\t{fixed}\t{cells(row)}\n" for task, row in zip(ids, rows, strict=True))
    copy_rows("projects_task", COLUMNS, lines)
    add_places(job, project, ids)
    found = [(task, row) for task, row in zip(ids, rows, strict=True) if row.gold or row.predictions]
    add_answers(job, project, [(task, row.gold, row.predictions) for task, row in found])


def look_at_project(project: Project) -> None:
    """Read anew how many answers its tasks want, and whether gold is hidden among them."""
    with connection.cursor() as cursor:
        cursor.execute(PLACES, [project.pk])
        project.overlap, project.gold_share = cursor.fetchone()


def add_places(job: Job, project: Project, task_ids: Sequence[int]) -> None:
    """Summaries and queue rows of tasks that were just written; then whoever wants to know is told.

    The queue was opened before.
    """
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SUMMARIES, {"project": project.pk, "tasks": array_of(task_ids)})
    put_in_queue(project=project, task_ids=task_ids)
    tasks_imported.send(sender=Job, project=project, task_ids=task_ids, job=job)


def add_answers(job: Job, project: Project, found: Sequence[tuple[int, Any, Any]]) -> None:
    """Gold and predictions of new tasks: (task, gold answers, predictions)."""
    _store_gold(job, project, [(task, gold) for task, gold, _ in found if gold])
    _store_predictions(project, [(task, told) for task, _, told in found if told])


def order_words() -> None:
    """Put the words of new tasks into the order of their index now that nobody waits for it.

    The vacuum of the database would do it, up to a minute later, and does where another role owns the index.
    """
    with suppress(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(ORDER_WORDS)


def known_ids(project_id: int, external_ids: Sequence[str]) -> dict[str, int | None]:
    """Those of these external ids that the project has, and the import that brought each."""
    if not external_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [project_id, text_array_of(external_ids)])
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
