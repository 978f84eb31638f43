"""Simulated boxes and spans whose truth is known: who overlooks and who invents how much, by seed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from labeltypes.base import Case, Json
from stats.arrays import Floats

BOXES: dict[str, Any] = {
    "media": [{"name": "image", "kind": "image", "source": "image"}],
    "fields": [{"name": "cells", "type": "box", "on": "image", "classes": ["a", "b"]}],
}
SPANS: dict[str, Any] = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "names", "type": "span", "on": "text", "classes": ["a", "b"]}],
}


@dataclass(frozen=True, eq=False)
class BoxWorld:
    """``cases``: answers, and ``truth``: corners, per task. Per person: objects ``seen``, and ``drawn``."""

    cases: list[Case]
    truth: list[Floats]
    seen: Floats
    drawn: Floats


def boxes(
    seed: int, *, tasks: int = 150, people: int = 8, per_task: int = 3, objects: int = 6, false: float = 0.08
) -> BoxWorld:
    """People of unequal sight and hand; objects of unequal visibility, all well apart."""
    dice = np.random.default_rng(seed)
    sight, hand = dice.normal(0.8, 0.9, people), np.exp(dice.normal(0, 0.5, people))
    invents = dice.gamma(0.5, 2 * false, people)
    cases, truth = [], []
    seen, drawn = np.zeros(people), np.zeros(people)
    for _ in range(tasks):
        real = int(dice.poisson(objects))
        cells = dice.permutation(400)[: real + 100]
        corner = np.column_stack([cells % 20, cells // 20]) * 100.0 + dice.uniform(0, 40, (cells.size, 2))
        every = np.hstack([corner, dice.uniform(20, 50, (cells.size, 2))])
        name, visible = dice.integers(0, 2, cells.size), dice.normal(0, 1, real)
        truth.append(np.hstack([every[:real, :2], every[:real, :2] + every[:real, 2:]]))
        chosen = sorted(dice.choice(people, per_task, replace=False).tolist())
        values: list[Json] = []
        for person in chosen:
            found = np.flatnonzero(dice.random(real) < 1 / (1 + np.exp(-sight[person] - visible)))
            made_up = real + dice.choice(100, min(int(dice.poisson(invents[person] * objects)), 100), False)
            seen[person] += real
            drawn[person] += found.size
            places = every[np.concatenate([found, made_up])]
            places = places + dice.normal(0, hand[person], places.shape)
            names = (name[np.concatenate([found, made_up])] + (dice.random(len(places)) < 0.1)) % 2
            values.append(
                [
                    {"id": f"r{at}", "class": "ab"[int(names[at])], "box": [float(each) for each in place]}
                    for at, place in enumerate(places)
                ]
            )
        cases.append(Case(chosen, values))
    return BoxWorld(cases, truth, seen, drawn)


@dataclass(frozen=True, eq=False)
class SpanWorld:
    """``cases``: answers per text; ``truth``: what is there, as (start, end, class)."""

    cases: list[Case]
    truth: list[set[tuple[int, int, str]]]


def spans(seed: int, *, tasks: int = 120, people: int = 10, per_task: int = 4) -> SpanWorld:
    """Ten places per text where a name may be; ends and classes are sometimes wrong."""
    dice = np.random.default_rng(seed)
    sight, invents = dice.normal(0.3, 0.8, people), dice.gamma(0.5, 0.2, people)
    cases, truth = [], []
    for _ in range(tasks):
        start = np.arange(10) * 12
        end, name = start + dice.integers(2, 8, 10), dice.integers(0, 2, 10)
        real, hard = dice.random(10) < 0.6, dice.normal(0, 1, 10)
        truth.append({(int(start[at]), int(end[at]), "ab"[name[at]]) for at in np.flatnonzero(real)})
        chosen = sorted(dice.choice(people, per_task, replace=False).tolist())
        values: list[Json] = []
        for person in chosen:
            sees = dice.random(10) < 1 / (1 + np.exp(hard - sight[person]))
            marks = np.flatnonzero(np.where(real, sees, dice.random(10) < invents[person]))
            off, other = dice.random(10) < 0.12, dice.random(10) < 0.1
            values.append(
                [
                    {
                        "id": f"s{at}",
                        "class": "ab"[int(name[at] ^ other[at])],
                        "start": int(start[at]),
                        "end": int(end[at] + off[at]),
                    }
                    for at in marks
                ]
            )
        cases.append(Case(chosen, values))
    return SpanWorld(cases, truth)
