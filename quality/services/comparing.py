"""What another method would change: a job of its own after a full run, as no answer waits for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from projects.jobs import JobContext, job_handler, start_job
from projects.models import ConsensusMethod, Job, JobState, Project
from quality.models import Figure, ToCompare
from quality.services.compared_fit import ComparedFit
from quality.services.figures import METHODS
from quality.services.inference import FieldFit
from quality.services.locks import one_at_a_time
from quality.services.methods import labels_by
from stats.arrays import Bools, Codes
from stats.consensus.answers import Answers

JOB = "compare-methods"
MOST_TASKS = 200


@transaction.atomic
def leave_to_compare(
    project: Project, fits: Sequence[FieldFit], *, run: int | None, run_at: datetime
) -> None:
    """At the end of a full run: leave what the comparison reads, per field with one answer out of a list.

    Where nothing of it has changed since it was compared, the figure stands, for this run too: every method
    is a whole inference. A run that began before the one that left the last does nothing.
    """
    one_at_a_time(METHODS, project.pk)
    waiting = ToCompare.objects.filter(project=project)
    stored = Figure.objects.filter(project=project, name__startswith=f"{METHODS}:")
    times = [*waiting.values_list("run_at", flat=True), *stored.values_list("computed_at", flat=True)]
    if any(at > run_at for at in times):
        return
    waiting.delete()
    known = {figure.name: figure for figure in stored}  # and in the end those of fields that are no more
    rows = []
    for fit in fits:
        unit = fit.units.get("")
        if unit is None or fit.asked.field.flag("multiple"):
            continue
        compared = ComparedFit.of(unit, project.consensus_method)
        key, figure = compared.key(), known.pop(f"{METHODS}:{fit.asked.name}", None)
        if figure is not None and figure.data.get("key") == key:
            stored.filter(pk=figure.pk).update(data=figure.data | {"run": run}, computed_at=run_at)
        else:
            rows.append(
                ToCompare(
                    project=project,
                    field=fit.asked.name,
                    fit=compared.packed(),
                    key=key,
                    run=run,
                    run_at=run_at,
                )
            )
    stored.filter(name__in=known).delete()
    ToCompare.objects.bulk_create(rows)
    if rows and not Job.objects.filter(project=project, kind=JOB, state=JobState.QUEUED).exists():
        start_job(project=project, kind=JOB, by=None, params={})


@job_handler(JOB)
def run_job(context: JobContext) -> Mapping[str, Any]:
    """Compare what the last full run left; what a killed worker had not stored is done again."""
    return compare_methods(context.project, context)


def compare_methods(project: Project, context: JobContext | None = None) -> dict[str, Any]:
    """Store what other methods would change, field by field. Same fit, same figures."""
    waiting = list(ToCompare.objects.filter(project=project).order_by("field").values_list("pk", flat=True))
    done, total, fields = 0, len(waiting) * (len(ConsensusMethod) - 1), 0
    for pk in waiting:
        row = ToCompare.objects.filter(pk=pk).first()
        if row is None:
            continue
        fit = ComparedFit.unpacked(bytes(row.fit))
        open_ = _open(fit.answers)
        others = {}
        for method in ConsensusMethod.values:
            if method == fit.chosen:
                continue
            if context is not None:
                context.progress(done, total)
                context.let_others()
            others[method] = _differences(fit, method, open_)
            done += 1
        tasks = int(open_.sum())
        fields += _keep(row, {"tasks": tasks, "chosen": fit.chosen, "others": others})
    if context is not None:
        context.progress(done, total)
    return {"fields": fields}


@transaction.atomic
def _keep(row: ToCompare, found: Mapping[str, Any]) -> bool:
    """Store a figure in place of what it is computed from, unless a newer run has replaced that meanwhile."""
    one_at_a_time(METHODS, row.project_id)
    gone, _ = ToCompare.objects.filter(pk=row.pk).delete()
    if gone:
        Figure.objects.update_or_create(
            project_id=row.project_id,
            name=f"{METHODS}:{row.field}",
            defaults={"data": {**found, "key": row.key, "run": row.run}, "computed_at": row.run_at},
        )
    return bool(gone)


def _open(answers: Answers) -> Bools:
    """Tasks that anybody answered and whose answer is not known."""
    open_: Bools = answers.per_task > 0
    if answers.gold is not None:
        open_ = open_ & (answers.gold < 0)
    return open_


def _differences(fit: ComparedFit, method: str, open_: Bools) -> dict[str, Any]:
    """How many tasks another method would change, and the first: task, from, to; the unsurest first."""
    label = labels_by(method, fit.answers, default=fit.default, marginals=fit.marginals)
    changed = open_ & (label != fit.label)
    if method == ConsensusMethod.MAJORITY:
        changed &= ~_leads(fit.answers, fit.label)
    order = np.argsort(fit.confidence, kind="stable")
    rows = order[changed[order]][:MOST_TASKS]
    return {
        "changed": int(changed.sum()),
        "tasks": [
            [int(fit.tasks[row]), fit.codes[fit.label[row]], fit.codes[label[row]]] for row in rows.tolist()
        ],
    }


def _leads(answers: Answers, label: Codes) -> Bools:
    """Whether nobody has more votes than this label: a tie is no difference."""
    counts = answers.counts
    own = counts[np.arange(len(label)), np.maximum(label, 0)]
    leads: Bools = own >= counts.max(axis=1)
    return leads
