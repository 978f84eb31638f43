"""Who gave which answer, when, and how long it took: one COPY for all fields of a full run."""

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from projects.models import Project
from quality.services.arrays import HEADER_BYTES, TRAILER_BYTES, Longs
from stats.arrays import Codes, Floats

COLUMNS = (("task", ">i8"), ("user", ">i8"), ("id", ">i8"), ("seconds", ">f8"), ("at", ">f8"))
ROW = np.dtype(
    [
        ("columns", ">i2"),
        *(
            (name, kind)
            for column, type_ in COLUMNS
            for name, kind in ((f"len_{column}", ">i4"), (column, type_))
        ),
    ]
)
COPY = """
COPY (SELECT task_id, user_id, id, seconds, extract(epoch FROM created_at)::float8
      FROM annotate_annotation
      WHERE project_id = {project:d} AND NOT is_extra AND NOT is_fix
        AND discarded_at IS NULL AND rejected_at IS NULL)
TO STDOUT (FORMAT binary)
"""


@dataclass(frozen=True, eq=False)
class Given:
    """All counted answers (n,), as five columns in no order; ``id`` ascends with the time of answering."""

    task: Longs
    user: Longs
    id: Longs
    seconds: Floats
    at: Floats

    @cached_property
    def tasks(self) -> Longs:
        """Ids, ascending."""
        return np.unique(self.task)

    @cached_property
    def users(self) -> Longs:
        """Ids, ascending."""
        return np.unique(self.user)

    @cached_property
    def item(self) -> Codes:
        """The place of each answer's task in ``tasks``."""
        return np.searchsorted(self.tasks, self.task).astype(np.int32)

    @cached_property
    def person(self) -> Codes:
        """The place of each answer's author in ``users``."""
        return np.searchsorted(self.users, self.user).astype(np.int32)

    @cached_property
    def _sorted(self) -> tuple[Longs, Longs]:
        key = self.item.astype(np.int64) * self.users.size + self.person
        order = np.argsort(key, kind="stable")
        return key[order], order

    def rows(self, task: Longs, user: Longs) -> Longs:
        """Where the answers of these people to these tasks stand; -1 for those that are gone meanwhile."""
        keys, order = self._sorted
        if not keys.size:
            return np.full(task.size, -1, dtype=np.int64)
        item, person = np.searchsorted(self.tasks, task), np.searchsorted(self.users, user)
        item = np.minimum(item, self.tasks.size - 1)
        person = np.minimum(person, self.users.size - 1)
        wanted = item * self.users.size + person
        place = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
        row = order[place]
        is_there = (self.task[row] == task) & (self.user[row] == user)
        return np.where(is_there, row, -1)


def load_given(project: Project) -> Given:
    """The answers that consensus stands on."""
    buffer = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY.format(project=int(project.pk)), buffer)
    raw = buffer.getbuffer()
    rows: NDArray[np.void] = np.frombuffer(raw[HEADER_BYTES : len(raw) - TRAILER_BYTES], dtype=ROW)
    task, user, number = (rows[name].astype(np.int64) for name in ("task", "user", "id"))
    seconds, at = (rows[name].astype(np.float64) for name in ("seconds", "at"))
    return Given(task, user, number, seconds, at)
