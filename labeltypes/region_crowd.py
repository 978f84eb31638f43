"""Regions of a whole project: what everybody overlooks and invents, and tasks merged by it.

The mathematics is in `stats.regions.detection` and `stats.spans.clusters`; here regions become its columns,
and what it learns becomes JSON by person.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from labeltypes.base import Case, Crowd, Field, Json, JsonObject, Merged
from labeltypes.learning import Sample
from labeltypes.region_merge import Drawn, Regional, merged_attributes, same_regions
from labeltypes.region_values import as_regions
from stats.arrays import Bools, Codes, Floats
from stats.regions.detection import RegionModel
from stats.regions.existence import SightRates
from stats.regions.localization import Localization

# Below so many tasks that several people looked at, rates are guesses: `merge` decides by weight.
LEAST_TASKS = 20
# What is learned from: of more drawings and looks a part of the tasks, drawn by a hash of their number.
MOST_LEARNED = 100_000
# Drawings by classes that are merged at once.
MOST_CELLS = 5_000_000

Model = TypeVar("Model")
ByPerson = Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class Columns:
    """Regions of some tasks as parallel columns, who looked where, and how many there are of each.

    ``place``: the corners of each, low ones first; ``regions``: class and geometry.
    """

    task: Codes
    person: Codes
    place: Floats
    label: Codes
    view_task: Codes
    view_person: Codes
    regions: Sequence[JsonObject]
    n_tasks: int
    n_people: int
    n_classes: int


@dataclass(frozen=True, eq=False)
class Objects:
    """What may be there (n,), each object's `cluster`, and each drawing's object and cluster.

    `geometry` says where an object is, by its number. `unseen` (n_tasks,) is how many objects nobody drew.
    """

    task: Codes
    geometry: Callable[[int], JsonObject]
    label: Codes
    probability: Floats
    kept: Bools
    cluster: Codes
    of_drawing: Codes
    cluster_of_drawing: Codes
    unseen: Floats


class Inferring(Regional, Protocol[Model]):
    """What learning and merging need to know about a type."""

    def place(self, region: JsonObject) -> tuple[float, ...]:
        """Corners, low ones first."""

    def located(self, region: JsonObject) -> JsonObject:
        """The geometry alone."""

    def fitted(self, columns: Columns) -> Model:
        """The model of the people who drew these."""

    def packed(self, model: Model) -> tuple[dict[str, Floats], JsonObject]:
        """Arrays whose last axis is the person, and the rest."""

    def unpacked(self, people: ByPerson, rest: JsonObject, class_share: Floats) -> Model:
        """The model again."""

    def figures(self, model: Model) -> Mapping[str, tuple[Floats, Floats, Floats]]:
        """What may be told of a person, with the ends of its 95 % interval; NaN where nothing is known."""

    def objects(self, model: Model, columns: Columns) -> Objects:
        """What is there under a model."""


class RegionLearner:
    """See `labeltypes.base.Learner`: the same answers in any order give the same crowd."""

    def __init__(self, kind: Inferring[Model], field: Field) -> None:
        self._kind, self._field = kind, field
        self._sample = Sample(most=MOST_LEARNED, least=LEAST_TASKS, cost=_cost)

    def add(self, task: int, case: Case) -> None:
        """See `labeltypes.base.Learner`; of very many tasks a part is kept."""
        if self._sample.wants(task):
            regions = [[_slim(self._kind, region) for region in as_regions(value)] for value in case.values]
            self._sample.add(task, Case(case.people, [list[Json](each) for each in regions]))

    def crowd(self) -> Crowd | None:
        """Rates of everybody who looked; None with fewer than 20 tasks that two people looked at."""
        cases = self._sample.cases
        if sum(len(set(case.people)) > 1 for case in cases) < LEAST_TASKS:
            return None
        people = sorted({person for case in cases for person in case.people})
        columns = columns_of(self._kind, cases, people, self._field)
        return _crowd(self._kind, columns, people, self._field) if columns.task.size else None


def _cost(case: Case) -> int:
    return len(case.people) + sum(len(as_regions(value)) for value in case.values)


def _slim(kind: Inferring[Model], region: JsonObject) -> JsonObject:
    return {"class": region["class"], **kind.located(region)}


def columns_of(kind: Inferring[Model], cases: Sequence[Case], people: Sequence[int], field: Field) -> Columns:
    """Tasks are numbered as in `cases`, people as in `people`, classes as in the field."""
    number = {person: place for place, person in enumerate(people)}
    code = {name: place for place, name in enumerate(field.names("classes"))}
    views = [(task, number[person]) for task, case in enumerate(cases) for person in case.people]
    drawn = [
        (task, number[person], code[str(region["class"])], region)
        for task, case in enumerate(cases)
        for person, value in zip(case.people, case.values, strict=True)
        for region in as_regions(value)
    ]
    whole = np.array([row[:3] for row in drawn], dtype=np.int32).reshape(-1, 3)
    seen = np.array(views, dtype=np.int32).reshape(-1, 2)
    regions = [row[3] for row in drawn]
    place = np.array([kind.place(region) for region in regions], dtype=np.float64)
    return Columns(
        whole[:, 0], whole[:, 1], place, whole[:, 2], seen[:, 0], seen[:, 1], regions,
        len(cases), len(people), max(len(code), 1),
    )  # fmt: skip


def _crowd(kind: Inferring[Model], columns: Columns, people: Sequence[int], field: Field) -> Crowd:
    model = kind.fitted(columns)
    by_person, rest = kind.packed(model)
    drawn = np.bincount(columns.person, minlength=len(people)) + 1e-9
    newcomer: JsonObject = {
        name: np.average(array, axis=-1, weights=drawn).tolist() for name, array in by_person.items()
    }
    share = np.bincount(columns.label, minlength=columns.n_classes) + 1.0
    names = field.names("classes")
    common: JsonObject = {
        **rest,
        "newcomer": newcomer,
        "classes": {name: float(part) for name, part in zip(names, share / share.sum(), strict=False)},
    }
    told = kind.figures(model)
    return Crowd(
        common,
        {
            person: {
                **{name: array[..., place].tolist() for name, array in by_person.items()},
                "figures": {
                    name: [round(float(each[place]), 6) for each in ends]
                    for name, ends in told.items()
                    if not np.isnan(ends[0][place])
                },
            }
            for place, person in enumerate(people)
        },
    )


def merge_known(kind: Inferring[Model], cases: Sequence[Case], crowd: Crowd, field: Field) -> list[Merged]:
    """Objects that belong to the set of greatest expected F1, by everybody's rates; see `RegionType`."""
    merged: list[Merged] = []
    size = max(len(field.items("classes")), 1)
    start, cells = 0, 0
    for stop, case in enumerate(cases, start=1):
        cells += size * _cost(case)
        if cells > MOST_CELLS or stop == len(cases):
            merged += _merge_some(kind, cases[start:stop], crowd, field)
            start, cells = stop, 0
    return merged


