"""Agreement in parts of the data: by metadata of the task, by version of the guideline, by week."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from projects.models import Guideline, Project, Task
from quality.services.arrays import Longs
from quality.services.judgements import Judgements, mixed
from stats.agreement.counts import item_counts
from stats.agreement.krippendorff import ordinal_differences
from stats.agreement.slices import FixedAlpha, Slice, SliceMeasure, compare_slice
from stats.agreement.table_alpha import TableAlpha
from stats.arrays import Codes, Floats
from stats.intervals.mean import mean_interval
from stats.intervals.multiple import benjamini_hochberg

MOST_TASKS = 20_000  # a sample of these, drawn by their ids
MOST_KEYS = 8
MOST_VALUES = 12
MOST_WEEKS = 52
LEAST_TASKS = 10
LONGEST_VALUE = 100
BATCH = 5_000
META, GUIDELINE, WEEK = "meta", "guideline", "week"

# The version of an answer that counts, and the guideline that it was given under.
GIVEN = """
SELECT a.task_id, a.user_id, a.created_at, v.guideline_id
FROM annotate_annotation a
LEFT JOIN annotate_annotationversion v ON v.annotation_id = a.id AND v.version = a.version
WHERE a.project_id = %s AND a.task_id = ANY(%s) AND NOT a.is_extra AND NOT a.is_fix
  AND a.discarded_at IS NULL AND a.rejected_at IS NULL
