"""Audits: start a sample, hand its items out blind, take judgements, draw more."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError, Forbidden
from accounts.models import User
from annotate.models import Annotation
from annotate.services.values import clean_value
from labeltypes.base import Invalid, Json, JsonObject
from projects.jobs import JobCancelled, JobContext, job_handler, start_job
from projects.models import Job, Project
from quality.models import AuditItem, AuditSample, AuditState
from quality.services.audit_drawing import MOST_SIZE, draw_first, draw_more
from quality.services.fields import Asked, asked_fields
from quality.services.figures import matrix_fields
from stats.audit.design import LEAST, MOST_LOOKS

JOB = "audit-sample"
HOLD = timedelta(minutes=15)
EXACT = 1e-9  # a distance below is rounding
LONGEST_COMMENT = 10_000
STOPPED = "The draw was stopped, so there is no sample. Draw it again."


@dataclass(frozen=True)
class AuditPlan:
    """What a manager asks for. Give ``size`` or ``half_width``; without a seed one is drawn and recorded."""

    target: float
    field: str = ""
    by: str = ""
    meta_key: str = ""
    size: int | None = None
    half_width: float | None = None
    expected: float = 0.95
    tolerance: float = 0.0
    seed: int | None = None


@dataclass(frozen=True)
class AuditAnswer:
    """What an auditor says of an item: a value, or that nobody can tell."""

    value: JsonObject | None = None
    is_unclear: bool = False
    comment: str = ""
    seconds: float = 0.0


@transaction.atomic
def start_audit(*, project: Project, by: User, plan: AuditPlan) -> AuditSample:
    """Queue the draw of a new sample. Raises DomainError naming every setting that is wrong.

    Locks the project's row, so that numbers are given once.
    """
    _check(project, plan)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    last = AuditSample.objects.filter(project=project).aggregate(last=Max("number"))["last"]
    sample = AuditSample.objects.create(
        project=project,
        number=(last or 0) + 1,
        field=plan.field,
        by=plan.by,
        meta_key=plan.meta_key if plan.by == "meta" else "",
        tolerance=plan.tolerance,
        target=plan.target,
        size=plan.size,
        half_width=plan.half_width,
        expected=plan.expected,
        seed=secrets.randbelow(2**31) if plan.seed is None else plan.seed,
        created_by=by,
    )
    sample.job = start_job(project=project, kind=JOB, by=by, params={"sample": sample.pk, "more": 0})
    sample.save(update_fields=["job"])
    record(
        organization=project.organization_id,
        actor=by,
        verb="audit_drawn",
        subject=f"audit {sample.number}",
        project_id=project.pk,
        seed=sample.seed,
    )
    return sample


def _check(project: Project, plan: AuditPlan) -> None:
    names = {asked.name for asked in asked_fields(project)}
    classes = {asked.name for asked in matrix_fields(project)}
    wrong = {
        "the project has no ontology": ("field", not names),
        "is not a field of the ontology": ("field", bool(plan.field) and plan.field not in names),
        "class, meta, or empty": ("by", plan.by not in {"", "class", "meta"}),
        "classes need a field with one answer out of a list": (
            "by",
            plan.by == "class" and plan.field not in classes,
        ),
        "say which key of the metadata": ("meta_key", plan.by == "meta" and not plan.meta_key),
        "give either a size or a half-width": ("size", (plan.size is None) == (plan.half_width is None)),
        f"between {LEAST} and {MOST_SIZE:,}": (
            "size",
            plan.size is not None and not LEAST <= plan.size <= MOST_SIZE,
        ),
        "between 0.005 and 0.25": (
            "half_width",
            plan.half_width is not None and not 0.005 <= plan.half_width <= 0.25,
        ),
        "between 0 and 1": ("target", not 0 < plan.target < 1),
        "between 0 and 1 as well": ("expected", not 0 < plan.expected < 1),
        "at least 0 and below 1": ("tolerance", not 0 <= plan.tolerance < 1),
    }
    problems = [FieldError(path, words) for words, (path, is_wrong) in wrong.items() if is_wrong]
    if problems:
        raise DomainError("The audit cannot be drawn so.", fields=problems)


@job_handler(JOB)
def run_draw(context: JobContext) -> dict[str, Any]:
    """Draw; a second delivery of the same job draws nothing more."""
    sample = AuditSample.objects.get(pk=context.params["sample"])
    more = context.params["more"]
    try:
        return {"items": draw_more(sample, more) if more else draw_first(sample)}
    except DomainError as refusal:
        state = AuditState.DONE if more else AuditState.FAILED
        AuditSample.objects.filter(pk=sample.pk).update(state=state, message=refusal.message)
        raise
    except JobCancelled:
        raise  # `end_draw` hears of it
    except Exception:
        words = "Something went wrong. The log has the details."
        AuditSample.objects.filter(pk=sample.pk).update(state=AuditState.FAILED, message=words)
        raise


@transaction.atomic
def extend_audit(*, sample: AuditSample, by: User, more: int) -> AuditSample:
    """Queue the draw of further items. Raises DomainError for a bad number, Conflict while it is judged."""
    locked = AuditSample.objects.select_for_update(no_key=True).get(pk=sample.pk)
    if locked.state != AuditState.DONE:
        raise Conflict("Every item drawn so far is judged first.", code="not_judged")
    if locked.look >= MOST_LOOKS:
        raise Conflict(f"An audit can be extended {MOST_LOOKS - 1} times.", code="too_many_looks")
    left = sum(each["population"] - each["drawn"] for each in locked.strata)
    if not 1 <= more <= min(left, MOST_SIZE):
        raise DomainError(
            "So many cannot be drawn.", fields=[FieldError("more", f"between 1 and {min(left, MOST_SIZE)}")]
        )
    locked.state = AuditState.DRAWING
    locked.job = start_job(
        project=locked.project, kind=JOB, by=by, params={"sample": locked.pk, "more": more}
    )
    locked.save(update_fields=["state", "job"])
    return locked


def end_draw(job: Job) -> None:
    """A draw whose job stopped: a first one has failed, after a later one the audit is what it was."""
    state = AuditState.DONE if job.params["more"] else AuditState.FAILED
    AuditSample.objects.filter(job=job, state=AuditState.DRAWING).update(state=state, message=STOPPED)


@transaction.atomic
def next_item(*, sample: AuditSample, user: User, after: int = 0) -> AuditItem | None:
    """The next item for this auditor, held for them; None if there is none that they may judge.

    Never one that they answered themselves, nor one that another auditor has on the screen. ``after`` is a
    position to go on behind; then from the first again. Locks the row it gives.
    """
    own = Annotation.objects.filter(project=sample.project_id, user=user, task=OuterRef("task_id"))
    rows = (
        AuditItem.objects.filter(sample=sample, judged_at=None)
        .filter(Q(held_until=None) | Q(held_until__lt=Now()) | Q(held_by=user))
        .exclude(Exists(own))
        .order_by("position")
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("task")
    )
    item = rows.filter(position__gt=after).first() or (rows.first() if after else None)
    if item is not None:
        AuditItem.objects.filter(sample=sample, held_by=user).update(held_by=None, held_until=None)
        AuditItem.objects.filter(pk=item.pk).update(held_by=user, held_until=timezone.now() + HOLD)
    return item


@transaction.atomic
def judge(*, item: AuditItem, by: User, answer: AuditAnswer) -> AuditItem:
    """Store what an auditor answered, and whether the label says the same.

    The same auditor may answer anew until the sample is done. Raises Forbidden for a task that they
    answered themselves, Conflict for what another judged or a sample that is done, Invalid for a bad value.
    Locks the sample, then the item.
    """
    sample = (
        AuditSample.objects.select_for_update(no_key=True).select_related("project").get(pk=item.sample_id)
    )
    locked = (
        AuditItem.objects.select_for_update(of=("self",), no_key=True).select_related("task").get(pk=item.pk)
    )
    if Annotation.objects.filter(task=locked.task_id, user=by).exists():
        raise Forbidden("Nobody audits a label that they gave an answer to.", code="own_work")
    if locked.judged_by_id not in {None, by.pk}:
        raise Conflict("Somebody else has judged this item meanwhile.", code="judged")
    if sample.state != AuditState.JUDGING:
        raise Conflict("This sample is not being judged.", code="not_open")
    judged = judged_fields(sample)
    value = None if answer.is_unclear else _cleaned(sample, locked, judged, answer)
    distances = {} if value is None else {one.name: _apart(one, value, locked.value) for one in judged}
    locked.judgement = value
    locked.distances = distances
    locked.is_unclear = value is None
    locked.is_right = value is not None and max(distances.values(), default=1.0) <= sample.tolerance + EXACT
    locked.comment = answer.comment[:LONGEST_COMMENT]
    locked.seconds = answer.seconds
    locked.judged_by, locked.judged_at = by, timezone.now()
    locked.held_by, locked.held_until = None, None
    locked.save()
    if not sample.items.filter(judged_at=None).exists():
        AuditSample.objects.filter(pk=sample.pk).update(state=AuditState.DONE, finished_at=Now())
    return locked


def judged_fields(sample: AuditSample) -> list[Asked]:
    """The fields that the sample is about, as they are now."""
    fields = asked_fields(sample.project)
    return [asked for asked in fields if asked.name == sample.field] if sample.field else fields


def _cleaned(sample: AuditSample, item: AuditItem, judged: list[Asked], answer: AuditAnswer) -> JsonObject:
    ontology_id = sample.project.ontology_id
    if ontology_id is None or answer.value is None:
        raise Invalid.at("", "an answer is needed")
    value = clean_value(answer.value, item.task, ontology_id, partial=bool(sample.field))
    if sample.field and judged and judged[0].field.required and sample.field not in value:
        raise Invalid.at(sample.field, "is required")
    return value


def _apart(asked: Asked, value: JsonObject, label: Json) -> float:
    """The distance of the two answers to a field; 1 where only one of them has an answer."""
    ours, theirs = value.get(asked.name), label.get(asked.name) if isinstance(label, dict) else None
    if ours is None or theirs is None:
        return 0.0 if ours is theirs else 1.0
    return asked.distance(ours, theirs)
