"""Masks: what is refused, and merging, by weight and by a known crowd."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from labeltypes import registry
from labeltypes.base import Invalid, ItemMedia, Json
from labeltypes.mask import geometry
from stats.regions.run_lengths import Runs, counts_of, runs_of
from tests.labeltypes.known_crowds import field_of, merged_beside_boxes

MASK, BOX = registry.get_type("mask"), registry.get_type("box")
PHOTO = ItemMedia("image", width=640, height=480)


FIELD = field_of("mask")


def filled(
    x: float, y: float, width: float, height: float, size: tuple[int, int] = (480, 640)
) -> dict[str, Json]:
    """A rectangle of pixels."""
    pixels = np.zeros(size, dtype=np.bool_)
    pixels[round(y) : round(y + height), round(x) : round(x + width)] = True
    return {"size": [*size], "counts": counts_of(runs_of(pixels))}


def value(*masks: Any) -> list[Json]:
    return [{"id": f"m{at}", "class": "a", "mask": mask} for at, mask in enumerate(masks)]


def problems(raw: list[Json]) -> list[str]:
    with pytest.raises(Invalid) as caught:
        MASK.clean(raw, FIELD, PHOTO)
    return [str(each) for each in caught.value.problems]


def test_it_works() -> None:
    assert MASK.clean(value(filled(10, 20, 30, 40)), FIELD, PHOTO) == value(filled(10, 20, 30, 40))


def test_all_that_is_wrong_is_said_at_once() -> None:
    raw = [*value({"size": [1], "counts": 3}), {"id": "q", "class": "c", "mask": {}}]
    assert problems(raw) == [
        "objects[0].mask.counts: must be a text: compressed run lengths",
        "objects[0].mask.size: must be a list of 2 whole numbers: height, width",
        'objects[1].class: "c" is not a class',
        "objects[1].mask.counts: must be a text: compressed run lengths",
        "objects[1].mask.size: must be a list of 2 whole numbers: height, width",
    ]


def test_masks_of_an_answer_are_not_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).random((480, 640)) < 0.5
    mask: dict[str, Json] = {"size": [480, 640], "counts": counts_of(runs_of(noise))}
    length = len(str(mask["counts"]))
    assert length < geometry.MAX_COUNTS < 10 * length
    assert MASK.clean(value(mask), FIELD, PHOTO)
    [problem] = problems(value(*[mask] * 10))
    assert problem == f"objects: has masks of {10 * length:,} characters, at most 1,000,000 are allowed"
    [problem] = problems(value({"size": [480, 640], "counts": "0" * 1_000_001}))
    assert problem == "objects[0].mask.counts: has 1,000,001 characters, at most 1,000,000 are allowed"


def test_an_image_of_unknown_size() -> None:
    """Any size that can be counted."""
    assert MASK.clean(value(filled(0, 0, 2, 2, (4, 5))), FIELD) == value(filled(0, 0, 2, 2, (4, 5)))
    for size in ([0, 5], [2**16, 2**16], [-2, -5]):
        with pytest.raises(Invalid, match="must be of 1 to 2,147,483,647 pixels"):
            MASK.clean(value({"size": size, "counts": "0"}), FIELD)


def as_masks(boxes: Any) -> list[Json]:
    """Boxes by their pixels, two to one of theirs each way."""
    found: list[Json] = []
    for box in boxes:
        x, y, width, height = (2 * at for at in box["box"])
        left, right = round(x), round(x + width)
        starts = np.arange(left, right) * 4000 + round(y)
        edges = np.stack([starts, starts + round(y + height) - round(y)], axis=1).ravel()
        mask = {"size": [4000, 4000], "counts": counts_of(Runs(4000, 4000, edges))}
        found.append({"id": box["id"], "class": box["class"], "mask": mask})
    return found


def test_a_known_crowd_finds_the_same_objects_as_in_boxes() -> None:
    """The same drawings as boxes and as their pixels: nearly the same objects in the same places."""
    near = []
    for one, other in merged_beside_boxes("mask", as_masks):
        near.append(1 - MASK.distance(other.value, as_masks(one.value), FIELD))
        assert other.confidence == pytest.approx(one.confidence, abs=0.05)
        assert MASK.clean(other.value, FIELD) == other.value
    assert np.mean(near) > 0.9


def test_many_masks_of_a_large_picture_are_merged_without_unpacking_one() -> None:
    """5 people, 20 masks each, 12 megapixels: all of it takes less memory than the pixels of one."""
    rng = np.random.default_rng(3)
    answers = []
    for _ in range(5):
        regions: list[Json] = []
        for at in range(20):
            x, y = at % 5 * 780 + rng.integers(380, 400), at // 5 * 740 + rng.integers(360, 380)
            radius = rng.integers(320, 350)
            across = np.arange(-radius + 1, radius)
            half = np.floor(np.sqrt(radius**2 - across**2)).astype(np.int64)
            middle = (x + across) * 3000 + y
            edges = np.stack([middle - half, middle + half + 1], axis=1).ravel()
            mask = {"size": [3000, 4000], "counts": counts_of(Runs(3000, 4000, edges))}
            regions.append({"id": f"m{at}", "class": "a", "mask": mask})
        answers.append(regions)
    tracemalloc.start()
    try:
        merged = MASK.merge(answers, [1] * 5, None, FIELD)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3000 * 4000
    assert isinstance(merged.value, list)
    assert len(merged.value) == 20
    assert merged.confidence > 0.85
