"""Checking the four numbers of a box against the image."""

from __future__ import annotations

from labeltypes.base import Invalid, Json
from labeltypes.checks import Problems, need_number
from labeltypes.image_regions import OUTSIDE


def clean_box(raw: Json, path: str) -> tuple[float, float, float, float]:
    """x, y, width, height as floats. Raises Invalid."""
    if not isinstance(raw, list) or len(raw) != 4:
        raise Invalid.at(path, "must be a list of 4 numbers: x, y, width, height")
    problems = Problems()
    numbers: list[float] = []
    for index, value in enumerate(raw):
        with problems.collect():
            numbers.append(float(need_number(value, f"{path}[{index}]")))
    problems.raise_if_any()
    x, y, width, height = numbers
    for index, size in ((2, width), (3, height)):
        if size <= 0:
            problems.add(f"{path}[{index}]", "must be > 0")
    problems.raise_if_any()
    return x, y, width, height


def clamped(
    start: float, size: float, limit: int, paths: tuple[str, str], extent: str
) -> tuple[float, float]:
    """Start and size along one axis of an image of `limit` pixels, cut where they stick out by a rounding.

    `paths` name start and size in a problem; `extent` is "wide" or "high". What lies inside stays as it is,
    to the last bit, so that checking twice changes nothing.
    """
    if start < -OUTSIDE:
        raise Invalid.at(paths[0], "must be >= 0")
    if start + size > limit + OUTSIDE:
        raise Invalid.at(paths[1], f"reaches beyond the image ({limit} px {extent})")
    if start < 0:
        start, size = 0.0, start + size
    if start + size > limit:
        size = limit - start
    return start, size
