"""Numbers of a project: the mean where people are alike, better than it where they are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.numbers.consensus import number_consensus
from stats.numbers.reference import catd, variance_em

METHODS = (variance_em, catd, lambda *columns, **sizes: number_consensus(*columns, **sizes).estimate)
ANSWERS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(-9, 9)), min_size=1, max_size=25
)


def crowd(seed, *, n_tasks=100, n_workers=30, per=6):
    rng = np.random.default_rng(seed)
    task = np.repeat(np.arange(n_tasks), per)
    worker = np.concatenate([rng.choice(n_workers, per, replace=False) for _ in range(n_tasks)])
    return rng, task, worker, rng.normal(50, 20, n_tasks), {"n_tasks": n_tasks, "n_workers": n_workers}


def plain_mean(task, value):
    return np.bincount(task, value) / np.bincount(task)


def miss(estimate, truth):
    return float(np.abs(estimate - truth).mean())


def test_it_works():
    found = number_consensus([0, 0, 1], [0, 1, 0], [2.0, 4.0, 7.0], n_tasks=3, n_workers=3)
    assert found.method == "mean"
    assert found.estimate == pytest.approx([3, 7, np.nan], nan_ok=True)
    assert np.isnan(found.error).tolist() == [False, False, True]


def test_alike_people_give_the_mean():
    for seed in range(4):
        rng, task, worker, truth, sizes = crowd(seed)
        value = truth[task] + rng.normal(0, 15, task.size)
        found = number_consensus(task, worker, value, **sizes)
        assert found.method in ("mean", "shift")
        assert found.estimate == pytest.approx(plain_mean(task, value), abs=1.5)


def test_careless_people_count_less():
    rng, task, worker, truth, sizes = crowd(1)
    deviation = np.where(np.arange(30) % 2, 4.0, 30.0)
    value = truth[task] + rng.normal(0, 1, task.size) * deviation[worker]
    found = number_consensus(task, worker, value, **sizes)
    assert "noise" in found.method
    assert miss(found.estimate, truth) < 0.6 * miss(plain_mean(task, value), truth)
    assert 2 * found.deviation[1::2].max() < found.deviation[::2].min()
    covered = np.abs(found.estimate - truth) < 1.96 * found.error
    assert covered.mean() > 0.85


def test_shift_and_scale_are_removed():
    rng, task, worker, truth, sizes = crowd(2)
    shift, scale = rng.normal(0, 15, 30), np.exp(rng.normal(0, 0.3, 30))
    shift, scale = shift - shift.mean(), scale / scale.mean()
    value = 50 + scale[worker] * (truth[task] - 50) + shift[worker] + rng.normal(0, 5, task.size)
    found = number_consensus(task, worker, value, **sizes)
    assert found.method == "shift+scale+noise"
    assert miss(found.estimate, truth) < 0.75 * miss(plain_mean(task, value), truth)
    assert np.corrcoef(found.scale, scale)[0, 1] > 0.9
    assert np.corrcoef(found.shift + found.scale * 50, shift + 50)[0, 1] > 0.9


def test_who_always_says_the_same_does_not_win():
    rng, task, worker, truth, sizes = crowd(3)
    value = np.where(worker < 8, 0.0, truth[task] + rng.normal(0, 12, task.size))
    found = number_consensus(task, worker, value, **sizes)
    assert miss(found.estimate, truth) < 0.75 * miss(plain_mean(task, value), truth)


@settings(max_examples=8, deadline=None)
@given(ANSWERS, st.randoms())
def test_order_and_range(answers, random):
    shuffled = random.sample(answers, len(answers))
    sizes = {"n_tasks": 5, "n_workers": 4}
    for method in METHODS:
        estimate = method(*(np.array(column) for column in zip(*answers, strict=True)), **sizes)
        again = method(*(np.array(column) for column in zip(*shuffled, strict=True)), **sizes)
        assert estimate == pytest.approx(again, abs=1e-6, nan_ok=True)
        for index, each in enumerate(estimate):
            given = [value for task, _, value in answers if task == index]
            assert np.isnan(each) if not given else min(given) - 1e-9 <= each <= max(given) + 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_undefined_and_refused(method):
    sizes = {"n_tasks": 2, "n_workers": 1}
    assert np.isnan(method([], [], [], **sizes)).all()
    assert method([0, 0], [0, 0], [5.0, 5.0], **sizes)[0] == 5
    for wrong in (([0], [0], [1.0, 2.0]), ([0], [1], [1.0]), ([0], [0], [np.inf])):
        with pytest.raises(ValueError, match="must"):
            method(*wrong, **sizes)


def test_catd_damps_people_with_few_answers():
    task = np.array([*range(8), *range(8), 0])
    worker = np.array([0] * 8 + [1] * 8 + [2])
    value = np.array([*range(8), *(i + (-1) ** i for i in range(8)), 10.0])
    sizes = {"n_tasks": 8, "n_workers": 3}
    assert catd(task, worker, value, **sizes)[0] < variance_em(task, worker, value, **sizes).mean()
