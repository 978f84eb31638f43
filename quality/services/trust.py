"""Trust: what we know of each person's accuracy, with credible intervals.

Two bases, kept apart: ``gold`` (answers that were graded) and ``consensus`` (what the others say, the
person left out). Where answers are compared by distance, "right" is the mean nearness to the others' answers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from django.db import transaction
from django.utils import timezone

from projects.models import Project
from quality.models import GoldGrade, Trust
from quality.services.arrays import Longs
from quality.services.inference import FieldFit, UnitFit
from quality.services.orders import hang_together, skill_over_orders
from stats.intervals.beta import credible_bounds
from stats.trust.by_others import Accuracy, combined
from stats.trust.effective import ByOthers

GOLD = "gold"
CONSENSUS = "consensus"
LABEL_LENGTH = 200
LEAST_JUDGED = 10
LEAST_EVIDENCE = 0.5  # answers on a class, below which nothing is said of it

UPDATED = ["n", "correct", "accuracy", "low", "high", "confusion", "learned", "computed_at"]
Key = tuple[int, str, str]


@dataclass
class Tally:
    """Right answers of how many; both may be fractional."""

    n: float = 0.0
    correct: float = 0.0
    confusion: dict[str, Any] = field(default_factory=dict)

    def add(self, correct: float, n: float = 1.0) -> None:
        self.n += n
        self.correct += min(correct, n)


def refresh_gold_trust(project_id: int, user_ids: Iterable[int]) -> None:
    """Recompute these people's trust from all their graded answers."""
    ids = sorted(user_ids)
    if not ids:
        return
    tallies: dict[Key, Tally] = defaultdict(Tally)
    grades = GoldGrade.objects.filter(
        project_id=project_id,
        user__in=ids,
        annotation__discarded_at__isnull=True,
        gold__voided_at__isnull=True,
    )
    for user_id, correct, fields in grades.values_list("user_id", "correct", "fields"):
        tallies[user_id, "", ""].add(float(correct))
        for name, grade in fields.items():
            tallies[user_id, name, ""].add(float(grade["passed"]))
            if len(grade["labels"]) == 1:
                tallies[user_id, name, str(grade["labels"][0])].add(float(grade["passed"]))
    store(project_id, GOLD, [_row(project_id, GOLD, key, tally) for key, tally in tallies.items()], users=ids)


def _row(project_id: int, basis: str, key: Key, tally: Tally) -> Trust:
    user_id, name, label = key
    ((n, correct, accuracy, low, high),) = _stated([tally])
    return Trust(
        project_id=project_id,
        user_id=user_id,
        field=name,
        label=label[:LABEL_LENGTH],
        basis=basis,
        n=n,
        correct=correct,
        accuracy=accuracy,
        low=low,
        high=high,
        confusion=tally.confusion,
        computed_at=timezone.now(),
    )


@transaction.atomic
def store(project_id: int, basis: str, rows: Sequence[Trust], *, users: Sequence[int] | None = None) -> None:
    """Replace the trust of these people (or of everybody) on this basis."""
    keys = {(row.user_id, row.field, row.label) for row in rows}
    old = Trust.objects.filter(project_id=project_id, basis=basis)
    if users is not None:
        old = old.filter(user__in=users)
    gone = [pk for pk, *key in old.values_list("pk", "user_id", "field", "label") if tuple(key) not in keys]
    Trust.objects.filter(pk__in=gone).delete()
    Trust.objects.bulk_create(
        sorted(rows, key=lambda row: (row.user_id, row.field, row.label)),
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["project", "user", "field", "label", "basis"],
        update_fields=UPDATED,
    )


class Figures(NamedTuple):
    """A row of ``Trust`` by consensus: what the database has of it, without the cost of a model's object."""

    user_id: int
    field: str
    label: str
    n: float
    correct: float
    accuracy: float
    low: float
    high: float


def consensus_trust(
    project: Project, fits: Sequence[FieldFit], nearness: Mapping[str, Mapping[int, Tally]]
) -> list[Trust]:
    """Everybody's trust per field, per class and overall, from one full run.

    ``nearness``: per field that is compared by distance, each person's tally against the others.
    """
    rows: list[Figures] = []
    matrices: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
    for fit in fits:
        units = list(fit.units.values())
        if hang_together(fit):
            rows += rows_of_order(fit.asked.name, units)
        else:
            rows += rows_of_field(fit.asked.name, units, alone=len(units) == 1)
        for unit in units:
            for at, user in enumerate(unit.users.tolist()):
                matrix = unit.consensus.confusion[at].round(9).tolist()
                matrices[fit.asked.name, user][unit.unit] = matrix
    for name, people in nearness.items():
        rows += _figures(name, {user: tally for user, tally in people.items() if tally.n})
    rows += overall_rows(rows, {})
    now = timezone.now()
    return [
        Trust(
            project_id=project.pk,
            basis=CONSENSUS,
            confusion={} if row.label else matrices.get((row.field, row.user_id), {}),
            computed_at=now,
            **row._asdict(),
        )
        for row in rows
    ]


