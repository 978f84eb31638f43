"""What another method would change: counted with every full run."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from projects.models import ConsensusMethod, Project
from quality.services.figures import METHODS, keep_figures, stored_figures
from quality.services.inference import METHOD_VERSION, FieldFit, UnitFit
from quality.services.methods import infer
from stats.arrays import Bools, Codes
from stats.consensus.answers import Answers

MOST_TASKS = 200


def refresh_methods(project: Project, fits: Sequence[FieldFit]) -> None:
    """Store, per field with one answer out of a list, on which tasks another method would say else.

    Where nothing that it reads has changed since it was stored, it stands: every method is a whole inference.
    """
    before = stored_figures(project, METHODS)
    found = {}
    for fit in fits:
        unit = fit.units.get("")
        if unit is not None and not fit.asked.field.flag("multiple"):
            name, key = fit.asked.name, _key(project.consensus_method, unit)
            known = before.get(name)
            is_known = known is not None and known.get("key") == key
            found[name] = known if is_known else _differences(project.consensus_method, unit) | {"key": key}
    keep_figures(project, METHODS, found)


def _key(chosen: str, unit: UnitFit) -> str:
    """Of all that the comparison reads: who answered what, gold, classes, what the default made of it."""
    answers, now = unit.answers, unit.consensus
    digest = blake2b(repr((METHOD_VERSION, chosen, unit.codes, answers.n_workers)).encode(), digest_size=16)
    columns = unit.tasks, answers.task, answers.worker, answers.label, answers.gold, now.label, now.confidence
    for column in (*columns, unit.trusted.label, unit.trusted.marginals):
        digest.update(b"|" if column is None else np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()


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
