"""Checking run lengths against the image."""

from __future__ import annotations

from labeltypes.base import Invalid, Json, JsonObject
from labeltypes.checks import Problems, child, need_integer, need_object, refuse_unknown
from stats.regions.run_lengths import RunError, Runs, counts_of, parse_counts

MAX_COUNTS = 1_000_000  # characters of all masks of an answer
MAX_PIXELS = 2**31 - 1  # what readers of the format can count

Size = tuple[int, int]


def clean_mask(raw: Json, size: Size | None, path: str) -> JsonObject:
    """`size` [height, width] and `counts` of a mask on an image of `size`, in the shortest text. Raises
    Invalid."""
    mask = need_object(raw, path)
    problems = Problems()
    with problems.collect():
        refuse_unknown(mask, ("size", "counts"), path)
    counts = mask.get("counts")
    if not isinstance(counts, str):
        problems.add(child(path, "counts"), "must be a text: compressed run lengths")
    elif len(counts) > MAX_COUNTS:
        problems.add(
            child(path, "counts"), f"has {len(counts):,} characters, at most {MAX_COUNTS:,} are allowed"
        )
    with problems.collect():
        height, width = _size(mask.get("size"), size, child(path, "size"))
    problems.raise_if_any()
    try:
        runs = parse_counts(str(counts), height, width)
    except RunError as error:
        raise Invalid.at(child(path, "counts"), str(error)) from None
    if not runs.edges.size:
        raise Invalid.at(child(path, "counts"), "must have at least one pixel")
    return as_json(runs)


def as_json(runs: Runs) -> JsonObject:
    """A mask as it is stored."""
    return {"size": [runs.height, runs.width], "counts": counts_of(runs)}


def counts_in(region: JsonObject) -> str:
    """The run lengths of a clean region, as text."""
    return _parts(region)[1]


def mask_of(region: JsonObject) -> Runs:
    """The runs of a clean region."""
    (height, width), counts = _parts(region)
    return parse_counts(counts, height, width)


def _parts(region: JsonObject) -> tuple[Size, str]:
    mask = region["mask"]
    if isinstance(mask, dict) and isinstance(size := mask["size"], list):
        height, width = (side for side in size if isinstance(side, int))
        return (height, width), str(mask["counts"])
    raise TypeError(f"{region!r} is not a clean mask")


def _size(raw: Json, image: Size | None, path: str) -> Size:
    if not isinstance(raw, list) or len(raw) != 2:
        raise Invalid.at(path, "must be a list of 2 whole numbers: height, width")
    height, width = (need_integer(side, f"{path}[{axis}]") for axis, side in enumerate(raw))
    if image is not None and (height, width) != image:
        raise Invalid.at(path, f"must be that of the image: [{image[0]}, {image[1]}]")
    if height < 1 or width < 1 or height * width > MAX_PIXELS:
        raise Invalid.at(path, f"must be of 1 to {MAX_PIXELS:,} pixels")
    return height, width
