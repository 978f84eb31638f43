"""Figures over a whole project: counted once at the end of a full run, stored, and read by the pages.

A run reads every answer anyway; a page must not. Twice gives the same.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from projects.models import Project
from quality.models import Figure, GoldGrade
from quality.services.fields import Asked, asked_fields
from quality.services.known_truth import truth_figures
from quality.services.pairs import confusion_pairs

CONFUSION = "confusion"
INFERENCE = "inference"
GROUPS = "groups"
NEARNESS = "nearness"
OVERLAP = "overlap"
TRUTH = "truth"
AGREEMENT = "agreement-"  # the beginning of those that quality.services.agreement stores
DIFFICULTY, METHODS = "difficulty", "methods"  # kept by modules of these names too
KEPT_BY_OTHERS = (AGREEMENT, f"{DIFFICULTY}:", f"{METHODS}:")
MOST_TASKS = 200  # examples kept for each cell of a matrix

SURENESS = """
SELECT count(*), coalesce(sum(probability), 0) FROM projects_tasksummary
WHERE project_id = %(project)s AND source = 'consensus' AND probability IS NOT NULL AND state <> 'archived'
"""
# For each answer the mean agreement of its task: how much others say the same as this person.
NEAR = """
SELECT a.user_id, avg(s.agreement), count(*)
FROM annotate_annotation a JOIN projects_tasksummary s ON s.task_id = a.task_id
WHERE a.project_id = %(project)s AND NOT a.is_fix AND NOT a.is_extra AND a.discarded_at IS NULL
  AND a.rejected_at IS NULL AND s.agreement IS NOT NULL
GROUP BY a.user_id
"""
# Tasks that want nobody more, by how many answers they took.
SPENT = """
SELECT s.answers, count(*)
FROM projects_tasksummary s JOIN annotate_queueentry q ON q.task_id = s.task_id
WHERE s.project_id = %(project)s AND q.pool = 'work' AND s.answers > 0
  AND s.state IN ('answered', 'review', 'done')
GROUP BY 1 ORDER BY 1
"""


def matrix_fields(project: Project) -> list[Asked]:
    """Fields with one countable answer: those that have a confusion matrix. Orders have one for each pair."""
    return [
        asked
        for asked in asked_fields(project)
        if asked.is_judged_by_votes and not (asked.field.flag("multiple") or asked.label_type.in_order)
    ]


def refresh_figures(project: Project) -> None:
    """Count and store all of them, in one transaction: no page sees half of two runs."""
    found: dict[str, Any] = {
        f"{CONFUSION}:{asked.name}": confusion_pairs(project, asked.name, MOST_TASKS)
        for asked in matrix_fields(project)
    }
    ((n, right),) = _rows(SURENESS, project)
    found[NEARNESS] = {str(user): [mean, count] for user, mean, count in _rows(NEAR, project)}
    # Where nobody was compared with anybody or with gold, the inference has nothing but what it assumes.
    is_known = bool(found[NEARNESS]) or GoldGrade.objects.filter(project=project).exists()
    found[INFERENCE] = {"n": n, "right": right} if is_known else {"n": 0, "right": 0.0}
    found[TRUTH] = truth_figures(project)
    found[OVERLAP] = _rows(SPENT, project)
    now = timezone.now()
    rows = [Figure(project=project, name=name, data=data, computed_at=now) for name, data in found.items()]
    with transaction.atomic():
        of_others = Q(*(("name__startswith", name) for name in KEPT_BY_OTHERS), _connector=Q.OR)
        Figure.objects.filter(project=project).exclude(of_others).delete()
        Figure.objects.bulk_create(rows)


def keep_figures(project: Project, kind: str, found: Mapping[str, Any]) -> None:
    """Replace all figures of a kind, by field, in one transaction."""
    now = timezone.now()
    with transaction.atomic():
        Figure.objects.filter(project=project, name__startswith=f"{kind}:").delete()
        Figure.objects.bulk_create(
            Figure(project=project, name=f"{kind}:{field}", data=data, computed_at=now)
            for field, data in found.items()
        )


def stored_figure(project: Project, name: str) -> Any:
    """The data of one figure; None before the first full run."""
    return Figure.objects.filter(project=project, name=name).values_list("data", flat=True).first()


def stored_figures(project: Project, kind: str) -> dict[str, Any]:
    """The data of all figures of a kind, by what stands after the colon; one query."""
    rows = Figure.objects.filter(project=project, name__startswith=f"{kind}:").values_list("name", "data")
    return {name.partition(":")[2]: data for name, data in rows}


def _rows(statement: str, project: Project, **values: Any) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"project": project.pk, **values})
        return [list(row) for row in cursor.fetchall()]
