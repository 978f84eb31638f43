"""What gold says, in the words of votes: for clamping the inference."""

from collections.abc import Collection

from labeltypes.base import JsonObject
from projects.models import Project
from quality.models import GoldItem
from quality.services.fields import Asked, ontology_for, usable


def gold_values(project: Project, task_ids: Collection[int] | None = None) -> dict[int, list[JsonObject]]:
    """Accepted answers per gold task that is not retired, as far as they hold under the current ontology."""
    ontology = ontology_for(project)
    if ontology is None:
        return {}
    rows = GoldItem.objects.filter(project=project, retired_at__isnull=True)
    if task_ids is not None:
        rows = rows.filter(task__in=task_ids)
    return {
        task_id: [usable(answer, ontology) for answer in answers]
        for task_id, answers in rows.values_list("task_id", "answers")
    }


def gold_codes(
    project: Project, asked: Asked, task_ids: Collection[int] | None = None
) -> dict[str, dict[int, str]]:
    """Unit → task → the one code that all accepted answers share; where they differ, nothing is clamped."""
    found: dict[str, dict[int, str]] = {}
    for task_id, answers in gold_values(project, task_ids).items():
        votes = [dict(asked.votes(answer[asked.name])) for answer in answers if asked.name in answer]
        if len(votes) < len(answers):
            continue
        for unit, code in votes[0].items():
            if all(other.get(unit) == code for other in votes):
                found.setdefault(unit, {})[task_id] = code
    return found
