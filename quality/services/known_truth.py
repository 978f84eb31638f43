"""Answers beside the truth, where it is known: counted by the full run for the page of quality."""

from collections import Counter
from typing import Any

from django.db import connection

from annotate.models import Annotation
from labeltypes.base import Json
from projects.models import Project
from quality.models import Consensus, KnownTruth
from quality.services.fields import Asked, asked_fields

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


def truth_figures(project: Project) -> dict[str, Any]:
    """Per field: tasks, consensus right, majority right. Per field and person: person, answers, right."""
    if not KnownTruth.objects.filter(project=project).exists():
        return {"fields": {}, "people": {}}
    with connection.cursor() as cursor:
        cursor.execute(COMPARED, [project.pk])
        fields = {name: (n, right, plain) for name, n, right, plain in cursor.fetchall()}
    people = {}
    for asked in asked_fields(project):
        if asked.name in fields:
            if not asked.is_judged_by_votes:
                fields[asked.name] = _compared_by_distance(project, asked)
            people[asked.name] = _people(project, asked)
    return {"fields": fields, "people": people}


def _people(project: Project, asked: Asked) -> list[tuple[int, int, int]]:
    if not asked.is_judged_by_votes:
        return _people_by_distance(project, asked)
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"project": project.pk, "field": asked.name})
        return list(cursor.fetchall())


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
