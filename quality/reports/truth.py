"""Where the truth is known: how often consensus is right, and whether trust finds the careless."""

from dataclasses import dataclass

from django.db import connection

from projects.models import Membership, Project
from quality.models import KnownTruth, Trust
from quality.reports.accuracy import Estimate, share
from quality.reports.weakest import weakest_classes
from quality.services.trust import CONSENSUS

RIGHT = "Tasks whose value equals the known truth. Wilson interval, 95 %."

COMPARED = """
SELECT c.field, count(*), count(*) FILTER (WHERE c.value = t.value -> c.field),
       count(*) FILTER (WHERE c.majority = t.value -> c.field)
FROM quality_consensus c JOIN quality_knowntruth t ON t.task_id = c.task_id
LEFT JOIN quality_golditem g ON g.task_id = c.task_id AND g.retired_at IS NULL
WHERE c.project_id = %s AND t.value ? c.field AND g.id IS NULL
GROUP BY c.field ORDER BY c.field
"""
PEOPLE = """
SELECT a.user_id, count(*), count(*) FILTER (WHERE a.value -> %(field)s = t.value -> %(field)s)
FROM annotate_annotation a JOIN quality_knowntruth t ON t.task_id = a.task_id
WHERE a.project_id = %(project)s AND NOT a.is_fix AND a.discarded_at IS NULL
  AND t.value ? %(field)s AND a.value ? %(field)s
GROUP BY a.user_id
"""


@dataclass(frozen=True)
class Compared:
    """One field: consensus and plain majority against the truth, on the same tasks (gold left out)."""

    field: str
    consensus: Estimate
    majority: Estimate


@dataclass(frozen=True)
class Found:
    """A person's real share of right answers beside what trust believes, without knowing the truth."""

    name: str
    real: Estimate
    trust: Trust | None
    weakest: Trust | None

    @property
    def is_covered(self) -> bool:
        """Whether the interval of trust holds the real share."""
        return (
            self.trust is not None
            and self.real.value is not None
            and (self.trust.low <= self.real.value <= self.trust.high)
        )


def has_truth(project: Project) -> bool:
    """Whether anything is known."""
    return KnownTruth.objects.filter(project=project).exists()


def compared(project: Project) -> list[Compared]:
    """Every field with known truth."""
    with connection.cursor() as cursor:
        cursor.execute(COMPARED, [project.pk])
        rows = cursor.fetchall()
    return [
        Compared(name, share("Consensus", right, n, RIGHT), share("Majority", plain, n, RIGHT))
        for name, n, right, plain in rows
    ]


def found_people(project: Project, field: str) -> list[Found]:
    """Everybody who answered the field, the least right first."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"project": project.pk, "field": field})
        rows = cursor.fetchall()
    trust = {
        row.user_id: row
        for row in Trust.objects.filter(project=project, field=field, label="", basis=CONSENSUS).defer(
            "confusion"
        )
    }
    weakest = weakest_classes(project, field)
    names = {
        member.user_id: member.user.display_name
        for member in Membership.objects.filter(project=project).select_related("user")
    }
    found = [
        Found(
            names.get(user, "left the project"),
            share("Right", right, n, RIGHT),
            trust.get(user),
            weakest.get(user),
        )
        for user, n, right in rows
    ]
    return sorted(found, key=lambda person: person.real.value or 0.0)
