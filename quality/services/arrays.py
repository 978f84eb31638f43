"""Votes as arrays: a million rows in one binary COPY, no objects per row."""

import io
from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from projects.models import Project
from quality.models import VoteLabel

# The binary COPY format: per row an int16 count of columns, then per column an int32 length and the bytes.
HEADER_BYTES = 19
TRAILER_BYTES = 2
ROW = np.dtype(
    [
        ("columns", ">i2"),
        ("len_task", ">i4"),
        ("task", ">i8"),
        ("len_user", ">i4"),
        ("user", ">i8"),
        ("len_unit", ">i4"),
        ("unit", ">i4"),
        ("len_code", ">i4"),
        ("code", ">i4"),
    ]
)
COPY = """
COPY (SELECT task_id, user_id, unit, code FROM quality_vote
      WHERE project_id = {project:d} AND field = '{field}' ORDER BY task_id, annotation_id, unit)
TO STDOUT (FORMAT binary)
"""

Longs = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Votes:
    """All votes on a field: four parallel columns (n,), and what the integers of the last two stand for."""

    task: Longs
    user: Longs
    unit: Longs
    code: Longs
    units: dict[int, str]
    codes: dict[int, str]


def load_votes(project: Project, field: str) -> Votes:
    """The votes on one field of a project, in the order of tasks."""
    labels = VoteLabel.objects.filter(project=project, field=field)
    names: dict[str, dict[int, str]] = {"unit": {}, "code": {}}
    for kind, code, text in labels.values_list("kind", "code", "text"):
        names[kind][code] = text
    rows = _copied(project.pk, field)
    return Votes(
        task=rows["task"].astype(np.int64),
        user=rows["user"].astype(np.int64),
        unit=rows["unit"].astype(np.int64),
        code=rows["code"].astype(np.int64),
        units=names["unit"],
        codes=names["code"],
    )


def _copied(project_id: int, field: str) -> "NDArray[np.void]":
    buffer = io.BytesIO()
    statement = COPY.format(project=int(project_id), field=field.replace("'", "''"))
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, buffer)
    raw = buffer.getbuffer()
    return np.frombuffer(raw[HEADER_BYTES : len(raw) - TRAILER_BYTES], dtype=ROW)
