"""What is compared with another product: which way a ratio goes, and that both get the same work."""

import pytest

from benchmarks.bars import LESS, MORE
from benchmarks.peers import work
from benchmarks.peers.measures import Measure, compared, measures


@pytest.mark.parametrize(
    ("better", "ours", "theirs", "verdict"),
    [
        (LESS, [10, 9, 12], [100, 90, 110], "met"),
        (LESS, [100, 90, 110], [10, 9, 12], "MISSED"),
        (MORE, [100, 90, 110], [10, 9, 12], "met"),
        (MORE, [10, 9, 12], [100, 90, 110], "MISSED"),
    ],
)
def test_it_works(better: str, ours: list[float], theirs: list[float], verdict: str) -> None:
    row = compared(Measure("next", "next", "ms", ">= 10", better), ours, theirs)
    assert row.verdict == verdict
    assert row.value == (10 if verdict == "met" else 0.1)
    assert row.low is not None
    assert row.high is not None
    assert row.low < row.value < row.high
    assert row.repeats == 3
    assert "ours" in row.note


def test_a_failure_is_not_passed_over() -> None:
    measure = Measure("next", "next", "ms")
    ours_failed, theirs_failed = compared(measure, [], [1]), compared(measure, [1], [])
    assert (ours_failed.verdict, ours_failed.note) == ("MISSED", "ours failed")
    assert not theirs_failed.verdict
    assert "theirs failed" in theirs_failed.note


def test_measures_have_names_of_their_own() -> None:
    found = measures(10_000, 1_000)
    assert len({one.key for one in found}) == len({one.what for one in found}) == len(found)


def test_the_work_is_the_same_every_time() -> None:
    texts = work.texts(100)
    assert texts == work.texts(100)
    assert texts != work.texts(100, seed=2)
    assert len(set(texts)) == 100
    assert sum(work.MARK in text.split() for text in texts) == 10
    assert sorted({len(work.answers(number)) for number in range(9)}) == [1, 2, 3]


def test_rectangles_fill_the_picture_and_stay_inside() -> None:
    boxes = work.rectangles(1000)
    assert len(boxes) == 1000
    assert max(box.left + box.width for box in boxes) < 1
    assert 0.9 < max(box.top + box.height for box in boxes) < 1
