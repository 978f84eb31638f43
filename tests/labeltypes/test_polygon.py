"""Outlines: what is refused, what drafts may have, and merging by a known crowd."""

from typing import Any

import pytest

from labeltypes import registry
from labeltypes.base import Invalid, ItemMedia, Json
from labeltypes.polygon.geometry import MAX_POINTS
from stats.regions.polygons import polygon_iou_table
from tests.labeltypes.known_crowds import field_of, merged_beside_boxes

POLYGON, BOX = registry.get_type("polygon"), registry.get_type("box")
PHOTO = ItemMedia("image", width=640, height=480)


FIELD = field_of("polygon")


def outline(*points: Any) -> list[Json]:
    return [{"id": "p", "class": "a", "polygon": list(points)}]


def problems(value: list[Json]) -> list[str]:
    with pytest.raises(Invalid) as caught:
        POLYGON.clean(value, FIELD, PHOTO)
    return [str(each) for each in caught.value.problems]


def staircase(points: int) -> list[Any]:
    """A simple outline with so many points."""
    return [[index / 4, 100.0] for index in range(points - 1)] + [[10, 200]]


def test_it_works() -> None:
    value = outline([0, 0], [10, 0], [10, 10])
    assert POLYGON.clean(value, FIELD, PHOTO) == outline([0.0, 0.0], [10.0, 0.0], [10.0, 10.0])


def test_no_more_points_than_allowed() -> None:
    assert POLYGON.clean(outline(*staircase(MAX_POINTS)), FIELD, PHOTO)
    assert problems(outline(*staircase(MAX_POINTS + 1))) == [
        "objects[0].polygon: has 1,001 points, at most 1,000 are allowed"
    ]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), True, None, "1", 1e300])
def test_what_is_no_number(wrong: Any) -> None:
    [problem] = problems(outline([0, 0], [10, wrong], [10, 10]))
    assert problem.startswith("objects[0].polygon[1][1]: must be")


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert problems([*outline([0, 0], [-1, 700], 7), {"id": "q", "class": "c", "polygon": []}]) == [
        "objects[0].polygon[1][0]: must be >= 0",
        "objects[0].polygon[1][1]: reaches beyond the image (480 px high)",
        "objects[0].polygon[2]: must be a list of 2 numbers: x, y",
        'objects[1].class: "c" is not a class',
        "objects[1].polygon: must have at least 3 different points",
    ]


def test_nothing_remains_of_what_lies_in_the_margin() -> None:
    """Cut to the image it has no area."""
    assert problems(outline([-0.4, 0], [-0.2, 4], [-0.3, 9])) == ["objects[0].polygon: must have an area"]


def test_a_crossing_is_refused_in_a_draft_too() -> None:
    with pytest.raises(Invalid, match="crosses itself"):
        POLYGON.clean(outline([0, 0], [10, 10], [10, 0], [0, 8]), POLYGON.relaxed(FIELD), PHOTO)


def as_outlines(value: Any) -> list[Json]:
    """Boxes by their corners."""
    found: list[Json] = []
    for region in value:
        x, y, width, height = region["box"]
        corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
        found.append({"id": region["id"], "class": region["class"], "polygon": corners})
    return found


def test_a_known_crowd_finds_the_same_objects_as_in_boxes() -> None:
    """The same drawings as boxes and as their outlines: the same people, objects and probabilities."""
    for one, other in merged_beside_boxes("polygon", as_outlines):
        assert other.confidence == pytest.approx(one.confidence)
        assert other.existence == pytest.approx(one.existence)
        assert [each["class"] for each in other.value] == [each["class"] for each in one.value]
        assert 1 - POLYGON.distance(other.value, as_outlines(one.value), FIELD) > 0.9
        assert POLYGON.clean(other.value, FIELD) == other.value


def test_overlaps_do_not_depend_on_the_order_to_the_last_bit() -> None:
    one = [{"polygon": [[0.1, 0.2], [30.3, 1.7], [29.9, 33.1], [3.3, 28.8]]}]
    other = [{"polygon": [[5.1, 4.2], [36.3, 3.7], [30.9, 30.1]]}]
    assert POLYGON.overlaps(one, other)[0, 0] == POLYGON.overlaps(other, one)[0, 0]
    assert polygon_iou_table([], []).shape == (0, 0)
