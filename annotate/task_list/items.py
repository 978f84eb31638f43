"""The rows of a page: tasks with what is known of them, read by their ids."""

from collections.abc import Sequence
from typing import cast

from django.db import connections

from accounts.rows import Columns
from projects.models import Task, TaskSummary

# The words for the search stay where they are: as long as the item, and nobody shows them.
TASK = Columns(Task, "t", without=("search",))
SUMMARY = Columns(TaskSummary, "s")
STATEMENT = f"""
SELECT {TASK.sql}, {SUMMARY.sql}
FROM projects_task t JOIN projects_tasksummary s ON s.task_id = t.id WHERE t.id = ANY(%s)
"""  # noqa: S608 - columns of the models


def tasks_of(ids: Sequence[int]) -> list[Task]:
    """The tasks in this order with their summaries; those that are gone are left out."""
    with connections[Task.objects.all().db].cursor() as cursor:
        cursor.execute(STATEMENT, [list(ids)])
        rows = cursor.fetchall()
    known = {}
    for row in rows:
        task = cast("Task", TASK.read(row, 0))
        task.summary = cast("TaskSummary", SUMMARY.read(row, len(TASK)))
        known[task.pk] = task
    return [known[pk] for pk in ids if pk in known]
