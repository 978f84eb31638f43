"""The models' answers that people are shown with their tasks: read with every answer, so planned once."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.statements import Prepared
from annotate.models import Assignment, Drawn

# What a seeded error says comes with the rest, so that gold takes no statement that work does not take.
OF_TASKS = Prepared(
    "prelabels",
    """
SELECT p.task_id, p.model, p.version, p.value::text, s.value::text, s.valid_from, s.ended_at
FROM annotate_prediction AS p
LEFT JOIN annotate_seededprelabel AS s ON s.task_id = p.task_id AND s.user_id = %(user)s
WHERE p.task_id = ANY(%(tasks)s)
ORDER BY p.score DESC NULLS LAST, p.id DESC
""",
    user="bigint",
    tasks="bigint[]",
)


def prelabels_of(assignments: Sequence[Assignment]) -> dict[int, list[dict[str, Any]]]:
    """By task, the surest first. Its score stays here: active learning chose work by it, but no gold.

    All assignments are one person's. On gold a seeded error may stand in place of the first one's answer:
    found by the statement that reads them all, so that nobody can tell (docs/adr/0020-seeded-errors.md).
    """
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if not assignments:
        return found
    leases = {row.task_id: row for row in assignments}
    values = {"user": assignments[0].user_id, "tasks": list(leases)}
    for task_id, model, version, value, seed, *times in OF_TASKS.rows(values):
        is_seeded = task_id not in found and _stands(leases[task_id], *times)
        found[task_id].append(
            {"model": model, "version": version, "value": json.loads(seed if is_seeded else value)}
        )
    return found


def _stands(lease: Assignment, since: datetime | None, until: datetime | None) -> bool:
    """Whether the seeded error is one of this lease: of gold, and begun while the error stood."""
    if since is None or lease.drawn != Drawn.GOLD:
        return False
    return since <= lease.created_at and (until is None or lease.created_at < until)
