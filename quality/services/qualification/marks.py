"""How an answer in practice or quiz is marked, and what a quiz comes to. No database here."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeltypes.base import Json, JsonObject
from quality.services.fields import Asked
from quality.services.grading import DEFAULT_TOLERANCE, Grade, grade_value

# A region is found when its counterpart is this near, if the gold item states no tolerance.
REGION_DISTANCE = 0.5

# Field → class → share of it that must be right.
ClassMarks = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Marked:
    """An answer against the accepted one that it comes nearest to.

    ``classes``: field, class and whether it was right, for each time that a class is in the accepted answer.
    """

    score: float
    correct: bool
    nearest: JsonObject
    classes: list[dict[str, Any]]


@dataclass(frozen=True)
class QuizResult:
    """``right`` of ``asked`` items; ``needed`` by the pass mark; what became of each class."""

    right: int
    asked: int
    needed: int
    passed: bool
    classes: list[dict[str, Any]]


def mark_answer(
    value: JsonObject, accepted: Sequence[JsonObject], tolerance: JsonObject, fields: Sequence[Asked]
) -> Marked:
    """Grade as gold is graded, and tell per class what was right."""
    grades: list[tuple[Grade, JsonObject]] = [
        (grade_value(value, [each], tolerance, fields), each) for each in accepted
    ]
    grade, nearest = max(grades, key=lambda pair: (pair[0].correct, pair[0].score))
    classes = [
        {"field": asked.name, "name": name, "right": right}
        for asked in fields
        for name, right in _by_class(value.get(asked.name), nearest.get(asked.name), asked, tolerance)
    ]
    return Marked(grade.score, grade.correct, nearest, classes)


def _by_class(ours: Json, theirs: Json, asked: Asked, tolerance: JsonObject) -> Iterable[tuple[str, bool]]:
    if theirs is None:
        return []
    if isinstance(theirs, list) and asked.label_type.media:
        mine = ours if isinstance(ours, list) else []
        return _by_region(mine, theirs, asked, tolerance.get(asked.name))
    said = set() if ours is None else set(asked.labels(ours))
    return [(name, name in said) for name in asked.labels(theirs)]


def _by_region(ours: list[Json], theirs: list[Json], asked: Asked, limit: Json) -> list[tuple[str, bool]]:
    """Each region of the accepted answer: whether ours has it, in its place and of its class."""
    most = float(limit) if isinstance(limit, int | float) and limit > 0 else REGION_DISTANCE
    found = {there: here for here, there in asked.label_type.match(ours, theirs, asked.field)}
    return [
        (name, index in found and _is_same(ours[found[index]], region, asked, most))
        for index, region in enumerate(theirs)
        for name in asked.labels([region])
    ]


def _is_same(ours: Json, theirs: Json, asked: Asked, most: float) -> bool:
    same_class = asked.labels([ours]) == asked.labels([theirs])
    return same_class and asked.distance([ours], [theirs]) <= most + DEFAULT_TOLERANCE


def needed_of(asked: int, pass_mark: float) -> int:
    """How many of so many items must be right."""
    return math.ceil(asked * pass_mark - DEFAULT_TOLERANCE)


def quiz_result(
    correct: Sequence[bool],
    classes: Iterable[Mapping[str, Any]],
    *,
    pass_mark: float,
    class_marks: ClassMarks,
) -> QuizResult:
    """Whether a quiz is passed: enough items in total, and of each class with a mark of its own enough.

    A class that the quiz did not ask about can neither be passed nor failed.
    """
    asked: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for each in classes:
        key = (str(each["field"]), str(each["name"]))
        asked[key] += 1
        right[key] += bool(each["right"])
    rows = []
    for (field, name), n in asked.items():
        mark = class_marks.get(field, {}).get(name)
        passed = None if mark is None else right[field, name] >= needed_of(n, mark)
        row = {"field": field, "name": name, "right": right[field, name], "asked": n}
        rows.append(row | {"mark": mark, "passed": passed})
    needed = needed_of(len(correct), pass_mark)
    enough = sum(correct) >= needed and all(row["passed"] is not False for row in rows)
    return QuizResult(sum(correct), len(correct), needed, enough, rows)
