"""Segments of time: overlaps and agreement by hand, simulated crowds, invariances, undefined cases."""

import numpy as np
import pytest

from stats.agreement.distance_alpha import distance_alpha
from stats.regions.iou import span_iou
from stats.regions.matching import match
from stats.segments.consensus import segment_consensus
from stats.segments.matching import match_segments, segment_distance, segment_iou


def recordings(seed, *, tasks=40, people=8, per=3, touching=False):
    """People's deviations in seconds; true (start, end, class) per recording; drawings; who looked."""
    rng = np.random.default_rng(seed)
    deviation = 0.4 * np.exp(rng.normal(0, 0.6, people))
    truth, rows, views = [], [], []
    for task in range(tasks):
        length = rng.uniform(3, 15, 8)
        gap = np.zeros(8) if touching else rng.uniform(2, 10, 8)
        start = np.cumsum(gap) + np.cumsum(length) - length
        real = np.stack([start, start + length, rng.integers(0, 3, 8)], axis=1)
        truth.append(real)
        for person in rng.choice(people, per, replace=False).tolist():
            views.append((task, person))
            mine = real.copy()
            mine[:, :2] += rng.normal(0, deviation[person], (8, 2))
            if touching:
                mine[1:, 0] = mine[:-1, 1]
            mine[:, 2] = np.where(rng.random(8) < 0.1, rng.integers(0, 3, 8), mine[:, 2])
            made_up = np.array([[at, at + 4, 0] for at in rng.uniform(0, real[-1, 1], rng.poisson(0.5))])
            mine = np.vstack([mine[rng.random(8) < 0.85], made_up.reshape(-1, 3)])
            rows += [(task, person, *each) for each in mine if each[1] > each[0]]
    return deviation, truth, np.array(rows), np.array(views)


def merged(rows, views, *, people=8, tasks=40, **options):
    codes = rows[:, [0, 1, 4]].astype(int).T
    return segment_consensus(
        codes[0], codes[1], rows[:, 2], rows[:, 3], codes[2],
        n_tasks=tasks, n_workers=people, n_classes=3, views=(views[:, 0], views[:, 1]), **options,
    )  # fmt: skip


def test_it_works():
    found = segment_consensus(
        [0, 0, 0, 0], [0, 1, 2, 0], [1.0, 1.2, 0.8, 30], [9.0, 9.1, 8.9, 31], [1, 1, 1, 0],
        n_tasks=1, n_workers=3, n_classes=2,
    )  # fmt: skip
    assert found.cluster.tolist() == [0, 0, 0, 1]
    assert found.label.tolist() == [1, 0]
    assert found.start[0] == pytest.approx(1.0, abs=0.2)
    assert found.start_interval[0, 0] < found.start[0] < found.start_interval[0, 1]
    assert found.end[0] == pytest.approx(9.0, abs=0.1)
    assert found.probability[0] > 0.95 > found.probability[1]


def test_overlaps_by_hand():
    a = [(0, 10, 0), (20, 24, 1)]
    b = [(5, 15, 0), (20, 24, 0), (23, 25, 1)]
    # 5 of 15 seconds; equal times of another class; 1 of 5 seconds.
    assert segment_iou(a, b) == pytest.approx(np.array([[1 / 3, 0, 0], [0, 0, 1 / 5]]))
    assert match_segments(a, b).pairs == ((0, 0), (1, 2))
    assert match_segments(a, b, limit=0.7).pairs == ((0, 0),)
    assert segment_distance(a, b) == pytest.approx(1 - (1 / 3 + 1 / 5) / 3)
    assert segment_distance([(0, 10, 0)], [(5, 15, 0)]) == pytest.approx(2 / 3)


def test_matching_is_of_the_greatest_total():
    """The nearest pair first, 6/14, would leave the others without; 4/16 + 5/15 is more."""
    a, b = [(0, 10, 0), (9, 19, 0)], [(4, 14, 0), (-6, 4, 0)]
    assert match_segments(a, b).pairs == ((0, 1), (1, 0))


def test_alpha_by_hand():
    """Two recordings, two people. Within: 1/2 and 0; of all six pairs: 1/2, four times 1, 0."""
    units = [[[(0, 10, 0)], [(0, 5, 0)]], [[(50, 60, 0)], [(50, 60, 0)]]]
    found = distance_alpha(units, segment_distance)
    assert found.value == pytest.approx(1 - 0.25 / 0.75)
    assert distance_alpha([[[], []]], segment_distance).value is None


def test_undefined_and_refused():
    assert segment_distance([], []) == 0
    assert segment_distance([], [(0, 1, 0)]) == 1
    assert match_segments([], [(0, 1, 0)]).alone_b == (0,)
    nothing = segment_consensus([], [], [], [], n_tasks=2, n_workers=2)
    assert nothing.task.size == nothing.start.size == 0
    assert nothing.start_interval.shape == nothing.boundary.shape == (0, 2)
    with pytest.raises(ValueError, match="after its start"):
        segment_iou([(3, 3, 0)], [])
    with pytest.raises(ValueError, match="codes"):
        segment_iou([(3, 4, 0.5)], [])
    with pytest.raises(ValueError, match="finite"):
        segment_iou([(3, np.inf, 0)], [])
    with pytest.raises(ValueError, match="3 columns"):
        segment_iou([(3, 4)], [])
    with pytest.raises(ValueError, match="after its start"):
        segment_consensus([0], [0], [2], [1], n_tasks=1, n_workers=1)
    with pytest.raises(ValueError, match="trust"):
        segment_consensus([0], [0], [1], [2], n_tasks=1, n_workers=1, trust=[-1])


