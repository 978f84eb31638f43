"""Items of unequal difficulty: what an answer says at each level, and when the default believes in them."""

from math import exp, log

import numpy as np
import pytest

from stats.consensus.answers import Answers
from stats.consensus.calibration import calibrated
from stats.consensus.difficulty import POINTS, WEIGHTS, at_levels, surely_better
from stats.consensus.posterior import posterior_for_task
from stats.consensus.robust import robust_consensus
from tests.stats.crowds import crowd


def uneven(seed, *, classes=2, tasks=400, per_task=12, workers=30):
    """Items that differ by a standard deviation of 1.8 on the log-odds, and the truth."""
    rng = np.random.default_rng(seed)
    truth, skill = rng.integers(0, classes, tasks), rng.normal(1.5, 0.6, workers)
    task = np.arange(tasks).repeat(per_task)
    who = np.concatenate([rng.choice(workers, per_task, replace=False) for _ in range(tasks)])
    right = 1 / (1 + np.exp(rng.normal(0, 1.8, tasks)[task] - skill[who]))
    wrong = (truth[task] + rng.integers(1, classes, task.size)) % classes
    label = np.where(rng.random(task.size) < right, truth[task], wrong)
    columns = [a.astype(np.int32) for a in (task, who, label)]
    return Answers(*columns, n_tasks=tasks, n_workers=workers, n_classes=classes), truth


def test_a_worked_example():
    """One answer "0" by somebody who is right in 8 of 10 cases on either class, items that differ by 1."""
    matrix = np.array([[0.8, 0.2], [0.2, 0.8]])
    levels = list(at_levels(np.log(matrix[:, 0])[None, :], np.diag(matrix)[None, :], np.array([0]), 1.0))
    stretched = log(4) * 1.346**0.5
    for (weight, logs), point, share in zip(levels, POINTS, WEIGHTS, strict=True):
        right = 1 / (1 + exp(point - stretched))
        assert weight == pytest.approx(log(share))
        assert np.exp(logs[0]) == pytest.approx([right, 1 - right])
    # The mean over the levels stays about what it was.
    mean = sum(np.exp(weight + logs) for weight, logs in levels)[0]
    assert mean == pytest.approx([0.8, 0.2], abs=0.01)


def test_wrong_answers_keep_their_proportions():
    matrix = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.1, 0.8]])
    rows = np.log(matrix.T)
    levels = list(at_levels(rows, np.tile(np.diag(matrix), (3, 1)), np.arange(3), 1.0))
    for _, logs in levels:
        said = np.exp(logs)  # [answer, class]
        assert said.sum(axis=0) == pytest.approx(np.ones(3))
        assert said[1, 0] / said[2, 0] == pytest.approx(3)


def test_doubt_of_an_item_lowers_what_many_alike_answers_say():
    """Nine against nothing are nearly certain where items are alike, and less so where some mislead."""
    matrix = np.tile([[0.7, 0.3], [0.3, 0.7]], (9, 1, 1))
    told = [
        posterior_for_task(
            range(9), [0] * 9, confusion=matrix, marginals=np.array([0.5, 0.5]), difficulty=each
        )[0]
        for each in (0.0, 0.5, 1.0)
    ]
    assert told[0] > told[1] > told[2] > 0.5


def test_without_difficulty_nothing_changes():
    logs = np.log([[0.8, 0.2]])
    ((weight, same),) = at_levels(logs, np.array([[0.8, 0.8]]), np.array([0]), 0.0)
    assert weight == 0
    assert (same == logs).all()
    posterior, counts = np.array([[0.9, 0.1]]), np.array([[2, 1]])
    assert calibrated(posterior, counts)[0, 0] < calibrated(posterior, counts, difficulty=0.5)[0, 0]


@pytest.mark.parametrize("classes", [2, 4])
def test_the_default_sees_items_that_differ_and_no_others(classes):
    assert robust_consensus(uneven(1, classes=classes)[0]).difficulty > 0
    for seed in range(3):
        alike, _, _ = crowd(seed, tasks=400, per_task=8, workers=30, classes=classes)
        assert robust_consensus(alike).difficulty == 0


def test_many_tasks_must_agree_that_it_is_better():
    gains = np.array([1.0, -0.9] * 50)
    assert not surely_better(gains, errors=4.0)
    assert surely_better(np.linspace(0.5, 1.5, 100), errors=4.0)
    assert not surely_better(np.array([5.0]), errors=4.0)


@pytest.mark.parametrize("classes", [2, 4])
def test_the_quick_posterior_equals_the_default_with_difficulty(classes):
    answers, _ = uneven(2, classes=classes)
    result = robust_consensus(answers)
    assert result.difficulty > 0
    for task in range(0, 400, 37):
        rows = answers.task == task
        quick = posterior_for_task(
            answers.worker[rows], answers.label[rows], confusion=result.confusion,
            marginals=result.marginals, temper=result.temper, difficulty=result.difficulty,
        )  # fmt: skip
        assert quick == pytest.approx(result.posterior[task], abs=1e-9)


def test_names_of_classes_people_and_order_do_not_matter():
    answers, truth = uneven(3, classes=3)
    first = robust_consensus(answers)
    rng = np.random.default_rng(9)
    order, people, names = rng.permutation(answers.size), rng.permutation(30), np.array([2, 0, 1])
    columns = answers.task[order], people[answers.worker][order], names[answers.label][order]
    gold = np.full(400, -1, dtype=np.int32)
    other = robust_consensus(Answers(*(a.astype(np.int32) for a in columns), 400, 30, 3))
    assert first.difficulty == other.difficulty > 0
    assert other.posterior[:, names] == pytest.approx(first.posterior, abs=1e-6)
    # The same bits again; and gold stays gold.
    assert (robust_consensus(answers).posterior == first.posterior).all()
    gold[:5] = (truth[:5] + 1) % 3
    clamped = robust_consensus(Answers(answers.task, answers.worker, answers.label, 400, 30, 3, gold))
    assert clamped.difficulty > 0
    assert (clamped.label[:5] == gold[:5]).all()
    assert clamped.posterior[:5].max(axis=1) == pytest.approx(1.0)
