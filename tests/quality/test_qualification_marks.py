"""How answers in a quiz are marked per class, what a quiz comes to, and which items it asks: no database."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from labeltypes.base import JsonObject
from labeltypes.ontology import parse_ontology
from quality.services.fields import Asked, asked_of
from quality.services.qualification.drawing import PoolItem, draw_quiz
from quality.services.qualification.marks import mark_answer, needed_of, quiz_result

STREET: dict[str, Any] = {
    "media": [{"name": "photo", "kind": "image", "source": "image"}],
    "fields": [
        {"name": "objects", "type": "box", "on": "photo", "classes": ["car", "cyclist"]},
        {"name": "weather", "type": "choice", "options": ["sun", "rain", "snow"], "multiple": True},
    ],
}
CAR: JsonObject = {"id": "g1", "class": "car", "box": [0, 0, 100, 100]}
CYCLIST: JsonObject = {"id": "g2", "class": "cyclist", "box": [300, 0, 50, 100]}
GOLD: JsonObject = {"objects": [CAR, CYCLIST], "weather": ["sun", "rain"]}


def fields() -> list[Asked]:
    return [asked_of(field) for field in parse_ontology(STREET).fields]


def by_class(value: JsonObject, tolerance: JsonObject | None = None) -> dict[str, bool]:
    marked = mark_answer(value, [GOLD], tolerance or {}, fields())
    return {str(each["name"]): bool(each["right"]) for each in marked.classes}


def test_the_same_answer_is_right_in_every_class() -> None:
    marked = mark_answer(GOLD, [GOLD], {}, fields())
    assert (marked.score, marked.correct) == (1.0, True)
    assert by_class(GOLD) == {"car": True, "cyclist": True, "sun": True, "rain": True}


@pytest.mark.parametrize(
    ("box", "tolerance", "right"),
    [
        ([20, 0, 100, 100], {}, True),  # IoU 0.67: near enough where nothing is said
        ([60, 0, 100, 100], {}, False),  # IoU 0.25
        ([20, 0, 100, 100], {"objects": 0.1}, False),  # the manager wants it nearer
        ([60, 0, 100, 100], {"objects": 0.8}, True),
    ],
)
def test_a_region_is_right_in_its_place(box: list[int], tolerance: JsonObject, right: bool) -> None:
    value: JsonObject = {"objects": [{**CAR, "id": "x", "box": [*box]}], "weather": ["sun", "rain"]}
    assert by_class(value, tolerance) == {"car": right, "cyclist": False, "sun": True, "rain": True}


def test_a_region_of_another_class_is_not_right() -> None:
    value: JsonObject = {"objects": [{**CAR, "class": "cyclist"}, {**CYCLIST, "id": "y"}]}
    assert by_class(value) == {"car": False, "cyclist": True, "sun": False, "rain": False}


def test_the_nearest_accepted_answer_counts() -> None:
    other: JsonObject = {"objects": [CAR], "weather": ["snow"]}
    marked = mark_answer(other, [GOLD, other], {}, fields())
    assert (marked.correct, marked.nearest) == (True, other)
    assert {each["name"] for each in marked.classes} == {"car", "snow"}


@pytest.mark.parametrize(
    ("asked", "mark", "needed"),
    [(10, 0.8, 8), (10, 0.75, 8), (3, 2 / 3, 2), (3, 0.67, 3), (7, 0, 0), (5, 1, 5)],
)
def test_as_many_as_the_share_says_and_no_more(asked: int, mark: float, needed: int) -> None:
    assert needed_of(asked, mark) == needed


def rows(name: str, *right: bool) -> list[dict[str, Any]]:
    return [{"field": "objects", "name": name, "right": each} for each in right]


@pytest.mark.parametrize(
    ("correct", "class_marks", "passed"),
    [
        ([True, True, False], {}, True),
        ([True, False, False], {}, False),
        ([True, True, False], {"cyclist": 0.5}, True),
        ([True, True, False], {"cyclist": 0.6}, False),
        ([True, False, False], {"cyclist": 0.5}, False),  # a class alone passes nobody
        ([True, True, False], {"bus": 1.0}, True),  # nobody was asked about a bus
    ],
)
def test_marks_in_total_and_per_class(
    correct: list[bool], class_marks: dict[str, float], passed: bool
) -> None:
    classes = rows("car", True, True, True) + rows("cyclist", True, False)
    result = quiz_result(correct, classes, pass_mark=2 / 3, class_marks={"objects": class_marks})
    assert result.passed is passed
    assert result.needed == 2
    found = {row["name"]: (row["right"], row["asked"], row["passed"]) for row in result.classes}
    assert found["car"] == (3, 3, None)
    assert found["cyclist"][:2] == (1, 2)


NOW = datetime(2026, 11, 28, tzinfo=UTC)
POOL = [PoolItem(gold, frozenset({("tone", "rare" if gold == 7 else "usual")})) for gold in range(10)]


def draw(length: int, seen: dict[int, datetime], **marks: float) -> list[int]:
    return draw_quiz(POOL, length, class_marks={"tone": marks}, seen=seen)


def test_each_item_once_and_all_of_them_in_the_end() -> None:
    counts = Counter(gold for _ in range(400) for gold in draw(3, {}))
    assert sum(counts.values()) == 1200
    assert set(counts) == set(range(10))
    assert max(counts.values()) < 200, "none comes much oftener than others: 120 each on average"


def test_items_not_seen_come_first_then_the_oldest() -> None:
    seen = {gold: NOW - timedelta(days=gold) for gold in range(8)}
    assert set(draw(2, seen)) == {8, 9}
    assert set(draw(4, seen)) == {8, 9, 7, 6}


def test_a_class_with_a_mark_is_in_every_quiz() -> None:
    seen = {7: NOW}
    assert all(7 in draw(2, seen, rare=0.5) for _ in range(20))
    assert 7 not in draw(2, seen)
    assert len(draw(2, {}, rare=0.5, usual=0.5, never=0.5)) == 2
