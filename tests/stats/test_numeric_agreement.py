"""ICC, keypoints and ratings: published values, recovery, undefined cases."""

import numpy as np
import pytest

from stats.agreement.cohen import cohen_kappa
from stats.agreement.conger import conger_kappa
from stats.agreement.icc import icc
from stats.agreement.two_raters import contingency
from stats.consensus.answers import Answers
from stats.consensus.robust import robust_consensus
from stats.ordinal.consensus import posterior_median, rating_consensus
from stats.regions.keypoints import keypoint_similarity

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_it_works():
    found = icc(SHROUT_FLEISS)
    assert found.single == pytest.approx(0.2898, abs=1e-4)
    assert found.mean == pytest.approx(0.6201, abs=1e-4)
    assert (found.single_interval.low, found.single_interval.high) == pytest.approx(
        (0.0188, 0.7611), abs=1e-3
    )
    assert (found.mean_interval.low, found.mean_interval.high) == pytest.approx((0.0712, 0.9272), abs=1e-3)


def test_icc_knows_a_shift_from_a_ranking():
    rng = np.random.default_rng(0)
    item = rng.normal(0, 3, (300, 1))
    assert icc(item + rng.normal(0, 3, (300, 4))).single == pytest.approx(0.5, abs=0.06)
    shifted = icc(item + np.array([0, 5, 10]))
    assert 0 < shifted.single < 0.5
    assert icc(np.repeat(item, 3, axis=1)).single == pytest.approx(1)


@pytest.mark.parametrize("power", [-1000, -3, 5, 1000])
def test_icc_does_not_depend_on_the_unit(power):
    assert icc(np.ldexp(np.array(SHROUT_FLEISS, dtype=float), power)) == icc(SHROUT_FLEISS)


def test_icc_undefined():
    assert icc([[1, 2]]).single is None
    assert icc([[1], [2]]).reason == "fewer than two items or raters"
    assert icc([[2, 2], [2, 2]]).reason.startswith("there is no variation")
    assert icc([[0, 0], [0, 0]]).reason == icc([[2, 2], [2, 2]]).reason
    assert icc([[1, 2], [2, 1]]).single is None
    assert icc([[1, 4], [3, 1], [2, 3]]).single < 0
    with pytest.raises(ValueError, match="finite"):
        icc([[1, np.nan], [1, 2]])


def test_published_keypoints():
    a, b = [(10, 10), (20, 10), (15, 20)], [(11, 10), (20, 12), (15, 20)]
    found = keypoint_similarity(a, b, [0.026, 0.025, 0.035], area=400)
    assert found.points == pytest.approx([0.629847, 0.135335, 1], abs=1e-6)
    assert found.mean == pytest.approx(0.588394, abs=1e-6)
    assert keypoint_similarity(a, b, [0.1] * 3, area=400, visible=[0, 0, 0]).mean is None
    for wrong in (
        {"spread": [0.1] * 3, "area": 0},
        {"spread": [0, 1, 1], "area": 1},
        {"spread": [1], "area": 1},
    ):
        with pytest.raises(ValueError, match="must"):
            keypoint_similarity(a, b, **wrong)


def ratings(seed, *, n_tasks=150, n_workers=15, per=4, levels=5):
    rng = np.random.default_rng(seed)
    truth = np.clip(np.round(rng.normal(2.5, 1.2, n_tasks)), 0, levels - 1).astype(int)
    task = np.repeat(np.arange(n_tasks), per)
    worker = np.concatenate([rng.choice(n_workers, per, replace=False) for _ in range(n_tasks)])
    shift, noise = rng.choice([-1, 0, 0, 1], n_workers), rng.uniform(0.3, 1.2, n_workers)
    said = truth[task] + shift[worker] + rng.normal(0, 1, task.size) * noise[worker]
    return truth, task, worker, np.clip(np.round(said), 0, levels - 1).astype(int), shift


def rated(task, worker, label, gold=None, *, n_tasks=150, n_workers=16):
    return Answers(task, worker, label, n_tasks=n_tasks, n_workers=n_workers, n_classes=5, gold=gold)


def test_ratings_learn_who_is_severe():
    for seed in range(3):
        truth, task, worker, label, shift = ratings(seed)
        found = rating_consensus(rated(task, worker, label))
        level = posterior_median(found.posterior)
        middle = np.array([np.median(label[task == index]) for index in range(150)])
        nominal = robust_consensus(rated(task, worker, label)).label
        assert np.abs(level - truth).mean() < np.abs(middle - truth).mean() - 0.03
        assert np.abs(level - truth).mean() < np.abs(nominal - truth).mean()
        # How much higher than a 2 people rate what is a 2.
        assert np.corrcoef(found.confusion[:15, 2] @ np.arange(5), shift)[0, 1] > 0.8
        assert found.confusion.sum(axis=2) == pytest.approx(np.ones((16, 5)))
        assert found.confusion[15, 2, 2] > found.confusion[15, 2, 1] > found.confusion[15, 2, 0]
        assert found.converged


def test_ratings_order_gold_and_undefined():
    _, task, worker, label, _ = ratings(4, n_tasks=30)
    found = rating_consensus(rated(task, worker, label, n_tasks=31))
    order = np.random.default_rng(0).permutation(task.size)
    again = rating_consensus(rated(task[order], worker[order], label[order], n_tasks=31))
    assert again.posterior == pytest.approx(found.posterior)
    assert found.label[30] == -1
    assert found.posterior[30] == pytest.approx(found.marginals, abs=1e-9)
    same = rating_consensus(rated([0, 0, 1, 1], [0, 1, 0, 1], [3, 3, 0, 0], n_tasks=2, n_workers=2))
    assert same.label.tolist() == [3, 0]
    gold = rating_consensus(rated([0, 1], [0, 0], [3, 3], [4, -1], n_tasks=2, n_workers=1))
    assert gold.posterior[0].tolist() == [0, 0, 0, 0, 1]
    nothing = rating_consensus(rated([], [], [], n_tasks=1, n_workers=1))
    assert nothing.posterior == pytest.approx(np.full((1, 5), 0.2))
    assert posterior_median(np.array([[0.5, 0.5], [0.2, 0.8]])).tolist() == [0, 1]


KRIPPENDORFF = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def test_published_conger():
    cells = [
        (item, rater, int(code) - 1)
        for rater, row in enumerate(KRIPPENDORFF)
        for item, code in enumerate(row)
        if code != "."
    ]
    columns, sizes = list(zip(*cells, strict=True)), {"n_items": 12, "n_raters": 5, "n_classes": 5}
    assert conger_kappa(*columns, **sizes).value == pytest.approx(0.76207, abs=1e-5)
    assert conger_kappa(*columns, **sizes, weights="quadratic").value == pytest.approx(0.85717, abs=1e-5)


def test_conger_of_two_is_cohen():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 3, (2, 50))
    sizes = {"n_items": 50, "n_raters": 2, "n_classes": 3}
    found = conger_kappa(np.tile(np.arange(50), 2), np.repeat([0, 1], 50), np.concatenate([a, b]), **sizes)
    assert found.value == pytest.approx(cohen_kappa(contingency(a, b, n_classes=3)).value)


def test_conger_undefined():
    assert conger_kappa([0], [0], [0], n_items=1, n_raters=1, n_classes=2).value is None
    same = conger_kappa([0, 0], [0, 1], [1, 1], n_items=1, n_raters=2, n_classes=2)
    assert (same.value, same.reason) == (None, "chance agreement is complete")
    with pytest.raises(ValueError, match="length"):
        conger_kappa([0], [], [0], n_items=1, n_raters=1, n_classes=1)
