"""What another method would change: counted with every full run."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils import timezone

from projects.models import ConsensusMethod, Project
from quality.models import Figure
from quality.services.inference import FieldFit, UnitFit
from quality.services.methods import infer
from stats.arrays import Bools, Codes
from stats.consensus.answers import Answers

METHODS = "methods"
MOST_TASKS = 200


def refresh_methods(project: Project, fits: Sequence[FieldFit]) -> None:
    """Store, per field with one answer out of a list, on which tasks another method would say else."""
    now = timezone.now()
    for fit in fits:
        unit = fit.units.get("")
        if unit is not None and not fit.asked.field.flag("multiple"):
            Figure.objects.update_or_create(
                project=project,
                name=f"{METHODS}:{fit.asked.name}",
                defaults={"data": _differences(project.consensus_method, unit), "computed_at": now},
            )


def _differences(chosen: str, unit: UnitFit) -> dict[str, Any]:
    """Per other method: how many tasks change, and the first of them: task, from, to; the unsurest first."""
    now = unit.consensus
    open_ = unit.answers.per_task > 0
    if unit.answers.gold is not None:
        open_ = open_ & (unit.answers.gold < 0)
    order = np.argsort(now.confidence, kind="stable")
    found = {}
    for method in ConsensusMethod.values:
        if method == chosen:
            continue
        other = infer(method, unit.answers, unit.trusted)
        changed = open_ & (other.label != now.label)
        if method == ConsensusMethod.MAJORITY:
            changed &= ~_leads(unit.answers, now.label)
        rows = order[changed[order]][:MOST_TASKS]
        found[method] = {
            "changed": int(changed.sum()),
            "tasks": [
                [int(unit.tasks[row]), unit.codes[now.label[row]], unit.codes[other.label[row]]]
                for row in rows.tolist()
            ],
        }
    return {"tasks": int(open_.sum()), "chosen": chosen, "others": found}


def _leads(answers: Answers, label: Codes) -> Bools:
    """Whether nobody has more votes than this label: a tie is no difference."""
    counts = answers.counts
    own = counts[np.arange(len(label)), np.maximum(label, 0)]
    leads: Bools = own >= counts.max(axis=1)
    return leads
