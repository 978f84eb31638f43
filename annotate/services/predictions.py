"""Models' answers: stored per task, model and version; shown as pre-labels or used for selection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.errors import DomainError, FieldError
from annotate.items import resolve_all
from annotate.models import Prediction
from annotate.versions import ontology_of
from labeltypes.answers import clean_answer
from labeltypes.base import Invalid
from projects.models import Project, Task


@dataclass(frozen=True)
class PredictionInput:
    """One prediction: the task (by our id or the importer's), the value, the score in [0, 1] or None."""

    value: Any
    score: float | None = None
    task: int | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class ItemProblem:
    """What is wrong with one item: its row (1 is the first), the path in it, and why."""

    row: int
    path: str
    message: str


@transaction.atomic
def store_predictions(
    *, project: Project, model: str, version: str, items: Sequence[PredictionInput]
) -> tuple[int, list[ItemProblem]]:
    """Store what is valid, in place of what this version of the model said before; report the rest.

    Values are checked as drafts are: nothing is required, everything given must be right.
    """
    if project.ontology_id is None:
        raise DomainError(
            "The project has no ontology yet.", fields=[FieldError("project", "has no ontology")]
        )
    tasks = _tasks(project, items)
    problems: list[ItemProblem] = []
    found: dict[int, Prediction] = {}
    known = [(row, item, tasks.get(_key(item))) for row, item in enumerate(items, start=1)]
    problems += [ItemProblem(row, "task", "not found") for row, _, task in known if task is None]
    pairs = [(row, item, task) for row, item, task in known if task is not None]
    ontology = ontology_of(project.ontology_id).ontology
    for (row, item, task), shown in zip(
        pairs, resolve_all((task, project.ontology_id) for _, _, task in pairs), strict=True
    ):
        try:
            value = clean_answer(item.value, ontology, shown.media, partial=True)
        except Invalid as error:
            problems += [
                ItemProblem(row, f"value.{problem.path}", problem.message) for problem in error.problems
            ]
            continue
        found[task.pk] = Prediction(
            project=project, task=task, model=model, version=version, value=value, score=item.score
        )
    _upsert(list(found.values()))
    return len(found), sorted(problems, key=lambda problem: problem.row)


def _key(item: PredictionInput) -> tuple[str, object]:
    return ("task", item.task) if item.task is not None else ("id", item.external_id)


def _tasks(project: Project, items: Sequence[PredictionInput]) -> dict[tuple[str, object], Task]:
    rows = Task.objects.filter(project=project)
    by_id = rows.filter(pk__in=[item.task for item in items if item.task is not None])
    by_name = rows.filter(external_id__in=[item.external_id for item in items if item.task is None])
    found: dict[tuple[str, object], Task] = {("task", task.pk): task for task in by_id}
    return found | {("id", task.external_id): task for task in by_name}


def _upsert(rows: list[Prediction]) -> None:
    Prediction.objects.bulk_create(
        rows,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["task", "model", "version"],
        update_fields=["value", "score"],
    )
