"""Where the truth is known: how often consensus is right, and whether trust finds the careless."""

from collections import Counter
from dataclasses import dataclass

from accounts.replica import reading
from annotate.models import Annotation
from labeltypes.base import Json
from projects.models import Membership, Project
from quality.models import Consensus, KnownTruth, Trust
from quality.reports.accuracy import Estimate, share
from quality.reports.weakest import weakest_classes
from quality.services.fields import Asked, asked_fields
from quality.services.trust import CONSENSUS

RIGHT = "Tasks whose value equals the known truth. Wilson interval, 95 %."
EXACT = 1e-9  # a distance below is rounding

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
    with reading().cursor() as cursor:
        cursor.execute(COMPARED, [project.pk])
        rows = {name: (n, right, plain) for name, n, right, plain in cursor.fetchall()}
    for asked in asked_fields(project):
        if asked.name in rows and not asked.is_judged_by_votes:
            rows[asked.name] = _compared_by_distance(project, asked)
    return [
        Compared(name, share("Consensus", right, n, RIGHT), share("Majority", plain, n, RIGHT))
        for name, (n, right, plain) in rows.items()
    ]


def _compared_by_distance(project: Project, asked: Asked) -> tuple[int, int, int]:
    """Tasks, and those that consensus and majority have right, where ids and rounding must not count."""
    truth = _truth(project, asked)
    rows = (
        Consensus.objects.filter(project=project, field=asked.name, task_id__in=truth)
        .exclude(task__gold_item__isnull=False, task__gold_item__retired_at=None)
        .values_list("task_id", "value", "majority")
    )
    judged = [
        (_is_right(asked, value, truth[task]), _is_right(asked, plain, truth[task]))
        for task, value, plain in rows
    ]
    return len(judged), sum(right for right, _ in judged), sum(plain for _, plain in judged)


def _people_by_distance(project: Project, asked: Asked) -> list[tuple[int, int, int]]:
    """Person, their answers, and how many of these are right."""
    truth = _truth(project, asked)
    rows = Annotation.objects.filter(
        project=project,
        is_fix=False,
        discarded_at=None,
        task_id__in=truth,
        value__has_key=asked.name,
    ).values_list("user_id", "task_id", "value")
    given: Counter[int] = Counter()
    right: Counter[int] = Counter()
    for user, task, value in rows:
        given[user] += 1
        right[user] += _is_right(asked, value[asked.name], truth[task])
    return [(user, count, right[user]) for user, count in given.items()]


def _truth(project: Project, asked: Asked) -> dict[int, Json]:
    known = KnownTruth.objects.filter(project=project, value__has_key=asked.name)
    return {task: value[asked.name] for task, value in known.values_list("task_id", "value")}


def _is_right(asked: Asked, value: Json, truth: Json) -> bool:
    return value is not None and asked.distance(value, truth) < EXACT


def found_people(project: Project, field: str) -> list[Found]:
    """Everybody who answered the field, the least right first."""
    asked = next((one for one in asked_fields(project) if one.name == field), None)
    if asked is not None and not asked.is_judged_by_votes:
        rows = _people_by_distance(project, asked)
    else:
        with reading().cursor() as cursor:
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
