"""Triage: leave to a model what it is sure of, keep a random part for people unmarked, and take it back.

Which tasks people get tells nothing: what is kept for the audit is not touched at all, only written down.
"""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from random import SystemRandom
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from annotate.services.model_answers import ModelAnswer, leave_to_model, lock_untouched, take_from_model
from labeltypes.answers import clean_answer
from labeltypes.base import Invalid, JsonObject
from projects.jobs import JobContext, job_handler, start_job
from projects.models import Job, JobState, Project
from quality.models import TriageClass, TriageItem, TriageMeasure, TriageRun, TriageState
from quality.services.fields import Asked, ontology_for
from quality.services.triage_experts import expert_problems, keep_for_experts
from quality.services.triage_measure import JOB as MEASURE
from quality.services.triage_measure import points_of, triage_field
from stats.triage.thresholds import choose

ACCEPT = "triage-accept"
BACK = "triage-back"
CONFIDENCE = 0.95
AUDIT_SHARE = 0.05
LEAST_AUDIT, MOST_AUDIT = 0.01, 0.5
LEAST_TARGET, MOST_TARGET = 0.0005, 0.5
BATCH = 1_000

dice = SystemRandom()

# The next predictions of a run's model that reach their class's threshold, of tasks that nobody has begun.
SURE = """
SELECT p.id, p.task_id, p.value ->> %(field)s, p.score
FROM annotate_prediction p
JOIN quality_triageclass c ON c.run_id = %(run)s AND c.code = p.value ->> %(field)s AND c.state = 'model'
JOIN annotate_queueentry q ON q.task_id = p.task_id AND q.pool = 'work' AND q.is_open AND q.taken = 0
                               AND NOT q.for_experts
WHERE p.project_id = %(project)s AND p.id > %(after)s AND p.model = %(model)s AND p.version = %(version)s
  AND p.score >= c.threshold AND p.score <= 1
  AND NOT EXISTS (SELECT 1 FROM quality_triageitem i WHERE i.run_id = %(run)s AND i.task_id = p.task_id)
ORDER BY p.id LIMIT %(most)s
"""


def active_run(project: Project) -> TriageRun | None:
    """The promise in force."""
    return TriageRun.objects.filter(project=project, ended_at__isnull=True).select_related("job").first()


