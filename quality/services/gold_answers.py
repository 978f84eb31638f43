"""What gold says, in the words of votes: for clamping the inference."""

import json
from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from labeltypes.base import JsonObject
from projects.models import Project
from quality.services.fields import Asked, ontology_for, usable

# Read for every answer that is judged: plainly, which costs a tenth of making objects.
GOLD = "SELECT task_id, answers::text FROM quality_golditem WHERE project_id = %s AND retired_at IS NULL "


def gold_values(project: Project, task_ids: Collection[int] | None = None) -> dict[int, list[JsonObject]]:
    """Accepted answers per gold task that is not retired, as far as they hold under the current ontology."""
    ontology = ontology_for(project)
    if ontology is None:
        return {}
    with connection.cursor() as cursor:
        if task_ids is None:
            cursor.execute(GOLD, [project.pk])
        else:
            cursor.execute(GOLD + "AND task_id = ANY(%s)", [project.pk, list(task_ids)])
        rows = [(task_id, json.loads(answers)) for task_id, answers in cursor.fetchall()]
    return {task_id: [usable(answer, ontology) for answer in answers] for task_id, answers in rows}


def gold_codes(
    project: Project, asked: Asked, task_ids: Collection[int] | None = None
) -> dict[str, dict[int, str]]:
    """Unit → task → the one code that all accepted answers share; where they differ, nothing is clamped."""
    return codes_of(asked, gold_values(project, task_ids))


def codes_of(asked: Asked, gold: Mapping[int, Sequence[JsonObject]]) -> dict[str, dict[int, str]]:
    """The same of accepted answers by task."""
    found: dict[str, dict[int, str]] = {}
    for task_id, answers in gold.items():
        votes = [dict(asked.votes(answer[asked.name])) for answer in answers if asked.name in answer]
        if len(votes) < len(answers):
            continue
        for unit, code in votes[0].items():
            if all(other.get(unit) == code for other in votes):
                found.setdefault(unit, {})[task_id] = code
    return found
