"""Checking the points of an outline against the image."""

from __future__ import annotations

from labeltypes.base import Invalid, Json
from labeltypes.checks import MAX_NUMBER, Problems, need_number
from labeltypes.image_regions import OUTSIDE
from stats.regions.polygons import CrossingError, as_polygon

MAX_POINTS = 1_000
LEAST_POINTS = 3

Point = tuple[float, float]
Size = tuple[int, int]


def clean_outline(raw: Json, size: Size | None, path: str) -> list[Point]:
    """Points of a simple outline inside an image of `size`, cut where they stick out by a rounding.

    A point that repeats the one before it goes, also the first again at the end. Raises Invalid.
    """
    if not isinstance(raw, list):
        raise Invalid.at(path, "must be a list of points [x, y]")
    if len(raw) > MAX_POINTS:
        raise Invalid.at(path, f"has {len(raw):,} points, at most {MAX_POINTS:,} are allowed")
    problems = Problems()
    points: list[Point] = []
    width, height = size or (MAX_NUMBER, MAX_NUMBER)
    for index, each in enumerate(raw):
        with problems.collect():
            point = _plain(each, width, height) or _point(each, size, f"{path}[{index}]")
            if not points or points[-1] != point:
                points.append(point)
    problems.raise_if_any()
    while len(points) > 1 and points[0] == points[-1]:
        points.pop()
    _check_simple(points, path)
    return points


def _check_simple(points: list[Point], path: str) -> None:
    if len(points) < LEAST_POINTS:
        raise Invalid.at(path, f"must have at least {LEAST_POINTS} different points")
    try:
        as_polygon(points, path)
    except CrossingError as error:
        first, second = error.edges
        raise Invalid.at(path, f"crosses itself: the edges after [{first}] and [{second}]") from None
    except ValueError:
        raise Invalid.at(path, "must have an area") from None


def _plain(raw: Json, width: int, height: int) -> Point | None:
    """A point well inside the image, as nearly all are; None for one that wants a closer look."""
    if not isinstance(raw, list) or len(raw) != 2:
        return None
    x, y = raw
    if not isinstance(x, int | float) or not isinstance(y, int | float):
        return None
    if isinstance(x, bool) or isinstance(y, bool) or not (0 < x < width and 0 < y < height):
        return None
    return float(x), float(y)


def _point(raw: Json, size: Size | None, path: str) -> Point:
    if not isinstance(raw, list) or len(raw) != 2:
        raise Invalid.at(path, "must be a list of 2 numbers: x, y")
    problems = Problems()
    numbers: list[float] = []
    for axis, value in enumerate(raw):
        with problems.collect():
            number = float(need_number(value, f"{path}[{axis}]"))
            numbers.append(number if size is None else _inside(number, axis, size, f"{path}[{axis}]"))
    problems.raise_if_any()
    x, y = numbers
    return x, y


def _inside(number: float, axis: int, size: Size, path: str) -> float:
    limit = size[axis]
    if number < -OUTSIDE:
        raise Invalid.at(path, "must be >= 0")
    if number > limit + OUTSIDE:
        raise Invalid.at(path, f"reaches beyond the image ({limit} px {'high' if axis else 'wide'})")
    return min(max(number, 0.0), float(limit))
