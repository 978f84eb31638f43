"""The two steps of expectation-maximization are the textbook's, also where likelihoods leave the scale."""

import numpy as np
import pytest

from stats.consensus import steps
from stats.consensus.answers import Answers
from stats.consensus.em import log_table
from stats.consensus.steps import Steps
from tests.stats.crowds import crowd, with_gold


def plainly(answers, confusion, classes):
    """Posteriors and log-likelihood of one crowd, by logs."""
    scores = answers.incidence @ log_table(confusion) + np.log(classes)
    sums = np.logaddexp.reduce(scores, axis=1)
    posterior, evidence = np.exp(scores - sums[:, None]), sums.copy()
    if answers.gold is not None:
        evidence[answers.known] = scores[answers.known, answers.gold[answers.known]]
    return answers.clamp(posterior), evidence[answers.active].sum()


def matrices(answers):
    table = np.random.default_rng(1).random((answers.n_workers, answers.n_classes, answers.n_classes))
    return table / table.sum(axis=2, keepdims=True)


def golden(answers):
    """Every third task known, the last one without an answer too."""
    gold = np.where(np.arange(answers.n_tasks) % 3 == 0, np.arange(answers.n_tasks) % answers.n_classes, -1)
    kept = answers.task < answers.n_tasks - 2
    columns = answers.task[kept], answers.worker[kept], answers.label[kept]
    return Answers(*columns, answers.n_tasks, answers.n_workers, answers.n_classes, gold.astype(np.int32))


@pytest.mark.parametrize("single_from", [1, 10**9], ids=["single", "double"])
@pytest.mark.parametrize(("tasks", "workers", "per_task"), [(60, 12, 4), (4, 1500, 1500)])
def test_both_steps_equal_the_textbook(monkeypatch, single_from, tasks, workers, per_task):
    """With 1,500 answers a task every likelihood is smaller than the smallest number."""
    monkeypatch.setattr(steps, "SINGLE_PRECISION_FROM", single_from)
    close = 1e-3 if single_from == 1 else 1e-9
    answers = golden(crowd(3, tasks=tasks, workers=workers, per_task=per_task, classes=3)[0])
    confusion, classes = matrices(answers), np.array([0.5, 0.3, 0.2])
    made = Steps(answers)
    made.begin(np.full((tasks, 3), 1 / 3))
    found = made.update(log_table(confusion), classes[None])
    posterior, likelihood = plainly(answers, confusion, classes)
    assert found == pytest.approx(likelihood, rel=close)
    assert made.table() == pytest.approx(posterior, abs=close)
    cell = answers.worker * 3 + answers.label
    counts = np.array([np.bincount(cell, row, minlength=workers * 3) for row in posterior.T[:, answers.task]])
    assert made.counts() == pytest.approx(counts.reshape(3, workers, 3).transpose(1, 0, 2), abs=close)
    assert made.class_sums()[0] == pytest.approx(posterior[answers.active].sum(axis=0), rel=close)


def test_several_crowds_at_once_are_each_fitted_alone():
    parts = [golden(crowd(seed, tasks=40, workers=8, per_task=3, classes=3)[0]) for seed in (1, 2)]
    both = Answers(
        np.concatenate([parts[0].task, parts[1].task + 40]),
        np.concatenate([parts[0].worker, parts[1].worker + 8]),
        np.concatenate([part.label for part in parts]),
        80,
        16,
        3,
        np.concatenate([part.gold for part in parts]),
    )
    confusion, classes = matrices(both), np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    together = Steps(both, copies=2)
    together.begin(np.full((80, 3), 1 / 3))
    likelihood = together.update(log_table(confusion), classes)
    found = [plainly(part, confusion[8 * i : 8 * i + 8], classes[i]) for i, part in enumerate(parts)]
    assert likelihood == pytest.approx(found[0][1] + found[1][1])
    assert together.table() == pytest.approx(np.concatenate([found[0][0], found[1][0]]))
    assert together.class_sums().sum() == pytest.approx(sum(part.active.size for part in parts))


def test_idle_tasks_are_left_out_of_all_sums():
    answers, _, _ = crowd(4, tasks=30, workers=6, per_task=3, classes=3)
    some = with_gold(answers, np.full(30, -1, dtype=np.int32))
    made = Steps(some, idle=np.arange(30) >= 10)
    made.begin(np.full((30, 3), 1 / 3))
    made.update(log_table(matrices(some)), np.full((1, 3), 1 / 3))
    assert made.class_sums().sum() == pytest.approx(10)
    assert made.counts().sum() == pytest.approx((some.task < 10).sum())
