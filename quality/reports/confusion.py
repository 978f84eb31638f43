"""What people answered where consensus says otherwise."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from accounts.replica import reading
from projects.models import Project
from quality.services.fields import Asked, asked_fields

MOST_CLASSES = 20

PAIRS = """
SELECT c.value #>> '{}', l.text, count(*)
FROM quality_vote v
JOIN quality_votelabel u ON u.project_id = v.project_id AND u.field = v.field AND u.kind = 'unit'
                        AND u.code = v.unit AND u.text = ''
JOIN quality_votelabel l ON l.project_id = v.project_id AND l.field = v.field AND l.kind = 'code'
                        AND l.code = v.code
JOIN quality_consensus c ON c.task_id = v.task_id AND c.field = v.field
WHERE v.project_id = %s AND v.field = %s
GROUP BY 1, 2
"""
CELL = """
SELECT DISTINCT v.task_id
FROM quality_vote v
JOIN quality_votelabel l ON l.project_id = v.project_id AND l.field = v.field AND l.kind = 'code'
                        AND l.code = v.code AND l.text = %(answer)s
JOIN quality_consensus c ON c.task_id = v.task_id AND c.field = v.field AND c.value #>> '{}' = %(truth)s
WHERE v.project_id = %(project)s AND v.field = %(field)s
ORDER BY v.task_id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Matrix:
    """Counts [consensus][answer] for the classes that occur most; ``hidden`` classes are left out."""

    field: str
    title: str
    names: list[str]
    titles: list[str]
    cells: list[list[int]]
    hidden: int


def confusion_fields(project: Project) -> list[Asked]:
    """Fields with one countable answer."""
    return [
        asked
        for asked in asked_fields(project)
        if asked.is_judged_by_votes and not asked.field.flag("multiple")
    ]


def confusion(project: Project, asked: Asked) -> Matrix:
    """One field's matrix, in one query."""
    with reading().cursor() as cursor:
        cursor.execute(PAIRS, [project.pk, asked.name])
        pairs = {(truth, answer): count for truth, answer, count in cursor.fetchall()}
    seen: Counter[str] = Counter()
    for (truth, answer), count in pairs.items():
        seen[truth] += count
        seen[answer] += count
    busiest = {name for name, _ in seen.most_common(MOST_CLASSES)}
    names = [code for code in asked.codes if code in busiest]
    titles = _titles(asked)
    cells = [[pairs.get((truth, answer), 0) for answer in names] for truth in names]
    shown = [titles.get(name, name) for name in names]
    return Matrix(asked.name, asked.field.title, names, shown, cells, max(0, len(seen) - len(names)))


def _titles(asked: Asked) -> dict[str, str]:
    return {
        str(item["name"]): str(item.get("title") or item["name"]) for item in asked.field.items("options")
    }


def matrix_data(project: Project, matrix: Matrix) -> dict[str, object]:
    """The plot's data; each cell leads to its tasks."""
    address = reverse("quality-cell", kwargs={"project_id": project.pk})
    return {
        "title": f"{matrix.title}: what people said where consensus says",
        "row_label": "Consensus",
        "column_label": "Answer",
        "rows": matrix.titles,
        "columns": matrix.titles,
        "cells": matrix.cells,
        "links": [
            [
                f"{address}?{urlencode({'field': matrix.field, 'consensus': truth, 'answer': answer})}"
                if matrix.cells[row][column]
                else ""
                for column, answer in enumerate(matrix.names)
            ]
            for row, truth in enumerate(matrix.names)
        ],
    }


def tasks_in_cell(project: Project, field: str, truth: str, answer: str, *, most: int = 200) -> Sequence[int]:
    """Tasks with this consensus to which somebody gave this answer."""
    values: dict[str, str | int] = {
        "project": project.pk,
        "field": field,
        "truth": truth,
        "answer": answer,
        "limit": most,
    }
    with reading().cursor() as cursor:
        cursor.execute(CELL, values)
        return [row[0] for row in cursor.fetchall()]
