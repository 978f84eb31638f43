"""Polygons: overlaps by hand, refusals, fused outlines nearer to the truth, existence, invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.regions.outlines import fuse_polygons, match_polygons, polygon_consensus
from stats.regions.polygons import CrossingError, as_polygon, polygon_area, polygon_iou, polygon_ious

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], dtype=float)
CORNER = np.array([[0, 0], [10, 0], [10, 4], [4, 4], [4, 10], [0, 10]], dtype=float)


def moved(polygon, x, y):
    return polygon + np.array([x, y], dtype=float)


def blob(rng):
    """A lumpy outline that no straight line describes; seldom convex."""
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    radius = 1 + sum(
        rng.normal(0, 0.25 / k) * np.cos(k * angle) + rng.normal(0, 0.25 / k) * np.sin(k * angle)
        for k in range(1, 5)
    )
    return 50 * np.maximum(radius, 0.3)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def drawn(rng, outline, noise):
    """Ten to twenty corners on an outline, a little off, from any of them, in any direction."""
    size = int(rng.integers(10, 21))
    at = np.sort(((np.arange(size) + rng.uniform(-0.3, 0.3, size)) / size * len(outline)).astype(int))
    corners = np.roll(
        outline[at % len(outline)] + rng.normal(0, noise, (size, 2)), rng.integers(size), axis=0
    )
    return corners[::-1] if rng.random() < 0.5 else corners


def simple(polygon):
    try:
        return as_polygon(polygon, "polygon")
    except ValueError:
        return None


def test_a_crossing_right_at_a_corner_is_found():
    """No edge parts another there; an outline that turns back at the same point only touches itself."""
    with pytest.raises(CrossingError) as caught:
        as_polygon([[0, 0], [10, 10], [20, 20], [20, 0], [10, 10], [0, 30]], "a")
    assert caught.value.edges == (0, 3)
    bow = as_polygon([[0, 0], [10, 10], [20, 0], [20, 20], [10, 10], [0, 20]], "a")
    assert polygon_area(bow) == 200


def test_a_fused_outline_has_no_needless_points():
    fused = fuse_polygons([SQUARE * 16, moved(SQUARE * 16, 1, 0), moved(SQUARE * 16, 0, 1)])
    assert len(fused) == 4


def test_it_works():
    fused = fuse_polygons([SQUARE, moved(SQUARE, 1, 0), moved(SQUARE, -1, 0)])
    assert polygon_iou(fused, SQUARE) > 0.97
    found = polygon_consensus(
        [0, 0, 0], [0, 1, 0], [SQUARE, SQUARE + 0.5, SQUARE + 40], n_tasks=1, n_workers=2
    )
    assert found.cluster.tolist() == [0, 0, 1]
    assert found.probability[0] > 0.95 > found.probability[1]
    assert found.polygons[1].tolist() == (SQUARE + 40).tolist()


@pytest.mark.parametrize(
    ("a", "b", "iou"),
    [
        (SQUARE, SQUARE, 1),
        (SQUARE, SQUARE[::-1], 1),
        (SQUARE, np.roll(SQUARE, 2, axis=0), 1),
        (SQUARE, SQUARE + 5, 25 / 175),
        (SQUARE, moved(SQUARE, 5, 0), 1 / 3),
        (SQUARE, moved(SQUARE, 10, 0), 0),  # a common edge only
        (SQUARE, SQUARE / 2, 1 / 4),  # common corner and edges
        (SQUARE, SQUARE + 20, 0),
        (SQUARE, CORNER, 64 / 100),
        (CORNER, SQUARE[[0, 1, 3]], (50 - 2) / (64 + 2)),  # a diagonal through a notch
        (CORNER, moved(CORNER[::-1] * [-1, 1], 10, 0), 40 / (64 + 64 - 40)),
    ],
)
def test_overlaps_by_hand(a, b, iou):
    assert polygon_iou(a, b) == pytest.approx(iou, abs=1e-12)
    assert polygon_iou(b, a) == pytest.approx(iou, abs=1e-12)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 2**31), st.floats(0, 6.3), st.floats(0.1, 10))
def test_turning_shifting_and_stretching_change_nothing(seed, angle, scale):
    rng = np.random.default_rng(seed)
    a, b = drawn(rng, blob(rng), 1), drawn(rng, blob(rng) + 20, 1)
    if simple(a) is None or simple(b) is None:
        return
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = [each @ turn * scale + np.array([1000.0, -3.0]) for each in (a, b)]
    assert polygon_iou(*turned) == pytest.approx(polygon_iou(a, b), abs=1e-7)
    assert polygon_area(turned[0]) == pytest.approx(polygon_area(a) * scale**2)
    assert polygon_iou(a, a) == pytest.approx(1, abs=1e-9)


def test_overlap_equals_counting_points():
    rng = np.random.default_rng(5)
    a, b = blob(rng), moved(blob(rng), 15, 5)
    points = rng.uniform(-120, 120, (100_000, 2))

    def within(polygon):
        inside = np.zeros(len(points), dtype=bool)
        for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            meets = (y1 > points[:, 1]) != (y2 > points[:, 1])
            inside ^= meets & (points[:, 0] < x1 + (points[:, 1] - y1) / (y2 - y1) * (x2 - x1))
        return inside

    in_a, in_b = within(a), within(b)
    assert polygon_iou(a, b) == pytest.approx((in_a & in_b).sum() / (in_a | in_b).sum(), abs=0.01)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[0, 0], [10, 10], [10, 0], [0, 10]], "crosses itself: the edges after corners 0 and 2"),
        ([[0, 0], [1, 1]], "at least 3"),
        ([[0, 0], [1, 1], [2, 2]], "no area"),
        ([[0, 0], [1, np.nan], [2, 2]], "finite"),
        ([[0, 0, 1], [1, 1, 1], [2, 0, 1]], "2 columns"),
    ],
)
def test_refused(points, message):
    with pytest.raises(ValueError, match=message):
        polygon_iou(points, SQUARE)
    with pytest.raises(ValueError, match=r"polygons\[1\]"):
        fuse_polygons([SQUARE, points])


def test_of_nothing():
    assert fuse_polygons([]) is None
    assert fuse_polygons([SQUARE], [0]) is None
    assert match_polygons([], [SQUARE]).alone_b == (0,)
    assert polygon_ious([]).shape == (0, 0)
    found = polygon_consensus([], [], [], n_tasks=1, n_workers=2)
    assert (found.task.size, found.polygons, found.expected_f1) == (0, (), 0)
    with pytest.raises(ValueError, match="same length"):
        polygon_consensus([0], [0], [], n_tasks=1, n_workers=1)


def test_a_first_corner_repeated_is_none():
    assert as_polygon([*SQUARE, SQUARE[0]], "a").tolist() == SQUARE.tolist()


def test_matching():
    found = match_polygons([SQUARE, SQUARE + 30], [SQUARE + 31, moved(SQUARE, 2, 0), SQUARE + 90])
    assert found.pairs == ((0, 1), (1, 0))
    assert found.distances == pytest.approx((1 - 80 / 120, 1 - 81 / 119))
    assert match_polygons([SQUARE], [moved(SQUARE, 5, 0)], limit=0.5).pairs == ()


def test_equal_polygons_and_a_trusted_one_come_back():
    assert fuse_polygons([CORNER, CORNER[::-1]]).tolist() == CORNER.tolist()
    assert fuse_polygons([CORNER, SQUARE], [0, 2]).tolist() == SQUARE.tolist()


def test_fused_outlines_are_nearer_than_anybodys_and_than_the_most_common():
    rng = np.random.default_rng(1)
    single, middle, fused = [], [], []
    for _ in range(40):
        outline = blob(rng)
        people = [each for each in (drawn(rng, outline, 2.5) for _ in range(5)) if simple(each) is not None]
        overlap = [polygon_iou(each, outline) for each in people]
        single.append(np.mean(overlap))
        middle.append(overlap[int(polygon_ious(people).sum(axis=1).argmax())])
        fused.append(polygon_iou(fuse_polygons(people), outline))
    assert np.mean(fused) > np.mean(single) + 0.02
    assert np.mean(fused) > np.mean(middle)


def test_existence_and_order():
    """Who overlooks and who invents is told apart; neither order nor direction matters."""
    rng = np.random.default_rng(2)
    rows = []
    for task in range(25):
        for at in range(3):
            outline = moved(blob(rng), 300 * at, 0)
            rows += [
                (task, person, drawn(rng, outline, 1.5))
                for person, seen in enumerate((0.95, 0.9, 0.5)) if rng.random() < seen
            ]  # fmt: skip
        rows += [
            (task, 1, drawn(rng, moved(blob(rng), 300 * at, 400), 1)) for at in range(rng.integers(0, 4))
        ]
    rows = [row for row in rows if simple(row[2]) is not None]
    views = (np.repeat(np.arange(25), 3), np.tile(np.arange(3), 25))

    def run(given):
        return polygon_consensus(*zip(*given, strict=True), n_tasks=25, n_workers=3, views=views)

    found = run(rows)
    rates = found.existence
    assert rates.detection[2] < 0.7 < rates.detection[:2].min()
    assert rates.false_rate[1] > 3 * rates.false_rate[[0, 2]].max()
    assert 65 <= found.kept.sum() <= 85
    mixed = run([(task, person, each[::-1]) for task, person, each in reversed(rows)])
    assert sorted(mixed.probability.round(9)) == pytest.approx(sorted(found.probability.round(9)))
    areas = [sorted(polygon_area(each) for each in result.polygons) for result in (found, mixed)]
    assert areas[0] == pytest.approx(areas[1], rel=1e-6)
