"""Why people disagree: hard items, an unclear guideline, or single people. Counted by the full run."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from projects.models import Project
from quality.services.figures import DIFFICULTY, keep_figures
from quality.services.inference import FieldFit, UnitFit
from stats.arrays import Bools, Floats
from stats.audit.difficulty import Difficulty, MixUp, mix_ups, task_difficulty
from stats.intervals.multiple import benjamini_hochberg

UNSURE = 0.9  # a task whose class is less probable than this is not settled
FALSE_SHARE = 0.1  # of the items called hard at most this share is so by chance
LEAST_ANSWERS = 3
MOST_TASKS = 200
MOST_MIX_UPS = 20


def refresh_difficulty(project: Project, fits: Sequence[FieldFit]) -> None:
    """Store what is said of every field with one answer out of a list. Twice gives the same."""
    found = {}
    for fit in fits:
        unit = fit.units.get("")
        if unit is not None and not fit.asked.field.flag("multiple"):
            found[fit.asked.name] = difficulty_of(unit)
    keep_figures(project, DIFFICULTY, found)


def difficulty_of(unit: UnitFit) -> dict[str, Any]:
    """The figure of one field: tasks by what to do with them, classes and people that are mixed up."""
    consensus = unit.consensus
    found = task_difficulty(unit.answers, consensus.confusion, consensus.label)
    several = found.answers > 1
    if unit.answers.gold is not None:
        several &= unit.answers.gold < 0  # its class is known; what people make of it is the health of gold
    hard = _hard(found, several)
    unsure = several & ~hard & (consensus.confidence < UNSURE)
    guideline, people = mix_ups(unit.by_others.counts)
    return {
        "tasks": int(several.sum()),
        "disagreeing": int((several & (found.agreeing < found.answers)).sum()),
        "hard": _listed(unit, found, hard, found.chance),
        "unsure": _listed(unit, found, unsure, consensus.confidence),
        "guideline": [_mix_up(unit, one) for one in guideline[:MOST_MIX_UPS]],
        "people": [_mix_up(unit, one) for one in people[:MOST_MIX_UPS]],
    }


def _hard(found: Difficulty, several: Bools) -> Bools:
    """Items on which these people disagree more than by chance, taking into account how many were tested."""
    tested = np.flatnonzero(several & (found.answers >= LEAST_ANSWERS))
    hard = np.zeros(several.size, dtype=np.bool_)
    hard[tested] = benjamini_hochberg(found.chance[tested]) <= FALSE_SHARE
    return hard


def _listed(unit: UnitFit, found: Difficulty, chosen: Bools, worst: Floats) -> dict[str, Any]:
    """How many, and the worst: task, answers, how many agree and were expected to, chance, surety."""
    rows = np.flatnonzero(chosen)
    rows = rows[np.argsort(worst[rows], kind="stable")][:MOST_TASKS]
    surety = unit.consensus.confidence
    return {
        "count": int(chosen.sum()),
        "tasks": [
            [
                int(unit.tasks[row]),
                int(found.answers[row]),
                int(found.agreeing[row]),
                round(float(found.expected[row]), 2),
                float(f"{found.chance[row]:.3g}"),
                round(float(surety[row]), 4),
            ]
            for row in rows.tolist()
        ],
    }


def _mix_up(unit: UnitFit, one: MixUp) -> dict[str, Any]:
    return {
        "truth": unit.codes[one.truth],
        "said": unit.codes[one.said],
        "count": round(one.count, 2),
        "trials": round(one.trials, 2),
        "rate": round(one.rate, 4),
        "low": round(one.low, 4),
        "high": round(one.high, 4),
        "people": one.people,
        "others": round(one.others, 4),
        "user": int(unit.users[one.worker]) if one.worker >= 0 else None,
    }
