"""What gold says, in the words of votes: for clamping the inference."""

import json
from collections.abc import Collection, Mapping, Sequence

from accounts.statements import Prepared
from labeltypes.base import JsonObject
from projects.models import Project
from quality.services.fields import Asked, ontology_for, usable

# Read for every answer that is judged: plainly, which costs a tenth of making objects.
GOLD = """
SELECT task_id, answers::text FROM quality_golditem WHERE project_id = %(project)s AND retired_at IS NULL"""
OF_ALL = Prepared("all_gold", GOLD, project="bigint")
OF_TASKS = Prepared(
    "gold_of_tasks", f"{GOLD} AND task_id = ANY(%(tasks)s)", project="bigint", tasks="bigint[]"
)


def gold_values(project: Project, task_ids: Collection[int] | None = None) -> dict[int, list[JsonObject]]:
    """Accepted answers per gold task that is not retired, as far as they hold under the current ontology."""
    ontology = ontology_for(project)
    if ontology is None:
        return {}
    if task_ids is None:
        rows = OF_ALL.rows({"project": project.pk})
    else:
        rows = OF_TASKS.rows({"project": project.pk, "tasks": list(task_ids)})
    return {task_id: [usable(answer, ontology) for answer in json.loads(text)] for task_id, text in rows}


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
