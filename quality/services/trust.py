"""Trust: what we know of each person's accuracy, with credible intervals.

Two bases, kept apart: ``gold`` (answers that were graded) and ``consensus`` (what the others say, the
person left out). Where answers are compared by distance, "right" is the mean nearness to the others' answers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from django.db import transaction
from django.utils import timezone

from projects.models import Project
from quality.models import GoldGrade, Trust
from quality.services.arrays import Longs
from quality.services.inference import FieldFit
from stats.intervals.beta import credible
from stats.trust.by_others import Accuracy, combined
from stats.trust.effective import ByOthers

GOLD = "gold"
CONSENSUS = "consensus"
LABEL_LENGTH = 200
LEAST_JUDGED = 10

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
    interval = credible(tally.correct, tally.n)
    return Trust(
        project_id=project_id,
        user_id=user_id,
        field=name,
        label=label[:LABEL_LENGTH],
        basis=basis,
        n=tally.n,
        correct=tally.correct,
        accuracy=tally.correct / tally.n if tally.n else (interval.low + interval.high) / 2,
        low=interval.low,
        high=interval.high,
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


def consensus_trust(
    project: Project, fits: Sequence[FieldFit], nearness: Mapping[str, Mapping[int, Tally]]
) -> list[Trust]:
    """Everybody's trust per field, per class and overall, from one full run.

    ``nearness``: per field that is compared by distance, each person's tally against the others.
    """
    rows: list[Trust] = []
    for fit in fits:
        rows += _from_units(project, fit)
    for name, people in nearness.items():
        rows += [
            _row(project.pk, CONSENSUS, (user, name, ""), tally) for user, tally in people.items() if tally.n
        ]
    return rows + overall_rows(project, rows, {})


def overall_rows(project: Project, rows: Iterable[Trust], more: Mapping[int, Tally]) -> list[Trust]:
    """The people of these rows over all fields; ``more``: what is known of them on fields without rows."""
    overall: dict[int, Tally] = defaultdict(Tally)
    for row in rows:
        if row.label == "":
            overall[row.user_id].add(row.correct, row.n)
    for user, tally in more.items():
        overall[user].add(tally.correct, tally.n)
    return [_row(project.pk, CONSENSUS, (user, "", ""), tally) for user, tally in overall.items()]


def _from_units(project: Project, fit: FieldFit) -> list[Trust]:
    units = list(fit.units.values())
    rows = rows_of_field(project, fit.asked.name, units, alone=len(units) == 1)
    matrices: dict[int, dict[str, Any]] = defaultdict(dict)
    for unit in units:
        for at, user in enumerate(unit.users.tolist()):
            matrices[user][unit.unit] = unit.consensus.confusion[at].round(9).tolist()
    for row in rows:
        if row.label == "":
            row.confusion = matrices[row.user_id]
    return rows


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


def rows_of_field(project: Project, name: str, units: Sequence[Judged], *, alone: bool) -> list[Trust]:
    """Per class (``alone``: the field has one unit) or per unit, and over all of the field."""
    if not units:
        return []
    rows = [row for unit in units for row in _per_class(project, name, unit, alone=alone)]
    users, place = np.unique(np.concatenate([unit.users for unit in units]), return_inverse=True)
    skill = combined([unit.by_others for unit in units], place.astype(np.int32), users.size)
    rows += [_skill_row(project, name, "", user, skill, at) for at, user in enumerate(users.tolist())]
    return rows


def _skill_row(
    project: Project, name: str, label: str, user: int, found: Accuracy | ByOthers, place: int
) -> Trust:
    return Trust(
        project_id=project.pk,
        user_id=user,
        field=name,
        label=label[:LABEL_LENGTH],
        basis=CONSENSUS,
        n=float(found.n[place]),
        correct=float(found.correct[place]),
        accuracy=float(found.accuracy[place]),
        low=float(found.low[place]),
        high=float(found.high[place]),
        confusion={},
        computed_at=timezone.now(),
    )


def _per_class(project: Project, name: str, unit: Judged, *, alone: bool) -> list[Trust]:
    """Of a single question: accuracy on each true class. Of many (an option each): accuracy on each."""
    found = unit.by_others
    skill = found.skill
    if not alone:
        return [
            _skill_row(project, name, unit.unit, user, found, place)
            for place, user in enumerate(unit.users.tolist())
        ]
    rows = []
    for place, user in enumerate(unit.users.tolist()):
        for code, label in enumerate(unit.codes):
            evidence = float(skill.evidence[place, code])
            if evidence < 0.5:
                continue
            rows.append(
                Trust(
                    project_id=project.pk,
                    user_id=user,
                    field=name,
                    label=label[:LABEL_LENGTH],
                    basis=CONSENSUS,
                    n=evidence,
                    correct=float(found.counts[place, code, code]),
                    accuracy=float(skill.class_accuracy[place, code]),
                    low=float(skill.class_low[place, code]),
                    high=float(skill.class_high[place, code]),
                    confusion={},
                    computed_at=timezone.now(),
                )
            )
    return rows
