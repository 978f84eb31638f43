"""What there is to learn from: tasks with an answer, the newest first, at most ``MOST_LABELED``."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.errors import DomainError
from projects.models import Project, TaskState
from quality.services.fields import Asked

LEAST_LABELS = 20
MOST_LABELED = 20_000
# Nearly every task in these has an answer: they are read from their newest on. Of the others only those with
# a probability are looked at, which an index knows; else the open end of a project would be read through.
FINISHED = (TaskState.DONE, TaskState.ANSWERED, TaskState.REVIEW)
UNFINISHED = (TaskState.OPEN, TaskState.REWORK, TaskState.BLOCKED)

OF_STATE = """
(SELECT task_id, value ->> %(field)s AS label, probability FROM projects_tasksummary
 WHERE project_id = %(project)s AND state = '{state}' AND value ? %(field)s AND source <> 'model'{more}
 ORDER BY task_id{hidden} DESC LIMIT %(most)s)
"""
NEWEST = "\nUNION ALL".join(
    [OF_STATE.format(state=state, more="", hidden="") for state in FINISHED]
    + [
        OF_STATE.format(state=state, more=" AND probability_step IS NOT NULL", hidden=" + 0")
        for state in UNFINISHED
    ]
)
LABELS = f"SELECT * FROM ({NEWEST}) AS n ORDER BY task_id DESC LIMIT %(most)s"  # noqa: S608 - constants
CLASSES = f"SELECT label, count(*) FROM ({LABELS}) AS l WHERE label = ANY(%(codes)s) GROUP BY label"  # noqa: S608


@dataclass(frozen=True)
class Labeled:
    """Tasks in import order, their classes, and how sure each is."""

    tasks: list[int]
    labels: list[str]
    sureness: list[float]


def labeled(project: Project, asked: Asked) -> Labeled:
    """Tasks with a final or inferred answer to this field, the newest if there are very many."""
    known = set(asked.codes)
    rows = [
        (task_id, label, 1.0 if probability is None else probability)
        for task_id, label, probability in _rows(LABELS, project, asked)
        if label in known
    ]
    rows.sort()
    return Labeled([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


def label_counts(project: Project, asked: Asked) -> dict[str, int]:
    """How many of these tasks have which class, without their rows."""
    return dict(_rows(CLASSES, project, asked))


def check_enough(asked: Asked, classes: Mapping[str, int]) -> None:
    """Raise DomainError, with the numbers, where a model could learn nothing."""
    count = sum(classes.values())
    if count < LEAST_LABELS:
        raise DomainError(
            f"{count} tasks have an answer to “{asked.field.title}”; a round needs at least {LEAST_LABELS}.",
            code="too_few_labels",
        )
    if len(classes) < 2:
        only = next(iter(classes))
        raise DomainError(
            f"All {count} labeled tasks are “{only}”: a model needs at least two different answers.",
            code="one_class",
        )


def classes_of(known: Labeled) -> dict[str, int]:
    """How many of these have which class."""
    return dict(Counter(known.labels))


def _rows(statement: str, project: Project, asked: Asked) -> list[Any]:
    values: dict[str, Any] = {"project": project.pk, "field": asked.name, "most": MOST_LABELED}
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"codes": list(asked.codes)})
        return list(cursor.fetchall())
