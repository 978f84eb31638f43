"""Who does how much, how fast, how well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from annotate.models import PersonTotal
from annotate.pages.previews import class_titles
from projects.models import Membership, Project
from quality.models import Trust
from quality.reports.weakest import weakest_classes
from quality.services.fields import asked_fields
from quality.services.figures import NEARNESS, stored_figure
from quality.services.trust import CONSENSUS, GOLD

MOST_ROWS = 1_000


@dataclass(frozen=True)
class Accuracy:
    """An accuracy in [0, 1] with its 95 % credible interval from ``n`` judgements."""

    value: float
    low: float
    high: float
    n: float


@dataclass(frozen=True)
class Person:
    """One row of the people table. ``seconds``: median of the newest hundred answers.

    ``agreement``: mean of their tasks, as of the last full run; the answers are as the outbox left them.
    """

    membership: Membership
    answers: int
    discarded: int
    seconds: float | None
    last_active: datetime | None
    gold: Accuracy | None
    consensus: Accuracy | None
    weakest: Trust | None
    weakest_title: str
    agreement: float | None
    compared: int

    @property
    def name(self) -> str:
        return self.membership.user.display_name


def people(project: Project) -> list[Person]:
    """Everybody in the project, in six queries, whoever works most first."""
    work = {row.user_id: row for row in PersonTotal.objects.filter(project=project)}
    near = stored_figure(project, NEARNESS) or {}
    trust: dict[tuple[int, str], Accuracy] = {}
    for row in Trust.objects.filter(project=project, field="", label="").defer("confusion"):
        trust[row.user_id, row.basis] = Accuracy(row.accuracy, row.low, row.high, row.n)
    weakest = weakest_classes(project)
    titles = class_titles(asked.field for asked in asked_fields(project))
    members = Membership.objects.filter(project=project).select_related("user")
    found = [_person(member, work, near, trust, weakest.get(member.user_id), titles) for member in members]
    return sorted(found, key=lambda person: (-person.answers, person.name.casefold()))


def _person(
    member: Membership,
    work: Mapping[int, PersonTotal],
    near: Mapping[str, Sequence[Any]],
    trust: Mapping[tuple[int, str], Accuracy],
    weakest: Trust | None,
    titles: Mapping[str, str],
) -> Person:
    total = work.get(member.user_id) or PersonTotal()
    agreement, compared = near.get(str(member.user_id), (None, 0))
    return Person(
        membership=member,
        answers=total.answers,
        discarded=total.discarded,
        seconds=total.seconds,
        last_active=total.last_active,
        gold=trust.get((member.user_id, GOLD)),
        consensus=trust.get((member.user_id, CONSENSUS)),
        weakest=weakest,
        weakest_title=titles.get(weakest.label, weakest.label) if weakest else "",
        agreement=agreement,
        compared=compared,
    )


@dataclass(frozen=True)
class ClassAccuracy:
    """How right a person is on one class, as far as the others can tell."""

    name: str
    label: str
    accuracy: float
    low: float
    high: float
    n: float

    @property
    def judged(self) -> int:
        return round(self.n)


def fields_with_classes(project: Project) -> list[str]:
    """The fields of which the accuracy per class is known."""
    return list(_by_class(project).order_by("field").values_list("field", flat=True).distinct())


def per_class(project: Project, field: str) -> list[ClassAccuracy]:
    """Accuracy per person and class of a field: the ``MOST_ROWS`` with the lowest upper bound, by person."""
    rows = _by_class(project).filter(field=field).order_by("high", "pk")
    found = list(rows.values_list("user_id", "label", "accuracy", "low", "high", "n")[:MOST_ROWS])
    users = User.objects.in_bulk({user for user, *_ in found})
    found.sort(key=lambda row: (users[row[0]].email, row[1]))
    return [
        ClassAccuracy(users[user].display_name, label, accuracy, low, high, n)
        for user, label, accuracy, low, high, n in found
    ]


def _by_class(project: Project) -> QuerySet[Trust]:
    return Trust.objects.filter(project=project, basis=CONSENSUS).exclude(field="").exclude(label="")