def _merge_some(kind: Inferring[Model], cases: Sequence[Case], crowd: Crowd, field: Field) -> list[Merged]:
    people = sorted({person for case in cases for person in case.people})
    columns = columns_of(kind, cases, people, field)
    found = kind.objects(_model(kind, crowd, people, field), columns)
    starts = np.searchsorted(columns.task, np.arange(len(cases) + 1))
    by_task = [np.flatnonzero(found.task == task).tolist() for task in range(len(cases))]
    by_drawing = _members(found)
    merged = []
    for task, case in enumerate(cases):
        values = [as_regions(value) for value in case.values]
        own = range(int(starts[task]), int(starts[task + 1]))
        sure = _expected_f1(found, by_task[task], float(found.unseen[task]))
        if not values:
            merged.append(Merged(None, 0.0))
        elif same_regions(values):
            first = found.probability[found.of_drawing[own[: len(values[0])]]].tolist()
            ids = [str(region["id"]) for region in values[0]]
            merged.append(Merged(list[Json](values[0]), sure, dict(zip(ids, _rounded(first), strict=True))))
        else:
            drawn = [Drawn(place, 1.0, region) for place, value in enumerate(values) for region in value]
            of_task = _Task(found, by_drawing, own.start, drawn)
            merged.append(_assembled(kind, of_task, by_task[task], sure, field))
    return merged


def _model(kind: Inferring[Model], crowd: Crowd, people: Sequence[int], field: Field) -> Model:
    newcomer, classes = crowd.common["newcomer"], crowd.common["classes"]
    if not isinstance(newcomer, dict) or not isinstance(classes, dict):
        raise TypeError("not what a region type learned")
    rows = [{**newcomer, **crowd.people.get(person, {})} for person in people]
    arrays = {
        name: np.moveaxis(np.array([row[name] for row in rows], dtype=np.float64), 0, -1) for name in newcomer
    }
    shares = [classes.get(name) for name in field.names("classes")]
    known = np.array([share if isinstance(share, float) else 1e-6 for share in shares])
    return kind.unpacked(arrays, crowd.common, known / known.sum())


