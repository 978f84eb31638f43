"""What people answered where consensus says otherwise."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from projects.models import Project
from quality.services.fields import Asked
from quality.services.figures import CONFUSION, matrix_fields, stored_figure, stored_figures

MOST_CLASSES = 20


@dataclass(frozen=True)
class Matrix:
    """Counts [consensus][answer] for the classes that occur most; ``hidden`` classes are left out."""

    field: str
    title: str
    names: list[str]
    titles: list[str]
    cells: list[list[int]]
    hidden: int


def confusions(project: Project, *, most: int) -> list[Matrix]:
    """The matrices of the first fields that have one, as of the last full run; one query for all."""
    stored = stored_figures(project, CONFUSION)
    return [_matrix(asked, stored.get(asked.name, [])) for asked in matrix_fields(project)[:most]]


def _matrix(asked: Asked, rows: Sequence[Sequence[Any]]) -> Matrix:
    pairs = {(truth, answer): count for truth, answer, count, _ in rows}
    seen: Counter[str] = Counter()
    for (truth, answer), count in pairs.items():
        seen[truth] += count
        seen[answer] += count
    busiest = {name for name, _ in seen.most_common(MOST_CLASSES)}
    names = [code for code in asked.codes if code in busiest]
    titles = asked.field.titles("options")
    cells = [[pairs.get((truth, answer), 0) for answer in names] for truth in names]
    shown = [titles.get(name, name) for name in names]
    return Matrix(asked.name, asked.field.title, names, shown, cells, max(0, len(seen) - len(names)))


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


def tasks_in_cell(project: Project, field: str, truth: str, answer: str) -> Sequence[int]:
    """The first tasks with this consensus to which somebody gave this answer, as of the last full run."""
    for known, given, _, tasks in stored_figure(project, f"{CONFUSION}:{field}") or ():
        if (known, given) == (truth, answer):
            return list(tasks)
    return ()
