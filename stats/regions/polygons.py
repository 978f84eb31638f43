"""Simple polygons: checked, their area, and what they share, exactly."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Floats, as_floats


def as_polygon(points: ArrayLike, name: str) -> Floats:
    """Corners (n, 2) of a simple polygon, in either direction, without the first again at the end.

    Raises ValueError for fewer than three corners, no area, and an outline that crosses itself; where it only
    touches itself it is taken.
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
        first, second = crossing
        message = f"{name} crosses itself: the edges after corners {first} and {second}"
        raise ValueError(message)
    if polygon_area(array) == 0:
        message = f"{name} has no area"
        raise ValueError(message)
    return array


def polygon_area(polygon: Floats) -> float:
    """Area of a simple polygon (n, 2): the shoelace formula, from its own corner on for exactness."""
    x, y = (polygon - polygon[0]).T
    return float(abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2)


def polygon_iou(a: ArrayLike, b: ArrayLike) -> float:
    """IoU of two simple polygons (n, 2) and (m, 2) in [0, 1]: exact but for rounding.

    Both are cut into slabs at all corners and crossings; within a slab no two edges cross, so that what the
    two share there is its length at the middle times the slab's width. Common edges and corners need no
    special case. Time and memory grow with (n + m + crossings)(n + m). Raises ValueError as ``as_polygon``.
    """
    return _iou(as_polygon(a, "a"), as_polygon(b, "b"))


def polygon_ious(polygons: Sequence[Floats]) -> Floats:
    """IoU of every two of some checked polygons (n, n), 1 on the diagonal."""
    table = np.eye(len(polygons))
    low = np.array([polygon.min(axis=0) for polygon in polygons]).reshape(-1, 2)
    high = np.array([polygon.max(axis=0) for polygon in polygons]).reshape(-1, 2)
    apart = ((low[:, None] >= high[None]) | (high[:, None] <= low[None])).any(axis=2)
    for i, j in zip(*np.nonzero(np.triu(~apart, 1)), strict=True):
        table[i, j] = table[j, i] = _iou(polygons[i], polygons[j])
    return table


def _iou(a: Floats, b: Floats) -> float:
    common = shared_area(a, b)
    union = polygon_area(a) + polygon_area(b) - common
    return float(min(1.0, max(0.0, common / union)))


def shared_area(a: Floats, b: Floats) -> float:
    """Area that lies in both of two checked polygons."""
    middle = (a.mean(axis=0) + b.mean(axis=0)) / 2
    edges = [np.hstack([each, np.roll(each, -1, axis=0)]) for each in (a - middle, b - middle)]
    cuts = np.unique(np.concatenate([edges[0][:, 0], edges[1][:, 0], _crossings(*edges)]))
    inside = (cuts >= max(each[:, 0].min() for each in edges)) & (
        cuts <= min(each[:, 0].max() for each in edges)
    )
    cuts = cuts[inside]
    if cuts.size < 2:
        return 0.0
    at = (cuts[1:] + cuts[:-1]) / 2
    # A line through the middle of a slab meets edges of both at heights that sort into intervals.
    height = np.concatenate([_heights(each, at) for each in edges], axis=1)
    order = np.argsort(height, axis=1)
    height = np.take_along_axis(height, order, axis=1)
    of_a = order < len(a)
    in_a, in_b = (np.cumsum(side, axis=1) % 2 == 1 for side in (of_a, ~of_a))
    both: Bools = (in_a & in_b)[:, :-1] & np.isfinite(height[:, 1:])
    with np.errstate(invalid="ignore"):
        gaps = np.where(both, np.diff(height, axis=1), 0.0)
    return float(gaps.sum(axis=1) @ np.diff(cuts))


def _heights(edges: Floats, at: Floats) -> Floats:
    """Where vertical lines (s,) meet edges (n, 4): (s, n), infinite where they do not."""
    x1, y1, x2, y2 = edges.T
    run = np.where(x2 == x1, 1.0, x2 - x1)
    where = y1 + (at[:, None] - x1) / run * (y2 - y1)
    met = (at[:, None] > np.minimum(x1, x2)) & (at[:, None] < np.maximum(x1, x2))
    heights: Floats = np.where(met, where, np.inf)
    return heights


def _crossings(a: Floats, b: Floats) -> Floats:
    """The x of all points where an edge of one polygon crosses one of the other's."""
    start_a, along_a = a[:, None, :2], (a[:, 2:] - a[:, :2])[:, None]
    start_b, along_b = b[None, :, :2], (b[:, 2:] - b[:, :2])[None]
    across = _cross(along_a, along_b)
    parallel = across == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        on_a = _cross(start_b - start_a, along_b) / across
        on_b = _cross(start_b - start_a, along_a) / across
        hit = ~parallel & (on_a >= 0) & (on_a <= 1) & (on_b >= 0) & (on_b <= 1)
    x: Floats = (start_a[..., 0] + np.where(hit, on_a, 0.0) * along_a[..., 0])[hit]
    return x


def _cross(u: Floats, v: Floats) -> Floats:
    product: Floats = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return product


def _first_crossing(polygon: Floats) -> tuple[int, int] | None:
    """The first two edges that cross each other within both, by the corners they leave; None if none do."""
    start, end = polygon, np.roll(polygon, -1, axis=0)
    along = end - start
    # Which side of every edge each corner is on.
    side = np.sign(_cross(along[:, None], polygon[None] - start[:, None]))
    parts = side * np.roll(side, -1, axis=1) < 0
    crossing = np.triu(parts & parts.T, 1)
    if not crossing.any():
        return None
    first, second = np.argwhere(crossing)[0].tolist()
    return first, second
