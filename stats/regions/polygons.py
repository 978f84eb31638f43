"""Simple polygons: checked, their area, and what they share, exactly."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Floats, as_floats
from stats.regions.shared_areas import Indexes, edges_beside, shared_areas, sides_of

ROUNDING = 1e-9


class CrossingError(ValueError):
    """An outline that crosses itself; `edges` are two of those that do, by the corners they leave."""

    def __init__(self, name: str, edges: tuple[int, int]) -> None:
        self.edges = edges
        super().__init__(f"{name} crosses itself: the edges after corners {edges[0]} and {edges[1]}")


def as_polygon(points: ArrayLike, name: str) -> Floats:
    """Corners (n, 2) of a simple polygon, in either direction, without the first again at the end.

    Raises ValueError for fewer than three corners, no area, and an outline that crosses itself
    (CrossingError); where it only touches itself it is taken.
    """
    array = as_floats(points, name, ndim=2)
    if array.shape[1] != 2:
        message = f"{name} must have 2 columns: x, y"
        raise ValueError(message)
    if len(array) > 1 and (array[0] == array[-1]).all():
        array = array[:-1]
    if len(array) < 3:
        message = f"{name} must have at least 3 corners"
        raise ValueError(message)
    crossing = _first_crossing(array)
    if crossing is not None:
        raise CrossingError(name, crossing)
    if polygon_area(array) == 0:
        message = f"{name} has no area"
        raise ValueError(message)
    return array


def polygon_area(polygon: Floats) -> float:
    """Area of a simple polygon (n, 2): the shoelace formula, from its own corner on for exactness."""
    x, y = (polygon - polygon[0]).T
    return float(abs(x[:-1] @ y[1:] - x[1:] @ y[:-1]) / 2)


def polygon_iou(a: ArrayLike, b: ArrayLike) -> float:
    """IoU of two simple polygons (n, 2) and (m, 2) in [0, 1]: exact but for rounding.

    See ``stats.regions.shared_areas``. Raises ValueError as ``as_polygon``.
    """
    return float(polygon_iou_table([as_polygon(a, "a")], [as_polygon(b, "b")])[0, 0])


def polygon_ious(polygons: Sequence[Floats]) -> Floats:
    """IoU of every two of some checked polygons (n, n), 1 on the diagonal."""
    table = np.eye(len(polygons))
    rows, columns = np.nonzero(np.triu(_boxes_meet(polygons, polygons), 1))
    table[rows, columns] = table[columns, rows] = _ious(polygons, polygons, rows, columns)
    return table


def polygon_iou_table(a: Sequence[Floats], b: Sequence[Floats]) -> Floats:
    """IoU of every checked polygon in ``a`` with every one in ``b``: (n, m)."""
    table = np.zeros((len(a), len(b)))
    rows, columns = np.nonzero(_boxes_meet(a, b))
    table[rows, columns] = _ious(a, b, rows, columns)
    return table


def _boxes_meet(a: Sequence[Floats], b: Sequence[Floats]) -> Bools:
    """Which two have bounding boxes with a common area (n, m)."""
    (low_a, high_a), (low_b, high_b) = (
        (
            np.array([each.min(axis=0) for each in side]).reshape(-1, 2),
            np.array([each.max(axis=0) for each in side]).reshape(-1, 2),
        )
        for side in (a, b)
    )
    meet: Bools = np.all((low_a[:, None] < high_b) & (high_a[:, None] > low_b), axis=2)
    return meet


def _ious(a: Sequence[Floats], b: Sequence[Floats], rows: Indexes, columns: Indexes) -> Floats:
    """IoU of pairs (n,). Equal outlines overlap wholly; which is the first of two makes no difference."""
    written = [[each.tobytes() for each in side] for side in (a, b)]
    areas = [np.array([polygon_area(each) for each in side]) for side in (a, b)]
    # Where all are compared with all, every two meet twice.
    different: dict[tuple[bytes, bytes], int] = {}
    pairs: list[tuple[Floats, Floats]] = []
    place = np.empty(rows.size, dtype=np.intp)
    for at, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        one, other = written[0][row], written[1][column]
        if one == other:
            place[at] = -1
            continue
        place[at] = different.setdefault((min(one, other), max(one, other)), len(pairs))
        if place[at] == len(pairs):
            pairs.append((a[row], b[column]) if one < other else (b[column], a[row]))
    common = shared_areas([one for one, _ in pairs], [other for _, other in pairs])
    shared = np.append(common, 0.0)[place]
    union = areas[0][rows] + areas[1][columns] - shared
    ratio = np.divide(shared, union, out=np.zeros(rows.size), where=union > 0)
    ious: Floats = np.where(place < 0, 1.0, np.clip(ratio, 0.0, 1.0))
    return ious


def _first_crossing(polygon: Floats) -> tuple[int, int] | None:
    """The first two edges that cross each other, by the corners they leave; None if none do.

    Where they cross right at a corner, neither parts the other: then what is inside is not what the corners
    say.
    """
    edges = np.hstack([polygon, np.roll(polygon, -1, axis=0)])
    low, high = np.minimum(edges[:, 0], edges[:, 2]), np.maximum(edges[:, 0], edges[:, 2])
    alone = np.zeros(len(edges), dtype=np.intp)
    first, second = edges_beside(low, high, low, high, alone, alone)
    apart = (second - first > 1) & (second - first < len(edges) - 1)
    first, second = first[apart], second[apart]
    sides = sides_of(edges[first], edges[second]), sides_of(edges[second], edges[first])
    crossing = (sides[0] < 0) & (sides[1] < 0)
    touching = (sides[0] <= 0) & (sides[1] <= 0)
    if not crossing.any() and touching.any():
        area = polygon_area(polygon)
        inside = float(shared_areas([polygon], [polygon])[0])
        crossing = touching & (abs(inside - area) > ROUNDING * max(inside, area))
    pairs = sorted(zip(first[crossing].tolist(), second[crossing].tolist(), strict=True))
    return pairs[0] if pairs else None
