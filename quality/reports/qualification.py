"""What managers see of qualification: everybody's standing, and how the items of the quiz do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from annotate.services.certificates import EXEMPT
from projects.models import Membership, Project
from projects.queries import Measured
from quality.models import GoldItem, GoldUse, QualificationAttempt
from quality.reports.items import items
from quality.reports.remarked import Remarked, remarked
from quality.services.qualification.marks import needed_of
from quality.services.qualification.standing import Stage, Standing, standings
from stats.intervals.wilson import wilson

MOST_PEOPLE = 500
MOST_ITEMS = 200


@dataclass(frozen=True)
class PersonStanding:
    """A person, their standing in a word, and the newest finished quiz with its interval."""

    membership: Membership
    standing: Standing
    state: str
    share: Measured | None
    needed: int
    remarked: Remarked | None

    @property
    def last(self) -> QualificationAttempt | None:
        """The newest quiz that is finished."""
        return self.standing.last


def people_standing(project: Project) -> list[PersonStanding]:
    """Everybody who needs a certificate, by name; five queries."""
    members = Membership.objects.filter(project=project).exclude(role__in=EXEMPT).select_related("user")
    rows = list(members.order_by("user__name", "pk")[:MOST_PEOPLE])
    return _standing(project, rows)


def person_standing(membership: Membership) -> PersonStanding:
    """One person's."""
    return _standing(membership.project, [membership])[0]


def _standing(project: Project, members: Sequence[Membership]) -> list[PersonStanding]:
    found = standings(project, [row.user_id for row in members])
    return [_person(row, found[row.user_id]) for row in members]


def _person(membership: Membership, standing: Standing) -> PersonStanding:
    last = standing.last
    return PersonStanding(
        membership,
        standing,
        state_of(standing),
        _measured(last.right, last.asked) if last else None,
        needed_of(last.asked, last.pass_mark) if last else 0,
        remarked(standing.anew),
    )


def state_of(standing: Standing) -> str:
    """The first that is true: certified, quiz, practicing, stopped, failed, expired, withdrawn; else none."""
    last = standing.last
    states = (
        ("certified", standing.is_certified),
        ("quiz", standing.stage == Stage.QUIZ),
        ("practicing", standing.open is not None),
        ("stopped", standing.stage == Stage.STOPPED),
        ("failed", standing.next_at is not None or (last is not None and not last.passed)),
        ("expired", standing.has_expired),
        ("withdrawn", standing.certificate is not None),
    )
    return next((state for state, holds in states if holds), "none")


def course_items(project: Project, use: str) -> list[dict[str, Any]]:
    """Gold for one use with how often it was asked and missed, by the newest; shown as a list of items."""
    rows = list(
        GoldItem.objects.filter(project=project, retired_at__isnull=True, use=use)
        .select_related("task")
        .defer("task__search")
        .annotate(
            asked=Count("course_answers", filter=Q(course_answers__answered_at__isnull=False)),
            wrong=Count(
                "course_answers",
                filter=Q(course_answers__answered_at__isnull=False, course_answers__correct=False),
            ),
        )
        .order_by("-pk")[:MOST_ITEMS]
    )
    shown = items(project, [row.task for row in rows], {})
    return [
        {"gold": row, "item": item, "missed": _measured(row.wrong, row.asked) if row.asked else None}
        for row, item in zip(rows, shown, strict=True)
    ]


def _measured(part: int, n: int) -> Measured:
    interval = wilson(part, n)
    return Measured(part / n, interval.low, interval.high, n)


def uses() -> list[tuple[str, str]]:
    """Every use with the words for it."""
    return [
        (GoldUse.PRACTICE, "Practice"),
        (GoldUse.QUIZ, "Quiz"),
        (GoldUse.HIDDEN, "Hidden among the work"),
    ]
