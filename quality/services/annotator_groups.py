"""Label rates, agreement and errors by groups that people chose to name, where nobody stands out.

A measure is kept only if each group, and those who said nothing, are nobody at all or at least ``least``
people: so neither a table nor what is missing from it to the whole speaks of a few. What is stored is
rounded, and how many people a group has is told in steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from projects.models import Project
from quality.models import Figure, GroupAnswer, GroupQuestion, Trust
from quality.services.arrays import Votes, load_votes
from quality.services.fields import asked_fields
from quality.services.figures import GROUPS
from quality.services.trust import GOLD
from stats.groups.means import GroupMean, group_means
from stats.intervals.multiple import benjamini_hochberg

MOST_LABELS = 12  # of a field, the most frequent ones
LEAST_GOLD = 5
SHARE, AGREEMENT, ERRORS = "share", "agreement", "errors"


@dataclass(frozen=True)
class Measure:
    """One figure per person, in [0, 1]. ``label``: of which answer it is the share, else empty."""

    kind: str
    field: str
    label: str
    people: dict[int, float]


@transaction.atomic
def refresh_groups(project: Project) -> None:
    """Compute and store what may be shown; twice gives the same. Nothing is stored where nobody is asked."""
    Figure.objects.filter(project=project, name=GROUPS).delete()
    questions = list(GroupQuestion.objects.filter(organization=project.organization_id).order_by("pk"))
    said = _said(project) if questions else {}
    if not said:
        return
    measures = list(_measures(project))
    found = [_table(question, said.get(question.pk, {}), measures) for question in questions]
    tested = [row for table in found for measure in table["measures"] for row in measure["rows"]]
    tested = [row for row in tested if row["p"] is not None]
    for row, p in zip(tested, benjamini_hochberg([row["p"] for row in tested]).tolist(), strict=True):
        row["adjusted"] = round(p, 3)
    for row in tested:
        row["p"] = round(row["p"], 3)
    data = {"questions": found, "tests": len(tested)}
    Figure.objects.create(project=project, name=GROUPS, data=data, computed_at=timezone.now())


def _said(project: Project) -> dict[int, dict[int, str]]:
    """Question → person → option, of those who belong to the organization now."""
    rows = GroupAnswer.objects.filter(
        question__organization=project.organization_id,
        user__organization_memberships__organization=project.organization_id,
    )
    found: dict[int, dict[int, str]] = {}
    for question, user, option in rows.values_list("question_id", "user_id", "option"):
        found.setdefault(question, {})[user] = option
    return found


def _measures(project: Project) -> Iterator[Measure]:
    for asked in asked_fields(project):
        if asked.is_judged_by_votes:
            votes = load_votes(project, asked.name)
            yield from _shares(asked.name, votes)
            yield from _agreement(asked.name, votes)
    rows = Trust.objects.filter(project=project, basis=GOLD, field="", label="", n__gte=LEAST_GOLD)
    wrong = {user: 1 - right / n for user, right, n in rows.values_list("user_id", "correct", "n")}
    if wrong:
        yield Measure(ERRORS, "", "", wrong)


def _shares(field: str, votes: Votes) -> Iterator[Measure]:
    """How large a part of each person's answers a label is; of a multiple choice, how often it is chosen."""
    frequent = []
    for unit, unit_name in sorted(votes.units.items()):
        of_unit = votes.unit == unit
        for code, name in sorted(votes.codes.items()):
            chosen = of_unit & (votes.code == code)
            if chosen.any() and not (unit_name and name == "no"):
                frequent.append((-int(chosen.sum()), unit_name or name, of_unit, chosen))
    for _, label, of_unit, chosen in sorted(frequent, key=lambda each: each[:2])[:MOST_LABELS]:
        users, place = np.unique(votes.user[of_unit], return_inverse=True)
        shares = np.bincount(place, weights=chosen[of_unit].astype(np.float64)) / np.bincount(place)
        yield Measure(SHARE, field, label, dict(zip(users.tolist(), shares.tolist(), strict=True)))


def _agreement(field: str, votes: Votes) -> Iterator[Measure]:
    """How many of the others' answers to the same task are the same as this person's, on average."""
    if not votes.task.size:
        return
    question, asked = np.unique(np.stack([votes.task, votes.unit]), axis=1, return_inverse=True)
    given = np.stack([asked.ravel(), votes.code])
    _, same = np.unique(given, axis=1, return_inverse=True)
    others = np.bincount(asked.ravel(), minlength=question.shape[1])[asked.ravel()] - 1
    like = np.bincount(same.ravel())[same.ravel()] - 1
    kept = others > 0
    if not kept.any():
        return
    users, place = np.unique(votes.user[kept], return_inverse=True)
    near = np.bincount(place, weights=like[kept] / others[kept]) / np.bincount(place)
    yield Measure(AGREEMENT, field, "", dict(zip(users.tolist(), near.tolist(), strict=True)))


def _table(question: GroupQuestion, said: dict[int, str], measures: list[Measure]) -> dict[str, Any]:
    shown = [rows for measure in measures if (rows := _rows(question, said, measure)) is not None]
    return {"name": question.name, "least": question.least, "measures": shown}


def _rows(question: GroupQuestion, said: dict[int, str], measure: Measure) -> dict[str, Any] | None:
    """The groups of one measure; None where any group, or the rest, is too small to be shown."""
    stated = sorted(user for user in measure.people if user in said)
    place = {option: index for index, option in enumerate(question.options)}
    stated = [user for user in stated if said[user] in place]
    group = np.array([place[said[user]] for user in stated], dtype=np.int32)
    counts = np.bincount(group, minlength=len(place)) if stated else np.zeros(len(place), dtype=np.int64)
    rest = len(measure.people) - len(stated)
    sizes = [int(count) for count in (*counts, rest) if count]
    if (counts > 0).sum() < 2 or min(sizes) < question.least:
        return None
    values = np.array([measure.people[user] for user in stated], dtype=np.float64)
    found = group_means(np.clip(values, 0.0, 1.0), group, len(place))
    rows = [
        _row(option, mean, question.least)
        for option, mean in zip(question.options, found, strict=True)
        if mean is not None
    ]
    return {"kind": measure.kind, "field": measure.field, "label": measure.label, "rows": rows}


def _row(option: str, found: GroupMean, least: int) -> dict[str, Any]:
    return {
        "group": option,
        "people": found.n // least * least,
        "mean": round(found.mean, 2),
        "low": round(found.low, 2),
        "high": round(found.high, 2),
        "p": found.p,
        "adjusted": None,
    }
