"""Who does how much, how fast, how well."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.replica import reading
from projects.models import Membership, Project
from quality.models import Trust
from quality.reports.weakest import weakest_classes
from quality.services.trust import CONSENSUS, GOLD

WORK = """
SELECT user_id, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), max(updated_at),
       count(*) FILTER (WHERE discarded_at IS NOT NULL)
FROM annotate_annotation WHERE project_id = %s AND NOT is_fix
GROUP BY user_id
"""

# For each answer the mean agreement of its task: how much others say the same as this person.
NEAR = """
SELECT a.user_id, avg(s.agreement), count(*)
FROM annotate_annotation a JOIN projects_tasksummary s ON s.task_id = a.task_id
WHERE a.project_id = %s AND NOT a.is_fix AND NOT a.is_extra AND a.discarded_at IS NULL
  AND a.rejected_at IS NULL AND s.agreement IS NOT NULL
GROUP BY a.user_id
"""


@dataclass(frozen=True)
class Accuracy:
    """An accuracy in [0, 1] with its 95 % credible interval from ``n`` judgements."""

    value: float
    low: float
    high: float
    n: float


@dataclass(frozen=True)
class Person:
    """One row of the people table. ``seconds``: median over answers; ``agreement``: mean of their tasks."""

    membership: Membership
    answers: int
    discarded: int
    seconds: float | None
    last_active: datetime | None
    gold: Accuracy | None
    consensus: Accuracy | None
    weakest: Trust | None
    agreement: float | None
    compared: int

    @property
    def name(self) -> str:
        return self.membership.user.display_name


def people(project: Project) -> list[Person]:
    """Everybody in the project, in six queries, whoever works most first."""
    work = _rows(WORK, project.pk)
    near = _rows(NEAR, project.pk)
    trust: dict[tuple[int, str], Accuracy] = {}
    for row in Trust.objects.filter(project=project, field="", label="").defer("confusion"):
        trust[row.user_id, row.basis] = Accuracy(row.accuracy, row.low, row.high, row.n)
    weakest = weakest_classes(project)
    members = Membership.objects.filter(project=project).select_related("user")
    found = [_person(member, work, near, trust, weakest.get(member.user_id)) for member in members]
    return sorted(found, key=lambda person: (-person.answers, person.name.casefold()))


def _person(
    member: Membership,
    work: Mapping[int, tuple[Any, ...]],
    near: Mapping[int, tuple[Any, ...]],
    trust: Mapping[tuple[int, str], Accuracy],
    weakest: Trust | None,
) -> Person:
    answers, seconds, last, discarded = work.get(member.user_id, (0, None, None, 0))
    agreement, compared = near.get(member.user_id, (None, 0))
    return Person(
        membership=member,
        answers=answers,
        discarded=discarded,
        seconds=seconds,
        last_active=last,
        gold=trust.get((member.user_id, GOLD)),
        consensus=trust.get((member.user_id, CONSENSUS)),
        weakest=weakest,
        agreement=agreement,
        compared=compared,
    )


def _rows(statement: str, project_id: int) -> dict[int, tuple[Any, ...]]:
    with reading().cursor() as cursor:
        cursor.execute(statement, [project_id])
        return {row[0]: row[1:] for row in cursor.fetchall()}


def per_class(project: Project) -> dict[str, list[Trust]]:
    """Accuracy per class and person by consensus, for the drill-down, by field."""
    found: dict[str, list[Trust]] = defaultdict(list)
    rows = Trust.objects.filter(project=project, basis=CONSENSUS).exclude(field="").exclude(label="")
    for row in rows.select_related("user").defer("confusion").order_by("field", "user__email", "label"):
        found[row.field].append(row)
    return found
