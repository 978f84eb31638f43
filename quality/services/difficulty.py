"""Why people disagree: hard items, an unclear guideline, or single people. Counted by the full run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from projects.models import Project
from quality.services.arrays import Longs
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
MOST_EXAMPLES = 50


def refresh_difficulty(project: Project, fits: Sequence[FieldFit]) -> None:
    """Store what is said of every field that votes say all of. Twice gives the same."""
    found = {
        fit.asked.name: difficulty_of(list(fit.units.values()), in_order=fit.asked.label_type.in_order)
        for fit in fits
        if fit.units
    }
    keep_figures(project, DIFFICULTY, found)


def difficulty_of(units: Sequence[UnitFit], *, in_order: bool = False) -> dict[str, Any]:
    """The figure of one field: tasks by what to do with them, classes and people that are mixed up.

    Of a field with several units a task is what it is in any of them, and hard before unsure. An order is
    unsure if its pairs are so on average: that is the probability that its consensus states, and of many
    pairs one is nearly always in doubt.
    """
    parts = [Part.of(unit) for unit in units]
    hard = _hard(parts)
    difficult = _tasks(parts, hard)
    sure = _on_average(parts) if in_order else [part.surety for part in parts]
    unsure = [
        part.several & (each < UNSURE) & ~np.isin(part.unit.tasks, difficult)
        for part, each in zip(parts, sure, strict=True)
    ]
    disagreeing = [part.several & (part.found.agreeing < part.found.answers) for part in parts]
    mixed = [mix_ups(unit.by_others.counts) for unit in units]
    return {
        "tasks": _tasks(parts, [part.several for part in parts]).size,
        "disagreeing": _tasks(parts, disagreeing).size,
        "hard": _listed(parts, hard, [part.found.chance for part in parts]),
        "unsure": _listed(parts, unsure, [part.surety for part in parts]),
        "guideline": _mixed(parts, [guideline for guideline, _ in mixed]),
        "people": _mixed(parts, [people for _, people in mixed]),
    }


@dataclass(frozen=True, eq=False)
class Part:
    """One unit; ``several``: its tasks (n,) with two answers or more, and no known one; ``surety`` (n,): how
    probable their classes are."""

    unit: UnitFit
    found: Difficulty
    several: Bools
    surety: Floats

    @classmethod
    def of(cls, unit: UnitFit) -> "Part":
        found = task_difficulty(unit.answers, unit.consensus.confusion, unit.consensus.label)
        several = found.answers > 1
        if unit.answers.gold is not None:
            several &= unit.answers.gold < 0  # its class is known; what people make of it is gold's health
        return cls(unit, found, several, unit.consensus.confidence)


def _on_average(parts: Sequence[Part]) -> list[Floats]:
    """Of each part's tasks, the mean of what is known of them in all parts."""
    tasks, place = np.unique(np.concatenate([part.unit.tasks for part in parts]), return_inverse=True)
    surety = np.concatenate([part.surety for part in parts])
    mean = np.bincount(place, weights=surety, minlength=tasks.size) / np.bincount(place)
    ends = np.cumsum([part.unit.tasks.size for part in parts])[:-1]
    return list(np.split(mean[place], ends))


def _hard(parts: Sequence[Part]) -> list[Bools]:
    """Items on which these people disagree more than by chance, taking into account how many were tested."""
    tested = [part.several & (part.found.answers >= LEAST_ANSWERS) for part in parts]
    chances = [part.found.chance[rows] for part, rows in zip(parts, tested, strict=True)]
    is_hard = benjamini_hochberg(np.concatenate(chances)) <= FALSE_SHARE
    hard = [np.zeros(rows.size, dtype=np.bool_) for rows in tested]
    for each, rows, few in zip(
        hard, tested, np.split(is_hard, np.cumsum([each.size for each in chances])[:-1]), strict=True
    ):
        each[rows] = few
    return hard


def _tasks(parts: Sequence[Part], chosen: Sequence[Bools]) -> Longs:
    """Ids of the tasks that are chosen in any unit, ascending."""
    return np.unique(
        np.concatenate([part.unit.tasks[rows] for part, rows in zip(parts, chosen, strict=True)])
    )


def _listed(parts: Sequence[Part], chosen: Sequence[Bools], worst: Sequence[Floats]) -> dict[str, Any]:
    """How many, and the worst: task, answers, how many agree and were expected to, chance, surety; of several
    units each task by its worst, with unit and code."""
    rows = [np.flatnonzero(each) for each in chosen]
    place = np.repeat(np.arange(len(parts)), [each.size for each in rows])
    row = np.concatenate(rows)
    order = np.argsort(
        np.concatenate([each[few] for each, few in zip(worst, rows, strict=True)]), kind="stable"
    )
    tasks = np.concatenate([part.unit.tasks[few] for part, few in zip(parts, rows, strict=True)])
    each, first = np.unique(tasks[order], return_index=True)
    shown = order[np.sort(first)[:MOST_TASKS]]
    return {"count": each.size, "tasks": [_task(parts[place[at]], int(row[at])) for at in shown.tolist()]}


def _task(part: Part, row: int) -> list[Any]:
    unit, found = part.unit, part.found
    told: list[Any] = [
        int(unit.tasks[row]),
        int(found.answers[row]),
        int(found.agreeing[row]),
        round(float(found.expected[row]), 2),
        float(f"{found.chance[row]:.3g}"),
        round(float(part.surety[row]), 4),
    ]
    return [*told, unit.unit, unit.codes[unit.consensus.label[row]]] if unit.unit else told


def _mixed(parts: Sequence[Part], found: Sequence[Sequence[MixUp]]) -> list[dict[str, Any]]:
    """The first of them, those first that concern most answers."""
    every = [(part, one) for part, each in zip(parts, found, strict=True) for one in each]
    return [_mix_up(*one) for one in sorted(every, key=lambda pair: -pair[1].count)[:MOST_MIX_UPS]]


def _mix_up(part: Part, one: MixUp) -> dict[str, Any]:
    unit = part.unit
    told = {
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
    return told | {"unit": unit.unit, "tasks": _examples(unit, one)} if unit.unit else told


def _examples(unit: UnitFit, one: MixUp) -> list[int]:
    """The first tasks on which anybody said so."""
    answers = unit.answers
    rows = (answers.label == one.said) & (unit.consensus.label[answers.task] == one.truth)
    return list(unit.tasks[np.unique(answers.task[rows])[:MOST_EXAMPLES]].tolist())
