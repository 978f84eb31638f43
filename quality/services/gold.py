"""Gold: tasks with a known answer, hidden among the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.audit import record
from accounts.errors import DomainError, FieldError
from accounts.models import User
from annotate.items import resolve_all
from annotate.models import Annotation, Pool
from annotate.outbox import emit
from annotate.services.slots import set_pool
from annotate.versions import ontology_of
from labeltypes.answers import clean_answer
from labeltypes.base import Invalid, Json
from projects.models import Project, Task
from quality.models import ContestState, GoldItem, GoldOrigin, GoldUse
from quality.services.contests import settle_contests
from quality.services.fields import asked_fields
from quality.services.retiring import retire

MOST_ANSWERS = 20
MOST_AT_ONCE = 1_000
UPDATED = ["answers", "tolerance", "explanation", "origin", "created_by", "retired_at", "voided_at"]
LONGEST_EXPLANATION = 10_000


@dataclass(frozen=True)
class GoldInput:
    """One gold answer to make: any of ``answers`` is right; ``tolerance`` per field in [0, 1]."""

    task: int
    answers: Sequence[Json]
    tolerance: Mapping[str, float] = field(default_factory=dict)
    explanation: str = ""
    origin: str = GoldOrigin.GIVEN


def make_gold(
    *,
    project: Project,
    task: Task,
    answers: Sequence[Json],
    by: User | None,
    tolerance: Mapping[str, float] | None = None,
    explanation: str = "",
) -> GoldItem:
    """Make a task gold, or change its answers; the task moves to the gold pool of the queue.

    Raises Invalid with paths ``answers[i].…`` for a bad value, DomainError for a bad tolerance or none.
    Answers that were graded before are graded anew by a worker; open contests of it are settled thereby.
    """
    wanted = GoldInput(task.pk, answers, tolerance or {}, explanation)
    problems = make_many(project=project, items=[wanted], by=by)
    if problems:
        raise problems[0][1]
    return GoldItem.objects.get(task=task)


@transaction.atomic
def make_many(
    *, project: Project, items: Sequence[GoldInput], by: User | None
) -> list[tuple[int, Invalid | DomainError]]:
    """Make many tasks gold, set-based; return (index, problem) of those that could not be.

    For imports: at most a thousand at a time. The others are made even if some are refused.
    """
    if len(items) > MOST_AT_ONCE:
        raise DomainError(f"At most {MOST_AT_ONCE} at a time.", fields=[FieldError("items", "too many")])
    if project.ontology_id is None:
        raise DomainError(
            "The project has no ontology yet.", fields=[FieldError("project", "has no ontology")]
        )
    tasks = Task.objects.filter(project=project).in_bulk([item.task for item in items])
    found = [tasks[item.task] for item in items if item.task in tasks]
    media = {
        task.pk: item.media
        for task, item in zip(found, resolve_all((task, project.ontology_id) for task in found), strict=True)
    }
    problems: list[tuple[int, Invalid | DomainError]] = []
    rows: dict[int, GoldItem] = {}
    for index, item in enumerate(items):
        try:
            rows[item.task] = _clean(project, item, media.get(item.task), by)
        except (Invalid, DomainError) as problem:
            problems.append((index, problem))
    _store(project, list(rows.values()), by)
    return problems


@transaction.atomic
def correct_gold(
    *, gold: GoldItem, project: Project, answers: Sequence[Json], explanation: str, by: User
) -> None:
    """Change what is accepted as right; everybody who was graded on it is graded anew by a worker.

    Open contests of it are settled thereby, and told ``explanation``. An item that is retired stays so.
    Raises Invalid for a bad answer, DomainError if it says that already.
    """
    task = Task.objects.get(pk=gold.task_id)
    media = resolve_all([(task, project.ontology_id or 0)])[0].media
    row = _clean(project, GoldInput(task.pk, answers, gold.tolerance, gold.explanation), media, by)
    if row.answers == gold.answers:
        raise DomainError("The gold says that already.", fields=[FieldError("answers", "nothing new")])
    gold.answers = row.answers
    gold.save(update_fields=["answers"])
    settle_contests(project, [gold], ContestState.CORRECTED, explanation=explanation, by=by)
    emit("gold_made", project_id=project.pk, tasks=[gold.task_id])
    record(
        organization=project.organization_id,
        actor=by,
        verb="gold.corrected",
        subject=f"task {gold.task_id}",
        project_id=project.pk,
    )


def _clean(project: Project, item: GoldInput, media: Any, by: User | None) -> GoldItem:
    if media is None:
        raise DomainError("Not found.", fields=[FieldError("task", "not found")])
    if not 1 <= len(item.answers) <= MOST_ANSWERS:
        raise DomainError(
            "Gold needs an answer.", fields=[FieldError("answers", f"from 1 to {MOST_ANSWERS} answers")]
        )
    ontology = ontology_of(project.ontology_id or 0).ontology
    answers = [
        _clean_one(answer, index, ontology, media, alone=len(item.answers) == 1)
        for index, answer in enumerate(item.answers)
    ]
    return GoldItem(
        project=project,
        task_id=item.task,
        answers=answers,
        tolerance=_clean_tolerance(project, item.tolerance),
        explanation=item.explanation[:LONGEST_EXPLANATION],
        origin=item.origin,
        created_by=by,
    )


def _clean_one(answer: Json, index: int, ontology: Any, media: Any, *, alone: bool) -> Json:
    try:
        return clean_answer(answer, ontology, media)
    except Invalid as problem:
        head = "value" if alone else f"answers[{index}]"
        raise Invalid(
            [
                type(each)(f"{head}.{each.path}" if each.path else head, each.message)
                for each in problem.problems
            ]
        ) from None


def _clean_tolerance(project: Project, raw: Mapping[str, Any]) -> dict[str, float]:
    names = {asked.name for asked in asked_fields(project)}
    problems = []
    for name, value in raw.items():
        if name not in names:
            problems.append(FieldError(f"tolerance.{name}", "is not a field"))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            problems.append(FieldError(f"tolerance.{name}", "must be a number from 0 to 1"))
    if problems:
        raise DomainError("The tolerance is not valid.", fields=problems)
    return {name: float(value) for name, value in raw.items()}


def _store(project: Project, rows: list[GoldItem], by: User | None) -> None:
    if not rows:
        return
    ids = [row.task_id for row in rows]
    before = dict(GoldItem.objects.filter(task__in=ids).values_list("task_id", "answers"))
    GoldItem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=UPDATED,
    )
    changed = [row.task_id for row in rows if before.get(row.task_id, row.answers) != row.answers]
    if changed:
        items = list(GoldItem.objects.filter(task__in=changed))
        settle_contests(project, items, ContestState.CORRECTED, explanation="", by=by)
    aside = GoldItem.objects.filter(task__in=ids).exclude(use=GoldUse.HIDDEN)
    kept = sorted(aside.values_list("task_id", flat=True))
    set_pool(project_id=project.pk, task_ids=sorted(set(ids) - set(kept)), pool=Pool.GOLD)
    set_pool(project_id=project.pk, task_ids=kept, pool=Pool.ASIDE)
    emit("gold_made", project_id=project.pk, tasks=ids)
    record(
        organization=project.organization_id,
        actor=by,
        verb="gold.made",
        subject=f"task {ids[0]}" if len(ids) == 1 else f"{len(ids)} tasks",
        project_id=project.pk,
        tasks=ids[:100],
        origin=rows[0].origin,
    )


def promote(*, annotation: Annotation, project: Project, by: User, explanation: str = "") -> GoldItem:
    """Make a person's answer the gold answer of its task."""
    return make_gold(
        project=project, task=annotation.task, answers=[annotation.value], by=by, explanation=explanation
    )


@transaction.atomic
def void(*, gold: GoldItem, project: Project, explanation: str, by: User) -> None:
    """Retire an item that proved unfit, so that its grades count for nobody; open contests are settled."""
    retire(gold=gold, by=by)
    GoldItem.objects.filter(pk=gold.pk).update(voided_at=Now())
    settle_contests(project, [gold], ContestState.RETIRED, explanation=explanation, by=by)
    emit("gold_voided", project_id=project.pk, tasks=[gold.task_id])
    record(
        organization=project.organization_id,
        actor=by,
        verb="gold.voided",
        subject=f"task {gold.task_id}",
        project_id=project.pk,
    )