@pytest.mark.parametrize("touching", [False, True])
def test_simulated_crowds(touching):
    """Nearer than plain means, intervals that hold, and better than counting any."""
    off, plain, held, noise, scores = [], [], [], [], []
    for seed in range(6):
        deviation, truth, rows, views = recordings(seed, touching=touching)
        found = merged(rows, views)
        drawn = np.bincount(found.cluster)
        mean = np.stack([np.bincount(found.cluster, rows[:, at]) / drawn for at in (2, 3)], axis=1)
        time = np.stack([found.start, found.end], axis=1)
        interval = np.stack([found.start_interval, found.end_interval], axis=1)
        hits = 0
        for task, real in enumerate(truth):
            mine = np.flatnonzero((found.task == task) & found.kept)
            for i, j in match(1 - span_iou(time[mine], real[:, :2]), limit=0.5).pairs:
                at, where = mine[i], real[j, :2]
                hits += 1
                if drawn[at] > 1:
                    off += np.abs(time[at] - where).tolist()
                    plain += np.abs(mean[at] - where).tolist()
                    held += ((interval[at, :, 0] <= where) & (where <= interval[at, :, 1])).tolist()
        scores.append(2 * hits / (found.kept.sum() + sum(map(len, truth))))
        noise += ((found.noise.low <= deviation) & (deviation <= found.noise.high)).tolist()
        assert (found.start < found.end).all()
    assert np.mean(off) < 0.85 * np.mean(plain)
    assert 0.92 <= np.mean(held) <= 0.97
    assert np.mean(noise) > 0.8
    assert np.mean(scores) > 0.93


def test_touching_segments_share_their_boundary():
    _, _, rows, views = recordings(1, touching=True)
    found = merged(rows, views)
    shared = np.isin(found.boundary[:, 0], found.boundary[:, 1]) & found.kept
    assert shared.sum() > 0.6 * found.kept.sum()
    ends = dict(zip(found.boundary[:, 1].tolist(), found.end.tolist(), strict=True))
    for row in np.flatnonzero(shared):
        assert found.start[row] == ends[int(found.boundary[row, 0])]
    _, _, rows, views = recordings(1)
    apart = merged(rows, views)
    assert not np.isin(apart.boundary[:, 0], apart.boundary[:, 1]).any()


def test_trust_weighs():
    start, end = [0.0, 1.0, 0.2], [10.0, 10.5, 10.1]
    sizes = {"n_tasks": 1, "n_workers": 3}
    even = segment_consensus([0] * 3, [0, 1, 2], start, end, **sizes)
    one = segment_consensus([0] * 3, [0, 1, 2], start, end, trust=[0, 1, 0], **sizes)
    none = segment_consensus([0] * 3, [0, 1, 2], start, end, trust=[0, 0, 0], **sizes)
    assert (one.start[0], one.end[0]) == (1.0, 10.5)
    assert even.start[0] < 0.7
    assert none.start[0] == even.start[0]


def test_people_who_turn_a_segment_around():
    """Weights of start and end differ where one boundary is shared; a segment never ends before it starts."""
    rng = np.random.default_rng(0)
    rows = [
        (task, person, at, at + rng.uniform(0.01, 2))
        for task in range(30) for person in range(3) for at in rng.uniform(0, 3, 4)
    ]  # fmt: skip
    task, worker, start, end = (np.array(column) for column in zip(*rows, strict=True))
    found = segment_consensus(task, worker, start, end, n_tasks=30, n_workers=3, touch=0.3, limit=0.95)
    assert (found.start < found.end).all()
    assert (found.start_interval[:, 0] <= found.start).all()


def test_neither_shift_nor_scale_nor_order_nor_names_matter():
    _, _, rows, views = recordings(3, tasks=15, touching=True)
    found = merged(rows, views, tasks=15)
    moved = rows.copy()
    moved[:, 2:4] = moved[:, 2:4] * 4 + 1000
    other = merged(moved, views, tasks=15, touch=4e-3)
    assert other.start == pytest.approx(found.start * 4 + 1000)
    assert other.end_interval == pytest.approx(found.end_interval * 4 + 1000, rel=1e-5)
    assert other.probability == pytest.approx(found.probability)
    assert other.boundary.tolist() == found.boundary.tolist()
    order = np.random.default_rng(1).permutation(len(rows))
    renamed = rows[order]
    renamed[:, 1] = 7 - renamed[:, 1]
    mixed = merged(renamed, np.stack([views[:, 0], 7 - views[:, 1]], axis=1), tasks=15)
    assert sorted(mixed.start.round(6)) == pytest.approx(sorted(found.start.round(6)), abs=2e-6)
    assert sorted(mixed.probability.round(6)) == pytest.approx(sorted(found.probability.round(6)), abs=2e-6)
    assert mixed.noise.deviation[::-1] == pytest.approx(found.noise.deviation, rel=1e-6)