def overall_rows(rows: Iterable[Figures], more: Mapping[int, Tally]) -> list[Figures]:
    """The people of these rows over all fields; ``more``: what is known of them on fields without rows."""
    overall: dict[int, Tally] = defaultdict(Tally)
    for row in rows:
        if row.label == "":
            overall[row.user_id].add(row.correct, row.n)
    for user, tally in more.items():
        overall[user].add(tally.correct, tally.n)
    return _figures("", overall)


def _figures(name: str, tallies: Mapping[int, Tally]) -> list[Figures]:
    stated = _stated(list(tallies.values()))
    return [Figures(user, name, "", *row) for user, row in zip(tallies, stated, strict=True)]


def _stated(tallies: Sequence[Tally]) -> list[tuple[float, float, float, float, float]]:
    """n, correct, accuracy, low, high of each. Bounds are 0 with none right and 1 with all, so that the share
    itself lies between them (Brown, Cai, DasGupta, Statistical Science 16, 2001)."""
    n = np.array([tally.n for tally in tallies], dtype=np.float64)
    correct = np.array([tally.correct for tally in tallies], dtype=np.float64)
    low, high = credible_bounds(correct, n)
    accuracy = np.divide(correct, n, out=(low + high) / 2, where=n > 0)
    low[correct == 0], high[correct == n] = 0.0, 1.0
    columns = (column.tolist() for column in (n, correct, accuracy, low, high))
    return list(zip(*columns, strict=True))


class Judged(Protocol):
    """What the others tell of some people, on one unit of a field."""

    @property
    def unit(self) -> str: ...
    @property
    def codes(self) -> Sequence[str]: ...
    @property
    def users(self) -> Longs: ...
    @property
    def by_others(self) -> ByOthers: ...


def rows_of_field(name: str, units: Sequence[Judged], *, alone: bool) -> list[Figures]:
    """Per class (``alone``: the field has one unit) or per unit, and over all of the field."""
    if not units:
        return []
    rows = [row for unit in units for row in (_per_class(name, unit) if alone else _over_all(name, unit))]
    if len(units) == 1:
        return rows + _rows(name, "", units[0].users, units[0].by_others)
    users, place = np.unique(np.concatenate([unit.users for unit in units]), return_inverse=True)
    skill = combined([unit.by_others for unit in units], place.astype(np.int32), users.size)
    return rows + _rows(name, "", users, skill)


def rows_of_order(name: str, units: Sequence[UnitFit]) -> list[Figures]:
    """Per pair, and over all of the order, whose pairs are not independent."""
    rows = [row for unit in units for row in _over_all(name, unit)]
    return rows + _rows(name, "", *skill_over_orders(units))


def _over_all(name: str, unit: Judged) -> list[Figures]:
    """Of many questions (an option each): accuracy on each."""
    return _rows(name, unit.unit[:LABEL_LENGTH], unit.users, unit.by_others)


def _rows(name: str, label: str, users: Longs, found: Accuracy | ByOthers) -> list[Figures]:
    columns = (found.n, found.correct, found.accuracy, found.low, found.high)
    figures = zip(*(column.tolist() for column in columns), strict=True)
    return [Figures(user, name, label, *row) for user, row in zip(users.tolist(), figures, strict=True)]


def _per_class(name: str, unit: Judged) -> list[Figures]:
    """Of a single question: accuracy on each true class."""
    found, skill = unit.by_others, unit.by_others.skill
    place, code = np.nonzero(skill.evidence >= LEAST_EVIDENCE)
    labels = [label[:LABEL_LENGTH] for label in unit.codes]
    columns = (
        skill.evidence[place, code],
        found.counts[place, code, code],
        skill.class_accuracy[place, code],
        skill.class_low[place, code],
        skill.class_high[place, code],
    )
    figures = zip(*(column.tolist() for column in columns), strict=True)
    who = zip(unit.users[place].tolist(), code.tolist(), figures, strict=True)
    return [Figures(user, name, labels[at], *row) for user, at, row in who]
