"""Merging numbers, texts and regions: published values, oracles by brute force, refusals."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.numbers.weighted import weighted_mean, weighted_median, weighted_medians
from stats.regions.clustering import cluster_regions, distance_table
from stats.regions.fusion import fuse_boxes
from stats.regions.iou import box_iou, corners, mask_iou, span_iou
from stats.regions.matching import match
from stats.regions.spans import covered_runs, median_span, vote_spans
from stats.text.edit_distance import edit_distance, error_rate, normalized_distance
from stats.text.medoid import medoid, text_medoid


def test_it_works():
    fused = fuse_boxes([(0, 0, 10, 10), (1, 1, 11, 11), (0, 2, 10, 12)], [0.9, 0.6, 0.3])
    assert fused.box == pytest.approx((0.333333, 0.666667, 10.333333, 10.666667), abs=1e-6)
    assert fused.score == pytest.approx(0.6)
    assert fuse_boxes([(0, 0, 1, 1)] * 3, [0.9, 0.6, 0.3], expected=4).score == pytest.approx(0.45)


def test_fusion_undefined_and_refused():
    assert fuse_boxes([]) is None
    assert fuse_boxes([(0, 0, 1, 1)], [0]) is None
    for wrong in ({"boxes": [(0, 0, 1, 1)], "expected": 0}, {"boxes": [(0, 0, 1, 1)], "weights": [-1]}):
        with pytest.raises(ValueError, match=r"expected|negative"):
            fuse_boxes(**wrong)


def test_published_iou():
    assert box_iou([(0, 0, 10, 10)], [(5, 5, 15, 15), (0, 0, 10, 5)])[0] == pytest.approx([1 / 7, 0.5])
    assert corners([(5, 5, 10, 10)]).tolist() == [[5, 5, 15, 15]]
    assert span_iou([(0, 10)], [(5, 15), (10, 20), (0, 10)])[0] == pytest.approx([1 / 3, 0, 1])
    assert mask_iou([[1, 1, 0]], [[0, 1, 1]]) == pytest.approx(1 / 3)


def test_iou_of_nothing():
    assert box_iou([], [(0, 0, 1, 1)]).shape == (0, 1)
    assert box_iou([(1, 1, 1, 1)], [(1, 1, 1, 1), (2, 2, 2, 2)]).tolist() == [[1, 0]]
    assert span_iou([(3, 3)], [(3, 3), (4, 4)]).tolist() == [[1, 0]]
    assert mask_iou([0, 0], [0, 0]) == 1
    with pytest.raises(ValueError, match="shape"):
        mask_iou([1], [1, 0])
    with pytest.raises(ValueError, match="negative"):
        corners([(0, 0, -1, 1)])
    with pytest.raises(ValueError, match="columns"):
        box_iou([(0, 0, 1)], [(0, 0, 1)])


def test_matching_is_optimal():
    rng = np.random.default_rng(0)
    for _ in range(50):
        table = rng.random((3, 4))
        best = max(sum(max(0, 0.8 - table[i, j]) for i, j in enumerate(p)) for p in permutations(range(4), 3))
        found = match(table, limit=0.8)
        assert sum(0.8 - d for d in found.distances) == pytest.approx(best)
        assert len(found.pairs) + len(found.alone_a) == 3
        assert len(found.pairs) + len(found.alone_b) == 4


def test_matching_leaves_distant_regions_alone():
    found = match([[0.1, 1.0], [1.0, 1.0]])
    assert (found.pairs, found.alone_a, found.alone_b) == (((0, 0),), (1,), (1,))
    assert found.mean_similarity() == pytest.approx(0.45)
    assert match(np.zeros((0, 2))).alone_b == (0, 1)
    assert match(np.zeros((0, 2))).mean_similarity() == 0
    assert match(np.zeros((0, 0))).mean_similarity() == 1


def test_clusters_hold_each_annotator_once():
    places = [0.0, 0.1, 0.2, 5.0, 5.1, 0.15]
    owners = [0, 1, 2, 0, 1, 0]
    clusters = cluster_regions(distance_table(places, lambda a, b: abs(a - b)), owners)
    assert clusters == ((0,), (1, 2, 5), (3, 4))


def test_clusters_of_nothing_and_refusals():
    assert cluster_regions(np.zeros((0, 0)), []) == ()
    assert cluster_regions([[0.0]], [7]) == ((0,),)
    with pytest.raises(ValueError, match="square"):
        cluster_regions(np.zeros((2, 3)), [0, 1])


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 3)), max_size=14), st.randoms())
def test_clusters_are_a_partition_and_keep_the_rule(regions, random):
    places, owners = [p for p, _ in regions], [w for _, w in regions]
    table = distance_table(places, lambda a, b: abs(a - b))
    clusters = cluster_regions(table, owners, limit=0.5)
    assert sorted(i for c in clusters for i in c) == list(range(len(regions)))
    for cluster in clusters:
        assert len({owners[i] for i in cluster}) == len(cluster)
        if len(cluster) == 2:
            assert table[cluster] <= 0.5
    if len({abs(a - b) for a in places for b in places}) == len(places) * (len(places) - 1) // 2 + 1:
        order = random.sample(range(len(regions)), len(regions))
        moved = cluster_regions(table[np.ix_(order, order)], [owners[i] for i in order], limit=0.5)
        assert {frozenset(order[i] for i in c) for c in moved} == {frozenset(c) for c in clusters}


def test_span_votes():
    answers = [[(0, 3, "a"), (5, 6, "b"), (0, 3, "a")], [(0, 3, "a")], [(0, 4, "a")]]
    votes = vote_spans(answers, [1, 1, 2])
    assert [(v.span, v.annotators, v.support) for v in votes] == [
        ((0, 3, "a"), (0, 1), 0.5), ((5, 6, "b"), (0,), 0.25), ((0, 4, "a"), (2,), 0.5),
    ]  # fmt: skip
    assert vote_spans([]) == ()
    assert vote_spans([[(0, 1)]], [0]) == ()


def test_covered_runs():
    answers = [[(0, 10), (2, 4)], [(5, 12)], [(20, 21)]]
    runs = covered_runs(answers, threshold=0.6)
    assert [(r.start, r.end) for r in runs] == [(5, 10)]
    assert runs[0].support == pytest.approx(2 / 3)
    wide = covered_runs(answers, threshold=0.3)
    assert [(r.start, r.end) for r in wide] == [(0, 12), (20, 21)]
    assert wide[0].support == pytest.approx((7 * 1 / 3 + 5 * 2 / 3) / 12)
    assert covered_runs([], threshold=0.5) == ()
    assert covered_runs([[]], threshold=0.5) == ()


def test_median_span():
    assert median_span([(0, 10), (1, 11), (5, 30)]) == (1, 11)
    assert median_span([(0, 10), (1, 11), (5, 30)], [0, 0, 1]) == (5, 30)
    assert median_span([]) is None


def test_published_edit_distances():
    assert edit_distance("kitten", "sitting") == 3
    reference, hypothesis = "the cat sat on the mat", "the cat sit on mat now"
    assert error_rate(reference.split(), hypothesis.split()) == 0.5
    assert error_rate(reference, hypothesis) == pytest.approx(7 / 22)
    assert error_rate("", "a") is None
    assert edit_distance("👍🏽é", "👍é") == 1


def plain_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


@given(st.text("abc", max_size=90), st.text("abc", max_size=90))
def test_edit_distance_equals_the_textbook(a, b):
    assert edit_distance(a, b) == edit_distance(b, a) == plain_distance(a, b)
    assert 0 <= normalized_distance(a, b) <= 1


def test_medoid():
    assert text_medoid(["abc", "abd", "xyz"]).index == 0
    assert text_medoid(["abc", "abd", "xyz"], [1, 1, 9]).index == 2
    assert text_medoid(["same", "same"]).distance == 0
    assert text_medoid([]) is None
    assert text_medoid(["a"], [0]) is None
    assert medoid([1, 2, 10], distance=lambda a, b: abs(a - b)).index == 1
    with pytest.raises(ValueError, match="entries"):
        text_medoid(["a"], [1, 2])


def test_weighted_median_and_mean():
    assert weighted_median([3, 1, 2]) == 2
    assert weighted_median([1, 2, 3, 4]) == 2.5
    assert weighted_median([1, 2, 30], [1, 1, 3]) == 30
    assert weighted_median([1, 2], [0, 1]) == 2
    assert weighted_mean([1, 3], [3, 1]) == 1.5


def test_medians_of_columns_are_those_of_each():
    rng = np.random.default_rng(4)
    for size in range(1, 9):
        columns = rng.integers(0, 5, (size, 40)).astype(float)
        weights = rng.integers(0, 3, size) + (np.arange(size) == 0)
        each = [weighted_median(column, weights) for column in columns.T]
        assert weighted_medians(columns, weights.astype(float)).tolist() == each


@pytest.mark.parametrize("merge", [weighted_median, weighted_mean])
def test_numbers_undefined_and_refused(merge):
    assert merge([]) is None
    assert merge([1.0, 2.0], [0, 0]) is None
    for wrong in (([1.0], [1, 2]), ([float("nan")], None), ([1.0], [-1]), ([[1.0]], None)):
        with pytest.raises(ValueError, match="must"):
            merge(*wrong)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 4)), min_size=1, max_size=20))
def test_integer_weights_mean_repetition(pairs):
    values, weights = zip(*pairs, strict=True)
    repeated = np.repeat(values, weights)
    if repeated.size:
        assert weighted_median(values, weights) == pytest.approx(np.median(repeated))
        assert weighted_mean(values, weights) == pytest.approx(repeated.mean())
