"""Numbers of a whole project: who is exact, who always says more, and tasks merged by it.

The mathematics is in `stats.numbers.consensus`; here answers become its columns, and what it learns becomes
JSON by person.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from labeltypes.base import Case, Crowd, Json, JsonObject
from labeltypes.learning import Sample
from stats.arrays import Codes, Floats
from stats.numbers.consensus import Estimates, NumberModel, fit_numbers, numbers_under
from stats.numbers.people import People

# Below so many tasks that several people answered nothing is claimed of anybody.
LEAST_TASKS = 20
# What is learned from: of more answers a part of the tasks, drawn by a hash of their number.
MOST_LEARNED = 100_000
PARTS = ("shift", "scale", "noise")


class NumberLearner:
    """See `labeltypes.base.Learner`: the same answers in any order give the same crowd."""

    def __init__(self, read: Callable[[Json], float]) -> None:
        self._read = read
        self._sample = Sample(most=MOST_LEARNED, least=LEAST_TASKS, cost=lambda case: len(case.people))

    def add(self, task: int, case: Case) -> None:
        """See `labeltypes.base.Learner`; of very many tasks a part is kept."""
        if self._sample.wants(task):
            self._sample.add(task, case)

    def crowd(self) -> Crowd | None:
        """None with fewer than 20 tasks that two people answered, and where people are alike."""
        cases = self._sample.cases
        if sum(len(set(case.people)) > 1 for case in cases) < LEAST_TASKS:
            return None
        people = sorted({person for case in cases for person in case.people})
        task, worker, value = _columns(cases, people, self._read)
        model = fit_numbers(task, worker, value, n_tasks=len(cases), n_workers=len(people), slips=True)
        if model.method == "mean":
            return None
        return _packed(model, people, np.bincount(worker, minlength=len(people)).astype(np.float64))


def _columns(
    cases: Sequence[Case], people: Sequence[int], read: Callable[[Json], float]
) -> tuple[Codes, Codes, Floats]:
    """Tasks are numbered as in `cases`, people as in `people`."""
    number = {person: place for place, person in enumerate(people)}
    rows = [
        (task, number[person], read(value))
        for task, case in enumerate(cases)
        for person, value in zip(case.people, case.values, strict=True)
    ]
    task, worker, value = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(task, np.int32), np.array(worker, np.int32), np.array(value, np.float64)


def _packed(model: NumberModel, people: Sequence[int], answers: Floats) -> Crowd:
    """Of a newcomer nothing is known: the crowd's noise, and beside it how far shifts spread."""
    by_person = model.people
    share = answers / answers.sum()
    shift, scale = float(share @ by_person.shift), float(share @ by_person.scale)
    spread = float(share @ (model.bias - share @ model.bias) ** 2)
    noise = math.exp(float(share @ np.log(by_person.noise))) + spread
    low, high = model.bias_interval()
    common: JsonObject = {
        "method": model.method,
        "slips": by_person.slips,
        "center": by_person.center,
        "between": by_person.between if math.isfinite(by_person.between) else None,
        "newcomer": {"shift": shift, "scale": scale, "noise": noise},
    }
    return Crowd(
        common,
        {
            person: {
                "shift": float(by_person.shift[place]),
                "scale": float(by_person.scale[place]),
                "noise": float(by_person.noise[place]),
                "figures": _figures(model.bias[place], low[place], high[place]),
            }
            for place, person in enumerate(people)
        },
    )


def _figures(*bias: float) -> JsonObject:
    if not all(map(math.isfinite, bias)):
        return {}
    return {"bias": [float(f"{each:.6g}") for each in bias]}


def estimated(cases: Sequence[Case], crowd: Crowd, read: Callable[[Json], float]) -> Estimates:
    """What these answers come to under what was learned."""
    people = sorted({person for case in cases for person in case.people})
    task, worker, value = _columns(cases, people, read)
    return numbers_under(_unpacked(crowd, people), task, worker, value, n_tasks=len(cases))


def _unpacked(crowd: Crowd, people: Sequence[int]) -> People:
    newcomer, between = crowd.common["newcomer"], crowd.common["between"]
    if not isinstance(newcomer, dict):
        raise TypeError("not what a number learned")
    rows: list[Mapping[str, Json]] = [crowd.people.get(person) or newcomer for person in people]
    shift, scale, noise = (np.array([row[name] for row in rows], dtype=np.float64) for name in PARTS)
    return People(
        shift,
        scale,
        noise,
        center=float(str(crowd.common["center"])),
        between=math.inf if between is None else float(str(between)),
        slips=crowd.common["slips"] is True,
    )
