"""What another method would change: a job of its own after a full run, as no answer waits for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction

from projects.jobs import JobContext, job_handler, start_job
from projects.models import ConsensusMethod, Job, JobState, Project
from quality.models import Figure, ToCompare
from quality.services.arrays import Longs
from quality.services.compared_fit import ComparedFit, key_of
from quality.services.figures import METHODS
from quality.services.inference import FieldFit
from quality.services.locks import one_at_a_time
from quality.services.methods import labels_by
from stats.arrays import Bools, Codes, Floats
from stats.consensus.answers import Answers

JOB = "compare-methods"
MOST_TASKS = 200


class Changes(NamedTuple):
    """Tasks (n,), by id, to which another method gives another code of a unit: ``now`` is in force, with
    this ``confidence``."""

    unit: str
    codes: Sequence[str]
    tasks: Longs
    confidence: Floats
    now: Codes
    then: Codes


@transaction.atomic
def leave_to_compare(
    project: Project, fits: Sequence[FieldFit], *, run: int | None, run_at: datetime
) -> None:
    """At the end of a full run: leave what the comparison reads, for every field that votes say all of.

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
    is_any = False
    for fit in fits:
        units = {name: ComparedFit.of(unit, project.consensus_method) for name, unit in fit.units.items()}
        if not units:
            continue
        key, figure = key_of(units), known.pop(f"{METHODS}:{fit.asked.name}", None)
        if figure is not None and figure.data.get("key") == key:
            stored.filter(pk=figure.pk).update(data=figure.data | {"run": run}, computed_at=run_at)
            continue
        is_any = True
        for name, compared in units.items():
            ToCompare.objects.create(
                project=project,
                field=fit.asked.name,
                unit=name,
                fit=compared.packed(),
                key=key,
                run=run,
                run_at=run_at,
            )
    stored.filter(name__in=known).delete()
    if is_any and not Job.objects.filter(project=project, kind=JOB, state=JobState.QUEUED).exists():
        start_job(project=project, kind=JOB, by=None, params={})


@job_handler(JOB)
def run_job(context: JobContext) -> Mapping[str, Any]:
    """Compare what the last full run left; what a killed worker had not stored is done again."""
    return compare_methods(context.project, context)


def compare_methods(project: Project, context: JobContext | None = None) -> dict[str, Any]:
    """Store what other methods would change, field by field. Same fits, same figures."""
    waiting = ToCompare.objects.filter(project=project).order_by("field", "unit", "pk")
    units: dict[str, list[int]] = {}
    for pk, name in waiting.values_list("pk", "field"):
        units.setdefault(name, []).append(pk)
    total = sum(map(len, units.values())) * (len(ConsensusMethod) - 1)
    done, fields = 0, 0
    for pks in units.values():
        fields += _compare_field(pks, context, done, total)
        done += len(pks) * (len(ConsensusMethod) - 1)
    if context is not None:
        context.progress(done, total)
    return {"fields": fields}


def _compare_field(pks: Sequence[int], context: JobContext | None, done: int, total: int) -> bool:
    """One field, unit by unit; whether its figure was stored."""
    changes: dict[str, list[Changes]] = {}
    tasks, row, fit = np.empty(0, dtype=np.int64), None, None
    for pk in pks:
        row = ToCompare.objects.filter(pk=pk).first()
        if row is None:
            return False
        fit = ComparedFit.unpacked(bytes(row.fit))
        open_ = _open(fit.answers)
        tasks = np.union1d(tasks, fit.tasks[open_])
        for method in ConsensusMethod.values:
            if method == fit.chosen:
                continue
            if context is not None:
                context.progress(done, total)
                context.let_others()
            changes.setdefault(method, []).append(_changes(row.unit, fit, method, open_))
            done += 1
    if row is None or fit is None:
        return False
    others = {method: _told(parts) for method, parts in changes.items()}
    return _keep(row, len(pks), {"tasks": tasks.size, "chosen": fit.chosen, "others": others})


@transaction.atomic
def _keep(row: ToCompare, units: int, found: Mapping[str, Any]) -> bool:
    """Store a figure in place of what it is computed from, unless a newer run has replaced that meanwhile."""
    one_at_a_time(METHODS, row.project_id)
    these = ToCompare.objects.filter(project=row.project_id, field=row.field, key=row.key, run_at=row.run_at)
    if these.count() != units:
        return False
    these.delete()
    Figure.objects.update_or_create(
        project_id=row.project_id,
        name=f"{METHODS}:{row.field}",
        defaults={"data": {**found, "key": row.key, "run": row.run}, "computed_at": row.run_at},
    )
    return True


def _open(answers: Answers) -> Bools:
    """Tasks that anybody answered and whose answer is not known."""
    open_: Bools = answers.per_task > 0
    if answers.gold is not None:
        open_ = open_ & (answers.gold < 0)
    return open_


def _changes(unit: str, fit: ComparedFit, method: str, open_: Bools) -> Changes:
    label = labels_by(method, fit.answers, default=fit.default, marginals=fit.marginals)
    changed = open_ & (label != fit.label)
    if method == ConsensusMethod.MAJORITY:
        changed &= ~_leads(fit.answers, fit.label)
    return Changes(
        unit, fit.codes, fit.tasks[changed], fit.confidence[changed], fit.label[changed], label[changed]
    )


def _told(parts: Sequence[Changes]) -> dict[str, Any]:
    """How many tasks another method would change, and the first; the unsurest first.

    A task is task, from, to; unless the field has one unit alone, also which unit, and how many others.
    """
    tasks, sure = (np.concatenate([part[at] for part in parts]) for at in (2, 3))
    unit = np.repeat(np.arange(len(parts)), [part.tasks.size for part in parts])
    row = np.concatenate([np.arange(part.tasks.size) for part in parts])
    order = np.argsort(sure, kind="stable")
    each, first, times = np.unique(tasks[order], return_index=True, return_counts=True)
    listed = []
    for at in np.argsort(first, kind="stable")[:MOST_TASKS].tolist():
        found = order[first[at]]
        part, place = parts[unit[found]], row[found]
        one = [int(each[at]), part.codes[part.now[place]], part.codes[part.then[place]]]
        listed.append([*one, part.unit, int(times[at]) - 1] if part.unit else one)
    return {"changed": each.size, "tasks": listed}


def _leads(answers: Answers, label: Codes) -> Bools:
    """Whether nobody has more votes than this label: a tie is no difference."""
    counts = answers.counts
    own = counts[np.arange(len(label)), np.maximum(label, 0)]
    leads: Bools = own >= counts.max(axis=1)
    return leads
