"""What the last full run left of people's sums and of the votes in them, for a few tasks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

import numpy as np
from django.db import connection

from projects.models import Project
from quality.services.sums import VOTE, Named, named, of_task

SUMS = """
SELECT id, field, user_id, sums FROM quality_personsums
WHERE project_id = %s AND field = ANY(%s) AND user_id = ANY(%s)
"""
# Field → the units of its model and their codes, in order.
Units = Mapping[str, Sequence[tuple[str, Sequence[str]]]]


@dataclass
class Kept:
    """``votes``: (field, task) → those that people's sums hold, of tasks that changed since the fit;
    ``blocks``: field, task and fitted votes, its own among them; ``sums``: field → person → their numbers as
    bytes; ``rows``: the ids of these in the database."""

    votes: dict[tuple[str, int], Named] = dataclass_field(default_factory=dict)
    blocks: list[tuple[str, int, memoryview]] = dataclass_field(default_factory=list)
    sums: dict[str, dict[int, memoryview]] = dataclass_field(default_factory=lambda: defaultdict(dict))
    rows: dict[tuple[int, str], int] = dataclass_field(default_factory=dict)

    def add_sums(self, project: Project, names: Collection[str], people: Collection[int]) -> None:
        """Of more people."""
        with connection.cursor() as cursor:
            cursor.execute(SUMS, [project.pk, list(names), sorted(people)])
            for pk, name, user, sums in cursor.fetchall():
                self.add(pk, name, user, sums)

    def add(self, pk: int, name: str, user: int, sums: memoryview) -> None:
        """A row of ``PersonSums``."""
        self.sums[name][user] = sums
        self.rows[user, name] = pk

    def votes_of(self, units: Units) -> dict[tuple[str, int], Named]:
        """(field, task) → the votes that people's sums hold, on these fields."""
        found = {key: votes for key, votes in self.votes.items() if key[0] in units}
        for name, task_id, block in self.blocks:
            if name in units and (name, task_id) not in found:
                rows = of_task(np.frombuffer(block, dtype=VOTE), task_id)
                if rows.size:
                    found[name, task_id] = named(rows, units[name])
        return found
