"""What the last full run left of people's sums and of the votes in them, read for a few tasks at once."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

import numpy as np
from django.db import connection

from accounts.statements import Prepared
from projects.models import Project
from quality.services.sums import VOTE, Named, named, of_task
from stats.arrays import Floats

# Votes of tasks that changed since the fit, sums, and the blocks of votes in which the others lie.
KEPT = Prepared(
    "kept_of_tasks",
    """
SELECT 'votes', field, task_id, convert_to(votes::text, 'UTF8') FROM quality_votessincefit
WHERE project_id = %(project)s AND task_id = ANY(%(tasks)s)
UNION ALL
SELECT 'sums', field, user_id, sums FROM quality_personsums
WHERE project_id = %(project)s AND field = ANY(%(fields)s) AND user_id = ANY(%(people)s)
UNION ALL
SELECT 'block', field, first_task, votes FROM quality_fittedvotes WHERE id IN (
    SELECT b.id FROM unnest(%(tasks)s::bigint[]) AS t(id) CROSS JOIN unnest(%(fields)s::varchar[]) AS f(name)
    CROSS JOIN LATERAL (SELECT id FROM quality_fittedvotes
                        WHERE project_id = %(project)s AND field = f.name AND first_task <= t.id
                        ORDER BY first_task DESC LIMIT 1) AS b)
""",
    project="bigint",
    tasks="bigint[]",
    fields="varchar[]",
    people="bigint[]",
)
SUMS = """
SELECT field, user_id, sums FROM quality_personsums
WHERE project_id = %s AND field = ANY(%s) AND user_id = ANY(%s)
"""


@dataclass
class Kept:
    """``votes``: (field, task) → those that people's sums hold; ``sums``: field → person → numbers."""

    votes: dict[tuple[str, int], Named] = dataclass_field(default_factory=dict)
    sums: dict[str, dict[int, Floats]] = dataclass_field(default_factory=lambda: defaultdict(dict))

    def add_sums(self, project: Project, names: Collection[str], people: Collection[int]) -> None:
        """Of more people."""
        with connection.cursor() as cursor:
            cursor.execute(SUMS, [project.pk, list(names), sorted(people)])
            for name, user, sums in cursor.fetchall():
                self.sums[name][user] = np.frombuffer(sums, dtype="<f8")


def read_kept(
    project: Project,
    units: Mapping[str, Sequence[tuple[str, Sequence[str]]]],
    tasks: Sequence[int],
    people: Collection[int],
) -> Kept:
    """Of these tasks and people. ``units``: field → the units of its model and their codes, in order."""
    kept = Kept()
    blocks: list[tuple[str, bytes]] = []
    columns: dict[str, int | list[int] | list[str]] = {
        "project": project.pk,
        "tasks": list(tasks),
        "fields": list(units),
        "people": sorted(people),
    }
    for kind, name, pk, content in KEPT.rows(columns):
        if kind == "votes":
            votes = json.loads(bytes(content))
            kept.votes[name, pk] = {
                unit: [(user, code) for user, code in given] for unit, given in votes.items()
            }
        elif kind == "sums":
            kept.sums[name][pk] = np.frombuffer(content, dtype="<f8")
        else:
            blocks.append((name, content))
    for name, block in blocks:
        fitted = np.frombuffer(block, dtype=VOTE)
        for task_id in tasks:
            rows = of_task(fitted, task_id)
            if rows.size and (name, task_id) not in kept.votes:
                kept.votes[name, task_id] = named(rows, units[name])
    return kept
