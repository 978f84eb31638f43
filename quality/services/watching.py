"""What a full run finds out about each person beside accuracy: bias, drift, speed, agreement with the others.

Stored as ``PersonFigure``. On a field: ``agreement`` with the class that the others find most probable,
``bias`` per class, ``recent`` accuracy, ``history``; ``own`` is the part that the person may see: without
gold tasks, an hour old, in steps of twenty. On a multiple choice: ``options``. On the project:
``speed``. Every share has its interval.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from projects.models import Project
from quality.models import PersonFigure
from quality.services.feedback import LEAST_AGE, LEAST_GRADED
from quality.services.given import Given
from quality.services.inference import FieldFit, UnitFit
from stats.arrays import Bools, Codes, Floats
from stats.intervals.multiple import benjamini_hochberg
from stats.trust.bias import Bias, class_bias
from stats.trust.drift import Recent, recent_accuracy
from stats.trust.observed import Observed, observe
from stats.trust.speed import Medians, beside_others, medians
from stats.trust.with_others import WithOthers, agreement_with_others

MOST_CLASSES = 50  # of a person's biases, the largest
MOST_BLOCKS = 24  # points of a history
FALSE_SHARE = 0.05  # of the biases that are called so at most this share is so by chance

Found = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Watched:
    """One field as seen by the others: ``row`` is where each vote stands among the answers, ``right`` whether
    it says what the others find most probable, ``judged`` those of which they say anything, in order of
    person and time."""

    fit: FieldFit
    unit: UnitFit
    seen: Observed
    row: Codes
    given: Given

    @property
    def name(self) -> str:
        return self.fit.asked.name

    @cached_property
    def right(self) -> Bools:
        same: Bools = self.unit.answers.label == self.seen.others
        return same

    @cached_property
    def judged(self) -> Codes:
        kept = np.flatnonzero((self.seen.others >= 0) & (self.row >= 0))
        order = np.lexsort((self.given.id[self.row[kept]], self.unit.answers.worker[kept]))
        return kept[order].astype(np.int32)

    @cached_property
    def ends(self) -> Codes:
        """Where the answers of each person begin and end in ``judged`` (people + 1)."""
        who = self.unit.answers.worker[self.judged]
        return np.searchsorted(who, np.arange(self.unit.users.size + 1)).astype(np.int32)

    def of(self, person: int) -> Codes:
        """The judged votes of one person in the order in which they were given."""
        return self.judged[self.ends[person] : self.ends[person + 1]]


def watch_fields(fits: Sequence[FieldFit], given: Given) -> list[Watched]:
    """The fields with one answer out of a list or scale: of these each class can be told."""
    found = []
    for fit in fits:
        unit = fit.units.get("")
        if unit is None or len(fit.units) > 1 or fit.asked.field.flag("multiple"):
            continue
        answers = unit.answers
        row = given.rows(unit.tasks[answers.task], unit.users[answers.worker])
        when = np.where(row >= 0, given.id[row] if given.id.size else 0, 0)
        seen = observe(answers, unit.consensus, when)
        found.append(Watched(fit, unit, seen, row.astype(np.int32), given))
    return found


def speeds(given: Given) -> tuple[Medians, Medians, Floats]:
    """Per person: log of their time beside the others', own log seconds. Per answer: beside the others'."""
    beside = beside_others(given.item, given.seconds)
    people = given.users.size
    with np.errstate(divide="ignore"):
        own = np.log(given.seconds)
    return medians(given.person, beside, n_people=people), medians(given.person, own, n_people=people), beside


def store_figures(
    project: Project,
    watched: Sequence[Watched],
    given: Given,
    speed: tuple[Medians, Medians, Floats],
    leans: Mapping[tuple[int, str], Mapping[str, Any]],
) -> None:
    """Replace the figures of everybody, in one transaction; the same answers give the same figures.

    ``leans``: what ``quality.services.leaning`` says of multiple choices.
    """
    now = timezone.now()
    found: dict[tuple[int, str], Found] = {
        (int(user), ""): {"speed": each}
        for user, each in zip(given.users.tolist(), _speed_rows(*speed[:2]), strict=True)
    }
    for field in watched:
        for user, data in figures_of(field).items():
            found[user, field.name] = data
    found |= {key: dict(data) for key, data in leans.items()}
    rows = [
        PersonFigure(project=project, user_id=user, field=name, data=data, computed_at=now)
        for (user, name), data in sorted(found.items())
    ]
    with transaction.atomic():
        PersonFigure.objects.filter(project=project).delete()
        PersonFigure.objects.bulk_create(rows, batch_size=1_000)


def _speed_rows(beside: Medians, own: Medians) -> list[Found]:
    return [
        {
            "answers": int(own.count[place]),
            "seconds": _exp(own, place),
            "compared": int(beside.count[place]),
            "ratio": _exp(beside, place),
        }
        for place in range(own.count.size)
    ]


def _exp(found: Medians, place: int) -> Found | None:
    """The median on the scale of seconds, or of times as long."""
    if not found.count[place]:
        return None
    value, low, high = (float(np.exp(each[place])) for each in (found.median, found.low, found.high))
    return {"value": round(value, 3), "low": round(low, 3), "high": round(high, 3)}


def figures_of(field: Watched) -> Mapping[int, Found]:
    """User id → the figures on one field, for everybody whom the others can judge."""
    answers, people = field.unit.answers, field.unit.users
    bias = class_bias(field.seen.counts)
    judged = np.isfinite(bias.difference)
    q = np.ones(bias.p.shape)
    q[judged] = benjamini_hochberg(bias.p[judged])
    with_others = agreement_with_others(
        answers.worker, answers.label, field.seen.others, n_people=people.size, n_classes=answers.n_classes
    )
    rows = field.judged
    recent = recent_accuracy(answers.worker[rows], field.right[rows].astype(np.float64), n_people=people.size)
    newest = float(field.given.at.max()) if field.given.at.size else 0.0
    found: dict[int, Found] = {}
    for place, user in enumerate(people.tolist()):
        mine = field.of(place)
        if mine.size:
            found[user] = {
                "agreement": _agreement(with_others, place),
                "recent": _recent(recent, place),
                "bias": _biases(field, bias, q, place),
                "history": _history(field, mine, _block(mine.size)),
                "own": _own(field, mine, newest - LEAST_AGE.total_seconds()),
            }
    return found


def _agreement(found: WithOthers, place: int) -> Found:
    beyond = float(found.corrected[place])
    return {
        "items": int(found.items[place]),
        **_share(found.agreement[place], found.low[place], found.high[place]),
        "corrected": _share(beyond, found.corrected_low[place], found.corrected_high[place])
        if np.isfinite(beyond)
        else None,
    }


def _recent(found: Recent, place: int) -> Found:
    share = _share(found.accuracy[place], found.low[place], found.high[place])
    return {**share, "effective": round(float(found.effective[place]), 1)}


def _share(value: float, low: float, high: float) -> Found:
    return {"value": round(float(value), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def _biases(field: Watched, bias: Bias, q: Floats, place: int) -> list[Found]:
    """The classes given too often or too seldom, the largest differences first."""
    if not np.isfinite(bias.difference[place]).all():
        return []
    order = np.argsort(-np.abs(bias.difference[place]), kind="stable")[:MOST_CLASSES]
    return [
        {
            "label": field.unit.codes[code],
            "given": round(float(bias.given[place, code]), 4),
            "expected": round(float(bias.expected[place, code]), 4),
            **_share(bias.difference[place, code], bias.low[place, code], bias.high[place, code]),
            "q": float(f"{q[place, code]:.3g}"),
            "is_biased": bool(q[place, code] <= FALSE_SHARE),
        }
        for code in order.tolist()
    ]


def _block(size: int) -> int:
    """How many answers a point of a history stands on: twenty, or as many twenties as keep it short."""
    return LEAST_GRADED * max(1, -(-size // (LEAST_GRADED * MOST_BLOCKS)))


def _history(field: Watched, rows: Codes, block: int) -> list[list[float]]:
    """[when the last answer was given, right, of how many] per block; the last one may be shorter."""
    starts = np.arange(0, rows.size, block)
    right = np.add.reduceat(field.right[rows], starts, dtype=np.int64) if rows.size else starts
    last = np.minimum(starts + block, rows.size) - 1
    at = field.given.at[field.row[rows[last]]]
    size = last - starts + 1
    return [[round(t), int(r), int(n)] for t, r, n in zip(at, right, size, strict=True)]


def _own(field: Watched, rows: Codes, until: float) -> Found:
    """What the person may see: no gold, nothing of the last hour, whole steps of twenty."""
    answers = field.unit.answers
    shown = field.given.at[field.row[rows]] <= until
    if answers.gold is not None:
        shown &= answers.gold[answers.task[rows]] < 0
    kept = rows[shown]
    kept = kept[: kept.size // LEAST_GRADED * LEAST_GRADED]
    truth, right = field.seen.others[kept], field.right[kept]
    size = answers.n_classes
    trials = np.bincount(truth, minlength=size)
    hits = np.bincount(truth, weights=right, minlength=size)
    classes = [
        [field.unit.codes[code], int(hits[code]), int(trials[code])]
        for code in np.flatnonzero(trials).tolist()
    ]
    return {
        "n": int(kept.size),
        "right": int(right.sum()),
        "history": _history(field, kept, _block(kept.size)),
        "classes": classes,
    }
