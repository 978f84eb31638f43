"""The answers to one field as arrays: what all figures of agreement are computed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from labeltypes.base import Json
from projects.models import Project
from quality.services.arrays import Longs, Votes, load_votes
from quality.services.fields import Asked, ontology_for
from quality.services.votes import counted_answers, current_values, heads_of
from stats.agreement.comparisons import Comparisons, compare_classes, compare_values
from stats.agreement.counts import item_counts, pair_weights
from stats.agreement.distance_alpha import distances_between
from stats.arrays import Bools, Codes, Floats

# Pairs of regions are costly: of more tasks a sample, drawn once and for all by their ids.
MOST_ITEMS = 2_000
MOST_CLASSES = 200
MOST_COMPARED = 20  # answers to one task of which every two are compared
MOST_COMPARISONS = 2_000_000
MOST_CELLS = 10_000_000  # of the table of tasks by classes; of more tasks a sample

SAMPLE = """
SELECT a.task_id, count(*) OVER () FROM annotate_annotation a
WHERE a.project_id = %s AND NOT a.is_extra AND NOT a.is_fix
  AND a.discarded_at IS NULL AND a.rejected_at IS NULL
GROUP BY a.task_id HAVING count(*) > 1
ORDER BY md5(a.task_id::text) LIMIT %s
"""


@dataclass(frozen=True, eq=False)
class Judgements:
    """All counted answers to a field (n,), by task: ``label`` (codes of ``asked.codes``) or else ``values``.

    ``shared`` counts the tasks in the project that two or more answered; where these are more than are here,
    what is here is a sample.
    """

    asked: Asked
    task: Longs
    user: Longs
    label: Codes | None
    values: Sequence[Json]
    shared: int

    @cached_property
    def tasks(self) -> Longs:
        """Ids, ascending."""
        return np.unique(self.task)

    @cached_property
    def item(self) -> Codes:
        """The place of each answer's task in ``tasks``."""
        return np.searchsorted(self.tasks, self.task).astype(np.int32)

    @cached_property
    def people(self) -> Longs:
        """Ids, ascending."""
        return np.unique(self.user)

    @cached_property
    def rater(self) -> Codes:
        """The place of each answer's author in ``people``."""
        return np.searchsorted(self.people, self.user).astype(np.int32)

    @cached_property
    def is_ordinal(self) -> bool:
        """Whether the classes are levels of a scale."""
        return self.asked.label_type.scale(self.asked.field) == "ordinal"

    @cached_property
    def weights(self) -> Floats | None:
        """How near two classes are to one another, (K, K); None for values."""
        if self.label is None:
            return None
        return pair_weights("linear" if self.is_ordinal else None, len(self.asked.codes))

    @cached_property
    def counts(self) -> Codes:
        """Answers per task and class; only where there are classes."""
        label = np.zeros(0, dtype=np.int32) if self.label is None else self.label
        return item_counts(self.item, label, n_items=max(self.tasks.size, 1), n_classes=len(self.asked.codes))

    @cached_property
    def comparisons(self) -> Comparisons:
        """Every two answers to a task; of very many tasks those of a sample drawn by their ids."""
        if self.label is None or self.weights is None:
            return compare_values(self.item, self.rater, self._nearness, most=MOST_COMPARED)
        keep = self.kept
        return compare_classes(
            self.item[keep], self.rater[keep], self.label[keep], self.weights, most=MOST_COMPARED
        )

    @cached_property
    def kept(self) -> Bools:
        """The answers that ``comparisons`` are of."""
        return np.ones(self.task.size, dtype=np.bool_) if self.label is None else _some(self.task, self.item)

    @cached_property
    def is_sample(self) -> bool:
        """Whether the project has more tasks that two or more answered."""
        return int((np.bincount(self.item) > 1).sum()) < self.shared

    @cached_property
    def compared(self) -> int:
        """How many tasks the comparisons come from."""
        return int(np.unique(self.comparisons.item[self.comparisons.first]).size)

    @cached_property
    def anyhow(self) -> Floats:
        """Where answers are values: how near any two of all are, whatever their tasks; a sample of many."""
        return 1 - distances_between(self.values, self.asked.distance)

    @cached_property
    def chance(self) -> float | None:
        """Where answers are values: the mean nearness of any two of them."""
        return float(self.anyhow.mean()) if self.anyhow.size else None

    @cached_property
    def expected_difference(self) -> float:
        """Where answers are values: the mean difference of any two of them."""
        return float(self.difference(self.anyhow).mean()) if self.anyhow.size else 0.0

    def difference(self, nearness: Floats) -> Floats:
        """What alpha takes as the difference of two values: numbers count by the square."""
        far = 1 - nearness
        is_interval = self.asked.label_type.scale(self.asked.field) == "interval"
        squared: Floats = far**2 if is_interval else far
        return squared

    def _nearness(self, first: int, second: int) -> float:
        return 1 - self.asked.distance(self.values[first], self.values[second])


