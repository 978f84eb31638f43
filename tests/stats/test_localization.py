"""How exactly everybody draws: truth recovered within its interval, better merged boxes, undefined cases."""

import numpy as np
import pytest

from stats.regions.detection import drawings, fit_regions, region_consensus
from stats.regions.localization import fit_localization, object_sizes, weighted_places


def world(seed, *, people=8, objects=120, per=3, spread=0.5, outliers=0.0):
    """True deviations, then cluster, worker, places, sizes, and where the objects are."""
    rng = np.random.default_rng(seed)
    deviation = 0.06 * np.exp(rng.normal(0, spread, people))
    size = rng.uniform(20, 200, objects)
    who = np.concatenate([rng.choice(people, per, replace=False) for _ in range(objects)])
    cluster = np.repeat(np.arange(objects), per)
    corner = rng.uniform(0, 1000, (objects, 2))
    real = np.hstack([corner, corner + size[:, None]])
    noise = rng.normal(0, 1, (cluster.size, 4)) * (deviation[who] * size[cluster])[:, None]
    noise[rng.random(cluster.size) < outliers] *= 8
    return deviation, cluster.astype(np.int32), who.astype(np.int32), real[cluster] + noise, size, real


def overlap(a, b):
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    common = np.clip(high - low, 0, None).prod(axis=1)
    areas = [(x[:, 2:] - x[:, :2]).prod(axis=1) for x in (a, b)]
    return common / (areas[0] + areas[1] - common)


def test_it_works():
    deviation, cluster, worker, places, size, _ = world(1)
    found = fit_localization(cluster, worker, places, size, 8)
    assert found.deviation == pytest.approx(deviation, rel=0.3)
    assert (found.low < found.deviation).all()
    assert (found.deviation < found.high).all()
    assert found.compared.tolist() == np.bincount(worker).tolist()


@pytest.mark.parametrize(("spread", "per"), [(0.5, 3), (1.0, 3), (0.5, 2)])
def test_intervals_hold_the_truth_and_merged_boxes_are_nearer(spread, per):
    held, better = [], []
    for seed in range(40):
        deviation, cluster, worker, places, size, real = world(seed, spread=spread, per=per)
        found = fit_localization(cluster, worker, places, size, 8)
        held += ((found.low <= deviation) & (deviation <= found.high)).tolist()
        even, weighted = (
            overlap(weighted_places(cluster, weight, places, len(real)), real).mean()
            for weight in (np.ones(worker.size), 1 / found.deviation[worker] ** 2)
        )
        better.append(weighted - even)
    assert 0.92 <= np.mean(held) <= 0.985
    assert min(better) > -0.003
    assert np.mean(better) > 0.015


def test_alike_people_are_averaged_nearly_evenly():
    lost = []
    for seed in range(20):
        _, cluster, worker, places, size, real = world(seed, spread=0.0)
        found = fit_localization(cluster, worker, places, size, 8)
        weights = np.ones(worker.size), 1 / found.deviation[worker] ** 2
        even, weighted = (
            overlap(weighted_places(cluster, w, places, len(real)), real).mean() for w in weights
        )
        lost.append(even - weighted)
    assert np.mean(lost) < 0.001


def test_a_few_drawings_far_off_do_not_decide():
    _, cluster, worker, places, size, _ = world(2, spread=0.0, per=5, outliers=0.03)
    found = fit_localization(cluster, worker, places, size, 8)
    everything = 0.06 * np.sqrt(1 + 0.03 * 63)
    assert (found.deviation > 0.055).all()
    assert (found.deviation < 0.85 * everything).all()


def test_few_drawings_lie_near_the_crowd_with_a_wide_interval():
    _, cluster, worker, places, size, _ = world(3, spread=0.3)
    newcomer = np.where((worker == 0) & (cluster > cluster[worker == 0].min()), 8, worker).astype(np.int32)
    # Person 0 keeps one drawing, person 9 has none.
    found = fit_localization(cluster, newcomer, places, size, 10)
    assert found.compared[[0, 9]].tolist() == [1, 0]
    width = found.high / found.low
    assert width[9] >= width[0] > 1.5 * width[1:9].max()
    assert found.deviation[9] == pytest.approx(np.exp(np.log(found.deviation[1:9]).mean()), rel=0.15)


def test_neither_scale_nor_place_nor_order_nor_names_matter():
    _, cluster, worker, places, size, _ = world(4, objects=40)
    found = fit_localization(cluster, worker, places, size, 8)
    moved = fit_localization(cluster, worker, places * 7 + 100, size * 7, 8)
    assert moved.deviation == pytest.approx(found.deviation, rel=1e-6)
    order = np.random.default_rng(0).permutation(worker.size)
    other = fit_localization(cluster[order], (7 - worker[order]).astype(np.int32), places[order], size, 8)
    assert other.deviation[::-1] == pytest.approx(found.deviation, rel=1e-6)
    assert other.high[::-1] == pytest.approx(found.high, rel=1e-6)


def test_nobody_beside_another():
    places = np.array([[0.0, 0, 10, 10], [20, 20, 30, 30]])
    alone = fit_localization(np.array([0, 1], np.int32), np.array([0, 1], np.int32), places, np.ones(2), 3)
    assert alone.deviation.tolist() == [1, 1, 1]
    assert (alone.low.tolist(), alone.high.tolist()) == ([0, 0, 0], [np.inf] * 3)
    nothing = region_consensus([], [], [], n_tasks=1, n_workers=2)
    assert nothing.deviation.tolist() == [1, 1]
    assert nothing.error.shape == (0, 4)


def test_equal_drawings_have_hardly_any_noise():
    """All the same: the least that is told apart, and finite."""
    cluster, worker = np.repeat([0, 1, 2], 2).astype(np.int32), np.tile([0, 1], 3).astype(np.int32)
    places = np.repeat([[0.0, 0, 10, 10], [5, 5, 9, 9], [50, 50, 80, 90]], 2, axis=0)
    found = fit_localization(cluster, worker, places, object_sizes(places[::2]), 2)
    assert np.isfinite(found.deviation).all()
    assert found.deviation.max() < 0.01


def test_errors_of_merged_edges_are_honest():
    """Of objects found by clustering: the standard error covers two thirds, twice of it 95 %."""
    inside = []
    for seed in range(10):
        _, cluster, worker, places, _, real = world(seed, spread=0.5)
        drawn = drawings(cluster, worker, places, n_tasks=len(real), n_workers=8)
        assert fit_regions(drawn).localization.compared.sum() > 300
        found = region_consensus(cluster, worker, places, n_tasks=len(real), n_workers=8)
        voted = np.bincount(found.cluster) == 3
        off = (found.coordinates - real[found.task]) / found.error
        inside.append((np.abs(off[voted]) <= 1.96).mean())
    assert 0.92 <= np.mean(inside) <= 0.97
