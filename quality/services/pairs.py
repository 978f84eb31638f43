"""What people said where consensus says: every counted vote beside the consensus of its task, from arrays."""

from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from projects.models import Project
from quality.services.arrays import Longs, load_votes

# As text, so that names and levels are told apart by the same texts as votes are.
SAID = """
SELECT task_id, value #>> '{}' FROM quality_consensus
WHERE project_id = %s AND field = %s ORDER BY task_id
"""
ROWS = 10_000  # made into integers at once
Codes = NDArray[np.int32]


def confusion_pairs(project: Project, field: str, most: int) -> list[list[Any]]:
    """Consensus, answer, how many answers, and the first ``most`` tasks of these; by consensus and answer.

    Of a field with one countable answer; two statements, whatever there is.
    """
    names: dict[str | None, int] = {}
    tasks, consensus = _consensus(project, field, names)
    votes = load_votes(project, field)
    answer = _numbered(votes.codes, names)[votes.code]
    alone = _numbered(votes.units, {"": 0})
    place = np.minimum(np.searchsorted(tasks, votes.task), max(tasks.size - 1, 0))
    if not tasks.size or not votes.task.size:
        return []
    kept = (answer >= 0) & (alone[votes.unit] == 0) & (tasks[place] == votes.task)
    cell = consensus[place[kept]].astype(np.int64) * len(names) + answer[kept]
    order = np.argsort(cell, kind="stable")  # votes come by task, and so they stay in each cell
    cells, starts, counts = np.unique(cell[order], return_index=True, return_counts=True)
    of_vote = votes.task[kept][order]
    texts = list(names)
    rows = [
        [texts[at // len(texts)], texts[at % len(texts)], count, _first(of_vote[start : start + count], most)]
        for at, start, count in zip(cells.tolist(), starts.tolist(), counts.tolist(), strict=True)
    ]
    return sorted(rows, key=lambda row: (row[0] is None, row[0] or "", row[1]))


def _consensus(project: Project, field: str, names: dict[str | None, int]) -> tuple[Longs, Codes]:
    """Ids, ascending, and the consensus of each as its place in ``names``, which grow."""
    tasks: list[Longs] = []
    values: list[Codes] = []
    with connection.cursor() as cursor:
        cursor.execute(SAID, [project.pk, field])
        while rows := cursor.fetchmany(ROWS):
            tasks.append(np.array([task for task, _ in rows], dtype=np.int64))
            codes = [names.setdefault(value, len(names)) for _, value in rows]
            values.append(np.array(codes, dtype=np.int32))
    if not tasks:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    return np.concatenate(tasks), np.concatenate(values)


def _numbered(texts: dict[int, str], names: dict[str | None, int]) -> Codes:
    """By a label's number the place of its text in ``names``, which grow; -1 for numbers without a label."""
    table = np.full(max(texts, default=0) + 2, -1, dtype=np.int32)
    for number, text in texts.items():
        table[number] = names.setdefault(text, len(names))
    return table


def _first(tasks: Longs, most: int) -> list[int]:
    """The first of these ascending ids, each once."""
    found: list[int] = np.unique(tasks)[:most].tolist()
    return found
