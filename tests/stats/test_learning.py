"""Active-learning mathematics."""

import numpy as np
import pytest
from scipy import sparse

from stats.learning.calibration import calibration
from stats.learning.curve import has_plateaued, learning_curve
from stats.learning.diversity import k_center, select_batch
from stats.learning.uncertainty import entropy_score, margin_score


def test_it_works():
    table = [[1, 0, 0], [0.5, 0.5, 0], [1 / 3] * 3, [0.6, 0.3, 0.1]]
    assert margin_score(table) == pytest.approx([0, 1, 1, 0.7])
    assert entropy_score(table) == pytest.approx([0, 0.630930, 1, 0.817346], abs=1e-5)


@pytest.mark.parametrize("score", [margin_score, entropy_score])
def test_scores_of_one_class_unknown_rows_and_refusals(score):
    assert score([[1.0]]).tolist() == [0]
    assert np.isnan(score([[np.nan, np.nan], [0.5, 0.5]])).tolist() == [True, False]
    for wrong in ([[0.5, 0.6]], [[1.5, -0.5]], [0.5, 0.5]):
        with pytest.raises(ValueError, match="probabilities"):
            score(wrong)


def test_k_center_reaches_every_group_first():
    rng = np.random.default_rng(0)
    centers = np.array([[0, 0], [10, 0], [0, 10], [10, 10]])
    rows = (centers[:, None] + rng.normal(0, 0.1, (4, 50, 2))).reshape(-1, 2)
    assert sorted(k_center(rows, 4) // 50) == [0, 1, 2, 3]
    assert sorted(k_center(rows, 2, labeled=[0, 60]) // 50) == [2, 3]
    assert (k_center(sparse.csr_array(rows), 4) == k_center(rows, 4)).all()


def test_k_center_edges():
    assert k_center(np.zeros((0, 3)), 2).size == 0
    assert k_center(np.zeros((3, 2)), 5).tolist() == [0, 1, 2]
    assert k_center(np.zeros((3, 2)), 1, labeled=[0, 1]).tolist() == [2]
    with pytest.raises(ValueError, match="size"):
        k_center(np.zeros((3, 2)), -1)


def test_batches_are_uncertain_diverse_and_new():
    features = np.array([[0.0], [0.0], [0.1], [9.0], [5.0], [50.0]])
    scores = [0.9, 0.95, 0.9, 0.8, 0.8, 0.1]
    assert select_batch(scores, features, 2, breadth=2).tolist() == [1, 3]
    assert select_batch(scores, features, 2, labeled=[1], breadth=1).tolist() == [0, 2]
    assert select_batch(scores, features, 10, labeled=[0]).tolist() == [1, 2, 3, 4, 5]


def test_learning_curve_has_wilson_intervals():
    points = learning_curve([(200, 9, 10), (100, 8, 10), (300, 0, 0)])
    assert [p.labels for p in points] == [100, 200, 300]
    assert points[0].interval.low == pytest.approx(0.490162, abs=1e-6)
    assert points[2].accuracy is None
    assert (points[2].interval.low, points[2].interval.high) == (0, 1)


def test_plateau():
    rising = learning_curve([(n, n, 1000) for n in (500, 600, 700, 800)])
    assert not has_plateaued(rising)
    flat = learning_curve([(n, 800 + n, 1000) for n in range(4)])
    assert has_plateaued(flat)
    assert not has_plateaued(flat[:3])
    assert not has_plateaued(learning_curve([(1, 5, 10), (2, 0, 0), (3, 5, 10), (4, 5, 10)]))


def test_calibration():
    result = calibration([0.95, 0.95, 0.55, 0.55], [True, True, True, False])
    assert result.expected_error == pytest.approx(0.05)
    assert result.maximal_error == pytest.approx(0.05)
    assert [(b.low, b.high, b.count) for b in result.bins] == [(0.5, 0.6, 2), (0.9, 1.0, 2)]
    assert calibration([0.0, 1.0], [False, True]).expected_error == 0


def test_calibrated_predictions_have_little_error():
    rng = np.random.default_rng(1)
    said = rng.random(20_000)
    assert calibration(said, rng.random(20_000) < said).expected_error < 0.02
    assert calibration(said, rng.random(20_000) < said**3).expected_error > 0.2


def test_calibration_undefined_and_refused():
    assert calibration([], []).expected_error is None
    for wrong in (([1.1], [True]), ([0.5], [True, False])):
        with pytest.raises(ValueError, match="confidence"):
            calibration(*wrong)