"""


@dataclass(frozen=True, eq=False)
class Dimension:
    """One way to part the answers: ``part`` (n,) is the place in ``names``, -1 for none of them."""

    kind: str
    key: str
    names: list[str]
    part: Codes


def slice_figures(project: Project, judgements: Judgements) -> dict[str, Any]:
    """All slices with their intervals, and which differ from the rest when the number of tests is counted."""
    rows = _sampled(judgements)
    tasks = np.unique(judgements.task[rows])
    found: list[dict[str, Any]] = []
    if tasks.size:
        differences = _differences(judgements)
        for dimension in _dimensions(project, judgements, rows, tasks):
            found += _slices(judgements, rows, dimension, differences)
    tested = [each for each in found if each["p"] is not None]
    adjusted = benjamini_hochberg([each["p"] for each in tested])
    for each, p in zip(tested, adjusted.tolist(), strict=True):
        each["adjusted"] = p
    return {"tasks": int(tasks.size), "tests": len(tested), "slices": found}


def _sampled(judgements: Judgements) -> Longs:
    """The rows of answers to tasks that two or more answered, of a sample of tasks if they are very many."""
    answers = np.bincount(judgements.item, minlength=judgements.tasks.size)
    shared = answers > 1
    chosen = shared & (mixed(judgements.tasks) < MOST_TASKS / max(int(shared.sum()), 1))
    return np.flatnonzero(chosen[judgements.item] & judgements.kept)


def _dimensions(project: Project, judgements: Judgements, rows: Longs, tasks: Longs) -> Iterable[Dimension]:
    place = np.searchsorted(tasks, judgements.task[rows])
    for key, names, part in _meta(project, tasks):
        yield Dimension(META, key, names, part[place])
    given = _given(project, tasks)
    weeks, week = _weeks(tasks, given)
    yield Dimension(WEEK, "", weeks, week[place])
    yield _guidelines(project, judgements, rows, given)


def _meta(project: Project, tasks: Longs) -> list[tuple[str, list[str], Codes]]:
    """The keys that part the tasks best: few values, each of several tasks; (key, values, place per task)."""
    values: dict[str, dict[int, str]] = {}
    for start in range(0, tasks.size, BATCH):
        ids = tasks[start : start + BATCH].tolist()
        for pk, meta in Task.objects.filter(pk__in=ids, project=project).values_list("pk", "meta"):
            for key, value in (meta or {}).items():
                if (text := _text(value)) is not None:
                    values.setdefault(str(key)[:LONGEST_VALUE], {})[pk] = text
    found = []
    for key, by_task in values.items():
        counts = Counter(by_task.values())
        often = [(name, count) for name, count in counts.most_common(MOST_VALUES) if count >= LEAST_TASKS]
        if len(often) > 1:
            names = sorted(name for name, _ in often)
            where = {name: index for index, name in enumerate(names)}
            part = [where.get(by_task.get(int(pk), ""), -1) for pk in tasks]
            found.append((sum(count for _, count in often), key, names, np.array(part, dtype=np.int32)))
    found.sort(key=lambda each: (-each[0], each[1]))
    return [(key, names, part) for _, key, names, part in found[:MOST_KEYS]]


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)[:LONGEST_VALUE] if isinstance(value, str | int | float) and value != "" else None


def _given(project: Project, tasks: Longs) -> dict[tuple[int, int], tuple[datetime, int | None]]:
    """Task and person → when, and under which guideline."""
    found = {}
    for start in range(0, tasks.size, BATCH):
        with connection.cursor() as cursor:
            cursor.execute(GIVEN, [project.pk, tasks[start : start + BATCH].tolist()])
            for task, user, at, guideline in cursor.fetchall():
                found[task, user] = (at, guideline)
    return found


def _weeks(
    tasks: Longs, given: dict[tuple[int, int], tuple[datetime, int | None]]
) -> tuple[list[str], Codes]:
    """The Mondays (UTC) of the newest weeks, and per task that of its last answer."""
    last: dict[int, datetime] = {}
    for (task, _), (at, _) in given.items():
        last[task] = max(at, last.get(task, at))
    monday = {task: (at - timedelta(days=at.weekday())).date().isoformat() for task, at in last.items()}
    weeks = sorted(set(monday.values()))[-MOST_WEEKS:]
    where = {week: index for index, week in enumerate(weeks)}
    part = [where.get(monday.get(int(task), ""), -1) for task in tasks]
    return weeks, np.array(part, dtype=np.int32)


def _guidelines(
    project: Project,
    judgements: Judgements,
    rows: Longs,
    given: dict[tuple[int, int], tuple[datetime, int | None]],
) -> Dimension:
    """Answers by the version that they were given under: a task may have some under each."""
    versions = dict(Guideline.objects.filter(project=project).values_list("pk", "version"))
    used = sorted({versions[row[1]] for row in given.values() if row[1] in versions})
    where = {version: index for index, version in enumerate(used)}

    def part(task: int, user: int) -> int:
        _, guideline = given.get((task, user), (None, None))
        return where.get(versions.get(guideline, -1), -1) if guideline else -1

    parts = [part(int(judgements.task[row]), int(judgements.user[row])) for row in rows]
    return Dimension(GUIDELINE, "", [f"version {each}" for each in used], np.array(parts, dtype=np.int32))


def _differences(judgements: Judgements) -> Floats | None:
    """Of two classes, (K, K); on a scale as the whole project sees it, one ruler for all slices."""
    if judgements.label is None:
        return None
    if not judgements.is_ordinal:
        nominal: Floats = 1 - np.eye(len(judgements.asked.codes))
        return nominal
    totals = judgements.counts.sum(axis=0, keepdims=True).astype(np.float64)
    scale: Floats = ordinal_differences(totals)[0]
    return scale / max(float(scale.max()), 1.0)


def _slices(
    judgements: Judgements, rows: Longs, dimension: Dimension, differences: Floats | None
) -> list[dict[str, Any]]:
    """The slices of one dimension; none where there is nothing to compare.

    A task whose answers lie in several slices is an item in each, with the answers that lie there.
    """
    if len(dimension.names) < 2:
        return []
    width = len(dimension.names) + 1
    keys, item = np.unique(
        judgements.item[rows].astype(np.int64) * width + dimension.part + 1, return_inverse=True
    )
    unit = np.full(judgements.task.size, -1, dtype=np.int32)
    unit[rows] = item
    used = np.bincount(item, minlength=keys.size) > 1
    part = (keys % width - 1)[used]
    near, apart = _pairs_of(judgements, unit, keys.size)
    measure: SliceMeasure
    if differences is None:
        answers = np.bincount(item, minlength=keys.size)[used]
        measure = FixedAlpha(judgements.expected_difference)
        values = np.column_stack([2 * apart[used] / (answers - 1), answers])
    else:
        measure = TableAlpha(differences)
        values = measure.rows(_counts(judgements, rows, unit, keys.size)[used])
    return [
        _numbers(
            dimension,
            name,
            compare_slice(measure, values, part == place, least=LEAST_TASKS),
            near[used][part == place],
        )
        for place, name in enumerate(dimension.names)
        if (part == place).any()
    ]


def _counts(judgements: Judgements, rows: Longs, unit: Codes, size: int) -> Codes:
    label = np.zeros(0, dtype=np.int32) if judgements.label is None else judgements.label[rows]
    return item_counts(unit[rows], label, n_items=size, n_classes=len(judgements.asked.codes))


def _pairs_of(judgements: Judgements, unit: Codes, size: int) -> tuple[Floats, Floats]:
    """Per item the mean nearness of its pairs, and the sum of their differences."""
    pairs = judgements.comparisons
    of_answer = unit[judgements.kept]
    one, two = of_answer[pairs.first], of_answer[pairs.second]
    same = (one == two) & (one >= 0)
    count = np.bincount(one[same], minlength=size)
    near = np.bincount(one[same], weights=pairs.nearness[same], minlength=size) / np.maximum(count, 1)
    apart = np.bincount(
        one[same], weights=judgements.difference(pairs.nearness[same]), minlength=size
    ).astype(np.float64)
    return near, apart


def _numbers(dimension: Dimension, name: str, found: Slice, near: Floats) -> dict[str, Any]:
    alpha = found.alpha
    mean = mean_interval(float(near.sum()), float((near**2).sum()), near.size)
    return {
        "kind": dimension.kind,
        "key": dimension.key,
        "name": name,
        "items": alpha.items,
        "answers": alpha.answers,
        "alpha": alpha.value,
        "low": alpha.interval.low if alpha.interval else None,
        "high": alpha.interval.high if alpha.interval else None,
        "undefined": alpha.reason or "",
        "agreement": float(near.mean()),
        "agreement_low": mean.low,
        "agreement_high": mean.high,
        "difference": found.difference,
        "p": found.p,
        "adjusted": None,
    }