def _members(found: Objects) -> dict[int, list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for drawing, cluster in enumerate(found.cluster_of_drawing.tolist()):
        members[cluster].append(drawing)
    return members


def _expected_f1(found: Objects, rows: Sequence[int], unseen: float) -> float:
    """Of what is kept in a task; where nothing is, the probability that nothing is there."""
    probability = found.probability[rows]
    kept = found.kept[rows]
    if not kept.any():
        return float(np.prod(1 - probability) * math.exp(-unseen))
    return float(min(1.0, 2 * probability[kept].sum() / (kept.sum() + probability.sum() + unseen)))


def _rounded(shares: Sequence[float]) -> list[float]:
    return [round(share, 9) for share in shares]


@dataclass(frozen=True)
class _Task:
    """The drawings of one task; `first` is the number of the first among all."""

    found: Objects
    members: Mapping[int, Sequence[int]]
    first: int
    drawn: Sequence[Drawn]

    def of(self, row: int) -> list[Drawn]:
        """Who drew an object, in the order in which they answered."""
        return [self.drawn[each - self.first] for each in self.members[int(self.found.cluster[row])]]


def _assembled(kind: Inferring[Model], task: _Task, rows: Sequence[int], sure: float, field: Field) -> Merged:
    """The kept objects that the field's rules allow, the more probable ones first; in the order drawn."""
    found, names = task.found, field.names("classes")
    most = field.number("max_count")
    kept: list[tuple[int, int, JsonObject]] = []
    first = {row: task.members[int(found.cluster[row])][0] for row in rows}
    for row in sorted(rows, key=lambda row: (-round(float(found.probability[row]), 9), first[row], row)):
        name = names[int(found.label[row])]
        region: JsonObject = {"id": "", "class": name, **found.geometry(row)}
        if not found.kept[row] or (most is not None and len(kept) >= most):
            continue
        placed = kind.beside(region, [each for *_, each in kept], field)
        if placed is not None:
            members = [each for each in task.of(row) if each.region["class"] == name]
            attributes = merged_attributes(members, name, field)
            kept.append((first[row], row, placed | ({"attributes": attributes} if attributes else {})))
    kept.sort(key=lambda each: each[:2])
    result = [{**region, "id": f"m{number}"} for number, (*_, region) in enumerate(kept, start=1)]
    shares = _rounded(found.probability[[row for _, row, _ in kept]].tolist())
    ids = [str(region["id"]) for region in result]
    return Merged(list[Json](result), sure, dict(zip(ids, shares, strict=True)))


def packed_regions(model: RegionModel) -> tuple[dict[str, Floats], JsonObject]:
    """The arrays by person, and the rest as JSON."""
    sight = model.sight
    by_person = {
        "logit": sight.logit,
        "false": sight.false,
        "deviation": model.localization.deviation,
        "accuracy": model.accuracy,
    }
    rest: JsonObject = {
        "share": sight.share.tolist(),
        "shared": sight.shared.tolist(),
        "mean": sight.mean.tolist(),
        "threshold": model.threshold,
    }
    return by_person, rest


def unpacked_regions(people: ByPerson, rest: JsonObject, class_share: Floats) -> RegionModel:
    """The model from what `packed_regions` made, for some people."""
    unknown = np.zeros_like(people["logit"])
    sight = SightRates(
        share=_floats(rest["share"]),
        logit=people["logit"],
        error=unknown,
        false=people["false"],
        objects=unknown[0],
        shared=_floats(rest["shared"]),
        center=np.zeros(len(unknown)),
        mean=_floats(rest["mean"]),
    )
    localization = Localization(
        deviation=people["deviation"],
        low=unknown[0],
        high=unknown[0],
        compared=np.zeros(len(people["deviation"]), dtype=np.int32),
        edges=np.ones(1),
    )
    threshold = rest["threshold"]
    return RegionModel(sight, localization, people["accuracy"], class_share, float(str(threshold)))


def _floats(raw: Json) -> Floats:
    return np.array(raw, dtype=np.float64)


def noise_figure(model: RegionModel) -> tuple[Floats, Floats, Floats]:
    """How far off a person's edges are, of people whose regions stand beside others'; else NaN."""
    noise = model.localization
    known = noise.compared > 0
    value, low, high = (np.where(known, each, np.nan) for each in (noise.deviation, noise.low, noise.high))
    return value, low, high


def region_figures(model: RegionModel) -> Mapping[str, tuple[Floats, Floats, Floats]]:
    """Share of the objects that a person draws, and false drawings per object, with 95 % intervals."""
    sight = model.sight
    return {
        "found": (sight.detection, *sight.detection_interval()),
        "false": (sight.false_rate, *sight.false_interval()),
    }