def load_judgements(project: Project, asked: Asked) -> Judgements:
    """What people answered: from the votes where they say all of it, else a sample of the answers."""
    if asked.is_judged_by_votes and len(asked.codes) <= MOST_CLASSES:
        votes = load_votes(project, asked.name)
        if set(votes.units.values()) <= {""}:
            return _of_votes(asked, votes)
    return _of_values(project, asked)


def _of_votes(asked: Asked, votes: Votes) -> Judgements:
    place = {code: index for index, code in enumerate(asked.codes)}
    table = np.full(max(votes.codes, default=0) + 1, -1, dtype=np.int32)
    for code, text in votes.codes.items():
        table[code] = place.get(text, -1)
    label = table[votes.code]
    known = label >= 0
    tasks, answers = np.unique(votes.task[known], return_counts=True)
    kept = known & (mixed(votes.task) < MOST_CELLS / max(tasks.size * len(asked.codes), 1))
    shared = int((answers > 1).sum())
    return Judgements(asked, votes.task[kept], votes.user[kept], label[kept], (), shared)


def _of_values(project: Project, asked: Asked) -> Judgements:
    ontology = ontology_for(project)
    none = np.zeros(0, dtype=np.int64)
    if ontology is None:
        return Judgements(asked, none, none, None, (), 0)
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE, [project.pk, MOST_ITEMS])
        sampled = cursor.fetchall()
    units: dict[int, list[tuple[int, Json]]] = {}
    heads = counted_answers(project.pk).filter(task__in=[row[0] for row in sampled]).order_by("task_id", "pk")
    for head, value in current_values(project, heads_of(heads), ontology):
        if value.get(asked.name) is not None:
            units.setdefault(head.task_id, []).append((head.user_id, value[asked.name]))
    rows = [
        (task, user, value)
        for task, answers in units.items()
        if len(answers) > 1
        for user, value in answers[:MOST_COMPARED]
    ]
    return Judgements(
        asked=asked,
        task=np.array([row[0] for row in rows], dtype=np.int64),
        user=np.array([row[1] for row in rows], dtype=np.int64),
        label=None,
        values=[row[2] for row in rows],
        shared=sampled[0][1] if sampled else 0,
    )


def _some(task: Longs, item: Codes) -> Bools:
    """The answers of as many tasks as give ``MOST_COMPARISONS``: which ones follows from their ids."""
    answers = np.minimum(np.bincount(item), MOST_COMPARED)
    pairs = int((answers * (answers - 1) // 2).sum())
    return mixed(task) < min(MOST_COMPARISONS / max(pairs, 1), 1.0)


def mixed(ids: Longs) -> NDArray[np.float64]:
    """A number in [0, 1) for each id, the same every time and without a pattern: to draw samples by."""
    with np.errstate(over="ignore"):
        spread = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        spread ^= spread >> np.uint64(32)
        spread *= np.uint64(0xD6E8FEB86659FD93)
    return (spread >> np.uint64(11)).astype(np.float64) / 2.0**53