@transaction.atomic
def start_run(
    *,
    project: Project,
    by: User,
    target: float,
    critical: Collection[str] = (),
    audit_share: float = AUDIT_SHARE,
    expert_below: float | None = None,
) -> TriageRun:
    """Put a promise in force by the last measurement, and have a job leave to the model what it covers.

    Raises DomainError for settings that cannot be, a question beside which others must be answered, experts
    where there are none, or where no class has a threshold; Conflict without a measurement, or while one or
    another run is under way. Locks the project's row.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if active_run(project) is not None:
        raise Conflict("A triage is in force: end it first.", code="running")
    measured = TriageMeasure.objects.filter(project=project).first()
    if measured is None or is_unfinished(measuring(project)):
        raise Conflict("Measure the model first.", code="not_measured")
    asked = triage_field(project, measured.field)
    _check_terms(asked, target, critical, audit_share, expert_problems(project, expert_below))
    _check_alone(project, asked)
    run = TriageRun.objects.create(
        project=project,
        field=measured.field,
        model=measured.model,
        version=measured.version,
        target=target,
        confidence=CONFIDENCE,
        audit_share=audit_share,
        critical=sorted(critical),
        expert_below=expert_below,
        created_by=by,
    )
    classes = [_class(run, measured, code) for code in asked.codes]
    if not any(each.state == TriageState.MODEL for each in classes):
        raise DomainError("No class has a threshold at this target.", code="no_threshold")
    TriageClass.objects.bulk_create(classes)
    run.job = start_job(project=project, kind=ACCEPT, by=by, params={"run": run.pk})
    run.save(update_fields=["job"])
    terms = {"critical": sorted(critical), "audit_share": audit_share, "expert_below": expert_below}
    _record(run, by, "triage.started", target=target, **terms)
    return run


@transaction.atomic
def accept_more(*, project: Project, by: User) -> Job:
    """Leave to the model what has come in since, under the promise in force.

    Raises Conflict without one, or while its job is at work. Locks the run.
    """
    run = _locked(project)
    if is_unfinished(run.job):
        raise Conflict("Tasks are being accepted already.", code="running")
    run.job = start_job(project=project, kind=ACCEPT, by=by, params={"run": run.pk})
    run.save(update_fields=["job"])
    return run.job


@transaction.atomic
def put_back(*, project: Project, by: User, classes: Collection[str] = ()) -> Job:
    """Have people answer what was left to the model after all: of these classes, or all, which ends the run.

    Raises Conflict without a run, DomainError for a class that is not left to the model. Nothing is accepted
    in these classes from now on; a job puts them back. Locks the run and its classes.
    """
    run = _locked(project)
    rows = list(run.classes.select_for_update(no_key=True).filter(state=TriageState.MODEL).order_by("pk"))
    unknown = set(classes) - {each.code for each in rows}
    if unknown:
        raise DomainError(
            "Not left to the model.", fields=[FieldError("classes", f"{sorted(unknown)[0]}: not accepted")]
        )
    chosen = [each for each in rows if not classes or each.code in classes]
    TriageClass.objects.filter(pk__in=[each.pk for each in chosen]).update(state=TriageState.BACK)
    if not classes:
        TriageRun.objects.filter(pk=run.pk).update(ended_at=Now())
    names = [each.code for each in chosen]
    _record(run, by, "triage.put_back", classes=names)
    return start_back(run, names, by=by)


@transaction.atomic
def end_run(*, project: Project, by: User) -> None:
    """Let the promise go: what was accepted stays, nothing more is, and nobody watches. Locks the run."""
    run = _locked(project)
    list(run.classes.select_for_update(no_key=True).order_by("pk"))
    TriageRun.objects.filter(pk=run.pk).update(ended_at=Now())
    _record(run, by, "triage.ended")


def start_back(run: TriageRun, codes: Sequence[str], *, by: User | None) -> Job:
    """Queue the job that puts back what these classes have with the model."""
    return start_job(project=run.project, kind=BACK, by=by, params={"run": run.pk, "classes": list(codes)})


@job_handler(ACCEPT)
def run_accept(context: JobContext) -> Mapping[str, Any]:
    """Go through the model's answers, then what experts get; twice counts once. Goes on where it was."""
    run = TriageRun.objects.select_related("project").get(pk=context.params["run"])
    asked = triage_field(run.project, run.field)
    after, done = int(context.cursor.get("after", 0)), context.job.done
    while True:
        with transaction.atomic():
            last, count = _accept_batch(run, asked, after)
        if last is None:
            return {"accepted": done, "to_experts": keep_for_experts(context, run)}
        after, done = last, done + count
        context.progress(done, after=after)


def _accept_batch(run: TriageRun, asked: Asked, after: int) -> tuple[int | None, int]:
    """The next tasks; the class rows are locked, so that what was put back meanwhile stays so."""
    if TriageRun.objects.filter(pk=run.pk, ended_at__isnull=False).exists():
        return None, 0
    classes = {each.code: each for each in run.classes.select_for_update(no_key=True).order_by("pk")}
    values = {"run": run.pk, "project": run.project_id, "after": after, "most": BATCH}
    with connection.cursor() as cursor:
        cursor.execute(SURE, {**values, "field": run.field, "model": run.model, "version": run.version})
        rows = cursor.fetchall()
    if not rows:
        return None, 0
    untouched = lock_untouched(run.project_id, [row[1] for row in rows])
    items = [
        TriageItem(
            project_id=run.project_id,
            run=run,
            task_id=task,
            code=code,
            score=score,
            is_audit=dice.random() < run.audit_share,
        )
        for _, task, code, score in rows
        if task in untouched
    ]
    answers = [
        ModelAnswer(
            each.task_id,
            {run.field: each.code},
            each.score,
            tuple(sorted(name[:200] for name in asked.labels(each.code))),
        )
        for each in items
        if not each.is_audit
    ]
    leave_to_model(project_id=run.project_id, answers=answers)
    TriageItem.objects.bulk_create(items)
    _count(classes, items)
    return rows[-1][0], len(answers)


