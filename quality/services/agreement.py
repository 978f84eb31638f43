"""How much people agree, per field: the coefficients that fit the field, with bootstrap intervals."""

from collections.abc import Sequence

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from labeltypes.base import Json
from projects.models import Project
from quality.models import Agreement
from quality.services.arrays import Votes, load_votes
from quality.services.fields import Asked, asked_fields, ontology_for
from quality.services.merging import pair_agreement
from quality.services.votes import counted_answers, current_values, heads_of
from stats.agreement.cohen import cohen_kappa
from stats.agreement.counts import item_counts
from stats.agreement.distance_alpha import distance_alpha
from stats.agreement.estimate import Bootstrap, Coefficient, estimate
from stats.agreement.fleiss import fleiss_kappa
from stats.agreement.gwet import gwet_ac
from stats.agreement.krippendorff import krippendorff_alpha
from stats.agreement.percent import percent_agreement
from stats.agreement.two_raters import contingency
from stats.arrays import Codes, Floats

ALPHA = "alpha"
PERCENT = "percent"
COHEN = "cohen_kappa"
FLEISS = "fleiss_kappa"
GWET = "gwet_ac1"

# Pairs of regions are costly: of more tasks a sample, drawn once and for all by their ids.
MOST_ITEMS = 2_000
MOST_CLASSES = 200

SAMPLE = """
SELECT a.task_id FROM annotate_annotation a
WHERE a.project_id = %s AND NOT a.is_extra AND NOT a.is_fix
  AND a.discarded_at IS NULL AND a.rejected_at IS NULL
GROUP BY a.task_id HAVING count(*) > 1
ORDER BY md5(a.task_id::text) LIMIT %s
"""


def refresh_agreement(project: Project) -> list[Agreement]:
    """Compute and store every coefficient of every field; same answers, same numbers."""
    rows = [
        _row(project, asked, name, coefficient)
        for asked in asked_fields(project)
        for name, coefficient in coefficients(project, asked).items()
    ]
    with transaction.atomic():
        Agreement.objects.filter(project=project).delete()
        Agreement.objects.bulk_create(rows)
    return rows


def coefficients(project: Project, asked: Asked) -> dict[str, Coefficient]:
    """The coefficients of one field. Which ones follows from what the label type can tell, not from its kind.

    One question with countable answers: all of them, alpha on the field's scale. Everything else: mean
    nearness of pairs in place of percent agreement, and alpha on the label type's own distance.
    """
    if asked.is_judged_by_votes and len(asked.codes) <= MOST_CLASSES:
        votes = load_votes(project, asked.name)
        if set(votes.units.values()) <= {""}:
            return _by_votes(asked, votes)
    return _by_distance(asked, _values(project, asked))


def _by_votes(asked: Asked, votes: Votes) -> dict[str, Coefficient]:
    place = {code: index for index, code in enumerate(asked.codes)}
    table = np.full(max(votes.codes, default=0) + 1, -1, dtype=np.int32)
    for code, text in votes.codes.items():
        table[code] = place.get(text, -1)
    label = table[votes.code]
    known = label >= 0
    tasks, item = np.unique(votes.task[known], return_inverse=True)
    users, user = np.unique(votes.user[known], return_inverse=True)
    label = label[known]
    counts = item_counts(item.astype(np.int32), label, n_items=max(tasks.size, 1), n_classes=len(asked.codes))
    counts = counts[counts.sum(axis=1) > 0]
    bootstrap = Bootstrap()
    metric = "nominal" if asked.label_type.scale(asked.field) == "nominal" else "ordinal"
    found = {
        ALPHA: krippendorff_alpha(counts, metric=metric, bootstrap=bootstrap),
        PERCENT: percent_agreement(counts, bootstrap=bootstrap),
        GWET: gwet_ac(counts, bootstrap=bootstrap),
    }
    if users.size == 2:
        found[COHEN] = cohen_kappa(_pairs(item, user, label, len(asked.codes)), bootstrap=bootstrap)
    else:
        found[FLEISS] = fleiss_kappa(counts, bootstrap=bootstrap)
    return found


def _pairs(item: "NDArray[np.intp]", user: "NDArray[np.intp]", label: Codes, size: int) -> Codes:
    first = dict(zip(item[user == 0].tolist(), label[user == 0].tolist(), strict=True))
    second = dict(zip(item[user == 1].tolist(), label[user == 1].tolist(), strict=True))
    both = sorted(first.keys() & second.keys())
    return contingency(
        np.array([first[each] for each in both], dtype=np.int32),
        np.array([second[each] for each in both], dtype=np.int32),
        n_classes=size,
    )


def _values(project: Project, asked: Asked) -> list[list[Json]]:
    ontology = ontology_for(project)
    if ontology is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE, [project.pk, MOST_ITEMS])
        ids = [row[0] for row in cursor.fetchall()]
    units: dict[int, list[Json]] = {}
    heads = counted_answers(project.pk).filter(task__in=ids).order_by("task_id", "pk")
    for head, value in current_values(project, heads_of(heads), ontology):
        if value.get(asked.name) is not None:
            units.setdefault(head.task_id, []).append(value[asked.name])
    return [values for values in units.values() if len(values) > 1]


def _by_distance(asked: Asked, units: Sequence[Sequence[Json]]) -> dict[str, Coefficient]:
    bootstrap = Bootstrap()
    interval = asked.label_type.scale(asked.field) == "interval"

    def difference(a: Json, b: Json) -> float:
        distance = asked.distance(a, b)
        return distance**2 if interval else distance

    return {
        ALPHA: distance_alpha(units, difference, bootstrap=bootstrap),
        PERCENT: _mean_nearness(asked, units),
    }


def _mean_nearness(asked: Asked, units: Sequence[Sequence[Json]]) -> Coefficient:
    """Mean over tasks of the mean nearness of pairs: what percent agreement is where answers can be near."""
    shares = [near for near in (pair_agreement(asked, values) for values in units) if near is not None]
    rows = np.array(shares, dtype=np.float64).reshape(-1, 1)
    answers = sum(len(values) for values in units)
    if not shares:
        return Coefficient(None, "no item has two answers", 0, 0)
    each = np.ones(len(rows), dtype=np.int32)
    return estimate(_Mean(), rows, each, answers=answers, bootstrap=Bootstrap())


class _Mean:
    """The plain mean of a column, as a measure that ``stats`` can bootstrap."""

    def terms(self, rows: Floats) -> Floats:
        """The value, and one."""
        return np.column_stack([rows[:, 0], np.ones(len(rows))])

    def value(self, sums: Floats) -> Floats:
        """Sum over count."""
        mean: Floats = sums[:, 0] / sums[:, 1]
        return mean

    def reason(self, sums: Floats) -> str:
        """Why there is none."""
        return "no item has two answers"


def _row(project: Project, asked: Asked, name: str, found: Coefficient) -> Agreement:
    return Agreement(
        project=project,
        field=asked.name,
        coefficient=name,
        value=found.value,
        low=found.interval.low if found.interval else None,
        high=found.interval.high if found.interval else None,
        undefined=found.reason or "",
        items=found.items,
        answers=found.answers,
        computed_at=timezone.now(),
    )
