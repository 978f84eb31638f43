"""Simulated crowds for the tests of inference."""

import numpy as np

from stats.consensus.answers import Answers


def crowd(seed, *, tasks=400, per_task=5, workers=40, classes=3, skill=(4, 2)):
    """Simulated answers of distinct people per task, the truth, and the matrices they were drawn from."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, tasks)
    accuracy = 1 / classes + (1 - 1 / classes) * rng.beta(*skill, workers)
    matrices = np.stack([rng.dirichlet(np.full(classes, 2.0), classes) for _ in range(workers)])
    matrices *= (1 - accuracy)[:, None, None]
    matrices += accuracy[:, None, None] * np.eye(classes)
    who = np.concatenate([rng.choice(workers, per_task, replace=False) for _ in range(tasks)])
    task = np.arange(tasks).repeat(per_task)
    draws = rng.random(task.size)[:, None]
    label = (draws > matrices[who, truth[task]].cumsum(axis=1)[:, :-1]).sum(axis=1)
    codes = [a.astype(np.int32) for a in (task, who, label)]
    return Answers(*codes, n_tasks=tasks, n_workers=workers, n_classes=classes), truth, matrices


def with_gold(answers, gold):
    return Answers(
        answers.task,
        answers.worker,
        answers.label,
        answers.n_tasks,
        answers.n_workers,
        answers.n_classes,
        gold,
    )


def tiny(task, worker, label, *, classes=2, gold=None, tasks=None):
    return Answers(
        np.array(task, dtype=np.int32), np.array(worker, dtype=np.int32), np.array(label, dtype=np.int32),
        n_tasks=max(task, default=-1) + 1 if tasks is None else tasks, n_workers=max(worker, default=-1) + 1,
        n_classes=classes, gold=None if gold is None else np.array(gold, dtype=np.int32),
    )  # fmt: skip


def fair_accuracy(share, truth):
    top = share == share.max(axis=1, keepdims=True)
    return float((top / top.sum(axis=1, keepdims=True))[np.arange(len(truth)), truth].mean())