def _count(classes: Mapping[str, TriageClass], items: Sequence[TriageItem]) -> None:
    for item in items:
        row = classes[item.code]
        row.audited += item.is_audit
        row.accepted += not item.is_audit
    TriageClass.objects.bulk_update(classes.values(), ["accepted", "audited"])


@job_handler(BACK)
def run_back(context: JobContext) -> Mapping[str, Any]:
    """Put back a batch at a time; twice puts back nothing more."""
    run, codes = TriageRun.objects.get(pk=context.params["run"]), context.params["classes"]
    open_ = TriageItem.objects.filter(run=run, code__in=codes, is_audit=False, is_back=False).order_by("pk")
    total, done = open_.count() + context.job.done, context.job.done
    while batch := list(open_[:BATCH]):
        with transaction.atomic():
            list(run.classes.select_for_update(no_key=True).filter(code__in=codes).order_by("pk"))
            take_from_model(project_id=run.project_id, task_ids=[each.task_id for each in batch])
            open_.filter(pk__in=[each.pk for each in batch]).order_by().update(is_back=True)
            for code in codes:
                count = sum(each.code == code for each in batch)
                run.classes.filter(code=code).update(put_back=F("put_back") + count)
        done += len(batch)
        context.progress(done, total)
    return {"put_back": done}


def measuring(project: Project) -> Job | None:
    """The newest job that measures."""
    return Job.objects.filter(project=project, kind=MEASURE).order_by("-pk").first()


def returning(project: Project) -> Job | None:
    """The newest job that puts tasks back, while it is under way."""
    job = Job.objects.filter(project=project, kind=BACK).order_by("-pk").first()
    return job if is_unfinished(job) else None


def is_unfinished(job: Job | None) -> bool:
    """Whether it waits or runs."""
    return job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)


def _locked(project: Project) -> TriageRun:
    # No key: a job that holds the classes, for which we may wait, writes rows that point at the run.
    rows = TriageRun.objects.select_for_update(of=("self",), no_key=True).select_related("job", "project")
    run = rows.filter(project=project, ended_at__isnull=True).first()
    if run is None:
        raise Conflict("No triage is in force.", code="no_run")
    return run


def _class(run: TriageRun, measured: TriageMeasure, code: str) -> TriageClass:
    point = choose(points_of(measured, code), target=run.target, confidence=run.confidence).point
    if point is None or code in run.critical:
        return TriageClass(run=run, code=code)
    return TriageClass(
        run=run,
        code=code,
        state=TriageState.MODEL,
        threshold=point.threshold,
        checked=point.checked,
        wrong=point.wrong,
    )


def _check_terms(
    asked: Asked,
    target: float,
    critical: Collection[str],
    audit_share: float,
    others: Sequence[FieldError],
) -> None:
    problems = [*others]
    if not isfinite(target) or not LEAST_TARGET <= target <= MOST_TARGET:
        problems.append(FieldError("target", f"a share from {LEAST_TARGET} to {MOST_TARGET}"))
    if not isfinite(audit_share) or not LEAST_AUDIT <= audit_share <= MOST_AUDIT:
        problems.append(FieldError("audit_share", f"a share from {LEAST_AUDIT} to {MOST_AUDIT}"))
    if unknown := set(critical) - set(asked.codes):
        problems.append(FieldError("critical", f"{sorted(unknown)[0]}: not a class of this field"))
    if problems:
        raise DomainError("The triage cannot start so.", fields=problems)


def _check_alone(project: Project, asked: Asked) -> None:
    """An answer to this question must be a whole answer: what else is asked is not promised anything of."""
    ontology = ontology_for(project)
    answer: JsonObject = {asked.name: asked.codes[0]}
    try:
        if ontology is not None:
            for code in asked.codes:
                answer = {asked.name: code}
                clean_answer(answer, ontology, {})
    except Invalid as problem:
        first = problem.problems[0]
        raise DomainError(
            "A model's answer to this question alone is no whole answer.",
            fields=[FieldError("field", f"{first.path}: {first.message}")],
        ) from problem


def _record(run: TriageRun, by: User | None, verb: str, **details: Any) -> None:
    record(
        organization=run.project.organization_id,
        actor=by,
        verb=verb,
        subject=f"{run.model} {run.version}"[:200],
        project_id=run.project_id,
        run=run.pk,
        **details,
    )
