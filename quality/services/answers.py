"""Reading the answers that consensus stands on, a batch of tasks at a time."""

from collections.abc import Iterator, Sequence

from django.db import connection

from labeltypes.ontology import Ontology
from projects.models import Project
from quality.services.merging import Answer
from quality.services.votes import counted_answers, current_values, heads_of

BATCH = 500

ANSWERED = """
SELECT DISTINCT a.task_id FROM annotate_annotation a
WHERE a.project_id = %s AND a.task_id > %s
ORDER BY a.task_id LIMIT %s
"""


def task_batches(project_id: int) -> Iterator[list[int]]:
    """Ids of tasks with any answer, ascending, in batches."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(ANSWERED, [project_id, last, BATCH])
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        last = ids[-1]


def answers_of(project: Project, ontology: Ontology, ids: Sequence[int]) -> dict[int, list[Answer]]:
    """The counted answers of these tasks, in the order in which they were given; tasks without have none."""
    heads = counted_answers(project.pk).filter(task__in=ids).order_by("task_id", "pk")
    found: dict[int, list[Answer]] = {task_id: [] for task_id in ids}
    for head, value in current_values(project, heads_of(heads), ontology):
        found[head.task_id].append(Answer(head.pk, head.user_id, value, head.version))
    return found
