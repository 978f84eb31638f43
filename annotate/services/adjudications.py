"""The final answer by somebody who may: stands above consensus and review."""

from django.db import transaction
from django.db.models.functions import Now

from accounts.errors import Conflict, DomainError, FieldError, Forbidden
from accounts.models import User
from annotate.models import Adjudication, Annotation, ReviewEntry
from annotate.outbox import emit
from annotate.services.facts import lock_task
from annotate.services.summaries import clear_final, set_final
from annotate.services.undo import standing_final
from annotate.services.values import clean_value
from annotate.states import Cause, move
from labeltypes.base import Json, JsonObject
from projects.models import AnswerSource, Project, Task, TaskState

UNSEEN = -1  # whoever decides does not say what they have seen


@transaction.atomic
def adjudicate(
    *,
    task: Task,
    project: Project,
    by: User,
    value: JsonObject | None = None,
    annotation_id: int | None = None,
    reason: str = "",
    instead_of: int | None = UNSEEN,
) -> Adjudication:
    """Make a value, or one of the answers, the task's final answer; an earlier decision is withdrawn.

    The same decision by the same person again changes nothing. ``instead_of`` is the earlier decision that
    they have seen, None for none: Conflict if another one stands by now.

    Raises Forbidden for one's own answer, DomainError unless exactly one of value and annotation is given
    (or the annotation is not of this task), Invalid for a bad value, Conflict for an archived task.
    """
    if (value is None) == (annotation_id is None):
        raise DomainError("Give either a value or an answer.", fields=[FieldError("value", "or annotation")])
    locked = lock_task(task.pk)
    picked = _picked(task, annotation_id, by) if annotation_id is not None else None
    final, ontology_id = _final_value(task, project, value, picked)
    if locked.summary.state == TaskState.ARCHIVED:
        raise Conflict("This task is archived.", code="archived")
    standing = Adjudication.objects.filter(task=task, withdrawn_at__isnull=True).first()
    if standing is not None and _is_repeat(standing, by, final, picked, reason):
        return standing
    if instead_of not in (UNSEEN, standing.pk if standing else None):
        raise Conflict("Somebody else has decided meanwhile.", code="decided")
    Adjudication.objects.filter(task=task, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    decision = Adjudication.objects.create(
        project=project, task=task, value=final, reason=reason, annotation=picked, by=by
    )
    ReviewEntry.objects.filter(task=task, closed_at__isnull=True).update(closed_at=Now())
    set_final(locked.summary, final, AnswerSource.ADJUDICATION, ontology_id=ontology_id)
    move(locked.summary, Cause.ADJUDICATED)
    emit("adjudicated", project_id=project.pk, task_id=task.pk, user_id=by.pk, adjudication=decision.pk)
    return decision


@transaction.atomic
def withdraw_adjudication(*, task: Task, project: Project) -> None:
    """Take the final answer back: review or consensus count again. Without one nothing happens."""
    if not Adjudication.objects.filter(task=task, withdrawn_at__isnull=True).exists():
        return
    locked = lock_task(task.pk)
    withdrawn = Adjudication.objects.filter(task=task, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    if not withdrawn:
        return  # somebody else did meanwhile
    standing = standing_final(locked.summary)
    clear_final(locked.summary)
    if standing is not None:
        ontology_id = standing.versions.get(version=standing.version).ontology_id
        set_final(locked.summary, standing.value, AnswerSource.REVIEW, ontology_id=ontology_id)
    else:
        locked.take_back_state()
    emit("adjudication_withdrawn", project_id=project.pk, task_id=task.pk)


def _is_repeat(standing: Adjudication, by: User, final: Json, picked: Annotation | None, reason: str) -> bool:
    wanted = (by.pk, picked.pk if picked else None, reason, final)
    return (standing.by_id, standing.annotation_id, standing.reason, standing.value) == wanted


def _picked(task: Task, annotation_id: int, by: User) -> Annotation:
    picked = Annotation.objects.filter(pk=annotation_id, task=task, discarded_at__isnull=True).first()
    if picked is None:
        raise DomainError("Not found.", fields=[FieldError("annotation", "not found")])
    if picked.user_id == by.pk and not picked.is_fix:
        raise Forbidden("Nobody decides for their own answer.", code="own_work")
    return picked


def _final_value(
    task: Task, project: Project, value: JsonObject | None, picked: Annotation | None
) -> tuple[Json, int]:
    if picked is not None:
        return picked.value, picked.versions.get(version=picked.version).ontology_id
    ontology_id = project.ontology_id or 0
    return clean_value(value, task, ontology_id), ontology_id
