"""Changing an answer after it was given: a new version beside the old ones."""

import uuid

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.audit import record
from accounts.errors import Conflict, Forbidden
from accounts.models import User
from accounts.services.once import KeyReused, check_key
from annotate.models import Annotation, AnnotationVersion
from annotate.outbox import emit
from annotate.services.facts import LockedTask, lock_task
from annotate.services.leases import lock_person
from annotate.services.submit import Submitted, clean_seconds, write_version
from annotate.services.summaries import note_classes
from annotate.services.values import clean_under_either
from labeltypes.base import JsonObject
from projects.models import Project, TaskSummary


@transaction.atomic
def correct(
    *,
    annotation: Annotation,
    project: Project,
    value: JsonObject,
    base: int,
    seconds: float = 0.0,
    key: str = "",
) -> Submitted:
    """Store the author's own correction, made from version ``base``, as a new version.

    Checked against the project's newest ontology, or else the one the answer was made under. Raises
    Conflict with what is there now when ``base`` is not the newest version, and when the answer was sent
    back, discarded or settled by a reviewer; Forbidden when the project allows no corrections.
    """
    key = key or uuid.uuid4().hex
    check_key(key)
    if not project.allow_corrections:
        raise Forbidden("This project does not allow answers to be changed.", code="corrections_off")
    lock_person(annotation.project_id, annotation.user_id)
    head = (
        Annotation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("task")
        .get(pk=annotation.pk)
    )
    last = head.versions.get(version=head.version)
    clean, ontology_id = clean_under_either(value, head.task, project.ontology_id or 0, last.ontology_id)
    if repeat := _repeated(head, clean, key):
        return repeat
    _check_changeable(head, base)
    return _store(head, last, clean, clean_seconds(seconds), key, ontology_id, project.guideline_id)


def _repeated(head: Annotation, value: JsonObject, key: str) -> Submitted | None:
    version = AnnotationVersion.objects.filter(annotation=head, key=key).first()
    if version is None:
        return None
    if version.value != value:
        raise KeyReused("This key was used for another answer to this task; the first one stays.")
    return Submitted(head, version, created=False)


def _check_changeable(head: Annotation, base: int) -> None:
    current = {"version": head.version, "value": head.value}
    if head.version != base:
        raise Conflict("There is a newer version of this answer.", current=current)
    if head.rejected_at is not None:
        raise Conflict(
            "This was sent back to you: answer it from your queue.", current=current, code="rework"
        )
    if head.discarded_at is not None:
        raise Conflict("This answer is no longer used.", current=current, code="discarded")
    if not head.is_fix and _is_settled(head):
        raise Conflict("A reviewer has settled this task.", current=current, code="reviewed")


def _is_settled(head: Annotation) -> bool:
    summary = TaskSummary.objects.get(pk=head.task_id)
    return summary.source in {"review", "adjudication"}


def _store(
    head: Annotation,
    last: AnnotationVersion,
    value: JsonObject,
    seconds: float,
    key: str,
    ontology_id: int,
    guideline_id: int | None,
) -> Submitted:
    now = Annotation.objects.annotate(now=Now()).values_list("now", flat=True).get(pk=head.pk)
    head.version += 1
    head.value, head.seconds, head.updated_at = value, head.seconds + seconds, now
    head.save(update_fields=["version", "value", "seconds", "updated_at"])
    version = write_version(
        head,
        value=value,
        seconds=seconds,
        key=key,
        by_id=head.user_id,
        now=now,
        ontology_id=ontology_id,
        guideline_id=guideline_id,
        drawn=last.drawn,
    )
    if not head.is_extra:
        note_classes(head.task_id, value, ontology_id=ontology_id)
    emit(
        "corrected",
        project_id=head.project_id,
        task_id=head.task_id,
        annotation_id=head.pk,
        user_id=head.user_id,
        version=head.version,
        seconds=seconds,
    )
    return Submitted(head, version, created=True)


@transaction.atomic
def take_in_extra(*, annotation: Annotation, by: User) -> Annotation:
    """Count an answer that came after its slot was given away; twice changes nothing.

    The only way besides gold to more answers than asked; a manager's decision.
    """
    task: LockedTask = lock_task(annotation.task_id)
    head = Annotation.objects.select_for_update(of=("self",), no_key=True).get(pk=annotation.pk)
    if not head.is_extra:
        return head
    Annotation.objects.filter(pk=head.pk).update(is_extra=False)
    TaskSummary.objects.filter(pk=task.summary.pk).update(extra=F("extra") - 1)
    task.add_answers(1)
    head.refresh_from_db()
    emit(
        "taken_in",
        project_id=head.project_id,
        task_id=head.task_id,
        annotation_id=head.pk,
        user_id=head.user_id,
    )
    record(
        organization=annotation.project.organization_id,
        actor=by,
        verb="answer.taken_in",
        subject=f"annotation {head.pk}",
        project_id=head.project_id,
    )
    return head
