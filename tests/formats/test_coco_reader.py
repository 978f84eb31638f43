"""COCO files read as answers: what our export writes, what pycocotools takes, what is wrong and where."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from formats.readers.coco import CocoImage, CocoProblem, read_coco
from labeltypes.answers import clean_answer
from labeltypes.base import ItemMedia
from labeltypes.ontology import parse_ontology
from stats.arrays import Bools
from stats.regions.filling import filled
from stats.regions.run_lengths import parse_counts
from tests.formats.world import VISION, context, export, photo

THREE = parse_ontology(
    {
        "media": [{"name": "photo", "kind": "image", "source": "image"}],
        "fields": [
            {"name": "boxes", "type": "box", "on": "photo", "classes": ["car"]},
            {
                "name": "lines",
                "type": "polygon",
                "on": "photo",
                "classes": [{"name": "tree", "title": "Big tree"}],
            },
            {"name": "masks", "type": "mask", "on": "photo", "classes": ["road", "car"]},
        ],
    }
)
SQUARE = [10, 20, 30, 20, 30, 40, 10, 40]


def file(*annotations: dict[str, Any], **other: Any) -> dict[str, Any]:
    """A COCO file with one image of 100 × 50 and these annotations, numbered from 71."""
    return {
        "images": [{"id": 5, "file_name": "a.jpg", "width": 100, "height": 50}],
        "categories": [
            {"id": 1, "name": "boxes.car"},
            {"id": 2, "name": "tree"},
            {"id": 3, "name": "road"},
            {"id": 4, "name": "car", "supercategory": "masks"},
        ],
        "annotations": [
            {"id": 71 + index, "image_id": 5, **annotation} for index, annotation in enumerate(annotations)
        ],
        **other,
    }


def one(*annotations: dict[str, Any]) -> CocoImage:
    """The image of that file."""
    (image,), problems = read_coco(file(*annotations), THREE)
    assert problems == []
    return image


def told(document: Any) -> list[tuple[int | str | None, str, str]]:
    """All that is wrong with a file."""
    images, problems = read_coco(document, THREE)
    every: list[CocoProblem] = [*problems, *(problem for image in images for problem in image.problems)]
    return [(each.annotation, each.path, each.message) for each in every]


def test_it_works() -> None:
    image = one(
        {"category_id": 1, "bbox": [1, 2, 30, 40], "segmentation": [SQUARE], "score": 0.5},
        {"category_id": 2, "segmentation": [SQUARE], "bbox": [10, 20, 20, 20], "score": 0.7},
        {"category_id": 3, "segmentation": {"size": [50, 100], "counts": [20, 10, 4970]}},
        {"category_id": 4, "segmentation": [SQUARE]},
    )
    assert (image.name, image.size, image.scores) == ("a.jpg", (100, 50), [0.5, 0.7])
    assert image.value["boxes"] == [{"id": "coco-71", "class": "car", "box": [1, 2, 30, 40]}]
    outline = [[10, 20], [30, 20], [30, 40], [10, 40]]
    assert image.value["lines"] == [{"id": "coco-72", "class": "tree", "polygon": outline}]
    road, car = image.value["masks"]
    assert pixels(road).sum() == 10
    assert pixels(car)[20:40, 10:30].all()
    assert pixels(car).sum() == 400
    clean = clean_answer(dict(image.value), THREE, {"photo": ItemMedia("image", width=100, height=50)})
    assert set(clean) == {"boxes", "lines", "masks"}


def test_an_export_comes_back() -> None:
    boxes = [("car", [10.0, 20.0, 50.0, 30.0]), ("person", [0.5, 0.25, 8.0, 16.0])]
    items = [photo("a.jpg", boxes, region={"attributes": {"occluded": "no"}}), photo("b.jpg", [])]
    content, _ = export("coco", items, context(VISION))
    first, second = read_coco(json.loads(content), VISION)[0]
    found = [(each["class"], each["box"]) for each in first.value["objects"]]
    assert found == boxes
    assert first.value["objects"][0]["attributes"] == {"occluded": "no"}
    assert "attributes" not in first.value["objects"][1], "a class has only its own"
    assert second.value == {"objects": []}, "an image without annotations says that there is nothing"


def test_what_is_wrong_is_told_with_annotation_and_place() -> None:
    assert told(file({"category_id": 1, "bbox": [1, 2, 3]})) == [
        (71, "annotations[0].bbox", "must be four numbers: x, y, width, height")
    ]
    assert told(file({"category_id": 2, "segmentation": [[1, 2, 3, "4"]]})) == [
        (71, "annotations[0].segmentation[0][3]", "must be a number")
    ]
    assert told(file({"category_id": 2, "segmentation": [SQUARE, SQUARE]})) == [
        (71, "annotations[0].segmentation", "has 2 parts: field 'lines' takes one outline")
    ]
    runs = {"size": [50, 100], "counts": [20, 10]}
    assert told(file({"category_id": 3, "segmentation": runs})) == [
        (71, "annotations[0].segmentation.counts", "covers 30 of the 5,000 pixels of its size")
    ]
    whole = {"size": [50, 100], "counts": "PVT4"}
    assert told(file({"category_id": 2, "segmentation": whole}))[0][2].startswith("is run lengths")
    assert (
        told(file({"category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 1}))[0][1] == "annotations[0].iscrowd"
    )
    assert told(file({"category_id": 9}))[0][1] == "annotations[0].category_id"
    assert told(file({"category_id": 1, "image_id": 6}))[0] == (
        71, "annotations[0].image_id", "is no image of this file",
    )  # fmt: skip


def test_what_is_wrong_with_the_file_is_told_too() -> None:
    assert told([]) == [(None, "", "must be an object with images, annotations and categories")]
    assert told({"images": []}) == [
        (None, "annotations", "must be a list"),
        (None, "categories", "must be a list"),
    ]
    twice = [{"id": 1, "file_name": "a"}, {"id": 2, "file_name": "a"}, {"id": 1}, {"id": 3}, 7]
    assert [path for _, path, _ in told(file(images=twice))] == [
        "images[1].file_name", "images[2].id", "images[3].file_name", "images[4].id",
    ]  # fmt: skip
    strange = [{"id": 1, "name": "car"}, {"id": 2, "name": "boat"}, {"name": "road"}, None]
    assert told(file(categories=strange)) == [
        (None, "categories[0].name", "is a class of several fields: write boxes.car, masks.car"),
        (None, "categories[1].name", "'boat' is no class of a field on images"),
        (None, "categories[2].id", "must be a number or text"),
        (None, "categories[3].id", "must be a number or text"),
    ]
    assert (
        told(file({"category_id": 2, "segmentation": [SQUARE]}, categories=[{"id": 2, "name": "Big tree"}]))
        == []
    )


def test_no_outline_fills_the_memory() -> None:
    images = [{"id": 5, "file_name": "a.jpg", "width": 2_000_000_000, "height": 1}]
    annotation = {"category_id": 3, "segmentation": [[0, 0, 2_000_000_000, 0, 0, 1, 5, 5] * 9]}
    assert told(file(annotation, images=images)) == [
        (71, "annotations[0].segmentation", "has too many points for an image of this size")
    ]


@given(st.lists(st.tuples(st.floats(-5, 30), st.floats(-5, 25)), min_size=3, max_size=9), st.integers(1, 2))
def test_an_outline_is_filled_where_pixels_have_their_middle_in_it(
    points: list[tuple[float, float]], parts: int
) -> None:
    rings = [np.array(points) + 3.3 * part for part in range(parts)]
    found = filled(rings, 20, 24)
    wanted = np.zeros((20, 24), dtype=np.bool_)
    for ring in rings:
        wanted |= inside(ring, 20, 24)
    assert (found.dense() == wanted).all()


def test_outlines_are_filled_much_as_pycocotools_does() -> None:
    ring = [10.2, 5.1, 80.7, 9.9, 60.3, 44.2, 20.8, 40.0]
    theirs = coco_mask.decode(coco_mask.frPyObjects([ring], 50, 100))[:, :, 0].astype(np.bool_)
    ours = filled([np.array(ring).reshape(-1, 2)], 50, 100).dense()
    assert (theirs & ours).sum() / (theirs | ours).sum() > 0.97


def inside(ring: np.ndarray[Any, np.dtype[np.float64]], height: int, width: int) -> Bools:
    """Pixel by pixel: how often a line upwards from its middle meets the ring."""
    found = np.zeros((height, width), dtype=np.bool_)
    for (x1, y1), (x2, y2) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        for column in range(width):
            x = column + 0.5
            if min(x1, x2) <= x < max(x1, x2):
                y = y1 + (x - x1) / (x2 - x1) * (y2 - y1)
                found[:, column] ^= np.arange(height) + 0.5 >= y
    return found


def pixels(region: dict[str, Any]) -> Bools:
    """Of a region with a mask."""
    return parse_counts(region["mask"]["counts"], *region["mask"]["size"]).dense()


@pytest.mark.parametrize("size", [[50], [0, 100], [50.0, 100], "5", None])
def test_a_size_is_two_whole_numbers(size: Any) -> None:
    problem = told(file({"category_id": 3, "segmentation": {"size": size, "counts": [5000]}}))
    assert problem == [(71, "annotations[0].segmentation.size", "must be height and width")]
