"""Hard items apart from careless people: by hand, in simulations, and who mixes up what."""

import numpy as np
import pytest
from scipy.stats import binom

from stats.audit.difficulty import mix_ups, task_difficulty
from stats.consensus.answers import Answers


def answers_of(rows, *, tasks, workers, classes):
    task, worker, label = (np.array(column, dtype=np.int32) for column in zip(*rows, strict=True))
    return Answers(task, worker, label, tasks, workers, classes)


def skilled(*accuracies, classes=2):
    eye = np.eye(classes)
    return np.stack([a * eye + (1 - a) / (classes - 1) * (1 - eye) for a in accuracies])


def test_it_works():
    """Five people of 0.8: three of five agree; a task of two; one that nobody answered."""
    rows = [(0, w, int(w < 3)) for w in range(5)] + [(1, 0, 1), (1, 1, 0)]
    found = task_difficulty(
        answers_of(rows, tasks=3, workers=5, classes=2), skilled(*[0.8] * 5), np.array([1, 1, 0])
    )
    assert found.answers.tolist() == [5, 2, 0]
    assert found.agreeing.tolist() == [3, 1, 0]
    assert found.expected.tolist() == pytest.approx([4.0, 1.6, 0.0])
    assert found.chance[:2].tolist() == pytest.approx([binom.cdf(3, 5, 0.8), binom.cdf(1, 2, 0.8)])
    assert np.isnan(found.chance[2])


def test_the_same_disagreement_is_hard_for_good_people_and_not_for_careless_ones():
    rows = [(t, w, int(w % 4 < 2)) for t in range(2) for w in range(4 * t, 4 * t + 4)]
    matrices = skilled(*[0.97] * 4, *[0.6] * 4)
    found = task_difficulty(answers_of(rows, tasks=2, workers=8, classes=2), matrices, np.array([1, 1]))
    assert found.chance[0] < 0.01
    assert found.chance[1] > 0.4


@pytest.mark.parametrize("seed", range(3))
def test_hard_items_are_found_among_careless_people(seed):
    rng = np.random.default_rng(seed)
    size, workers = 3_000, 30
    truth = rng.integers(0, 3, size)
    skill = np.where(np.arange(workers) < 8, 0.55, 0.93)
    hard = rng.random(size) < 0.1
    task = np.repeat(np.arange(size, dtype=np.int32), 7)
    worker = np.concatenate([rng.permutation(workers)[:7] for _ in range(size)]).astype(np.int32)
    chance = np.where(hard[task], 0.4, skill[worker])
    label = np.where(
        rng.random(task.size) < chance, truth[task], (truth[task] + rng.integers(1, 3, task.size)) % 3
    )
    found = task_difficulty(
        Answers(task, worker, label.astype(np.int32), size, workers, 3),
        skilled(*skill, classes=3),
        truth.astype(np.int32),
    )
    flagged = found.chance < 0.01
    assert flagged[~hard].mean() < 0.012, "false alarms stay within the chance"
    assert flagged[hard].mean() > 0.45
    careless = np.bincount(task, weights=worker < 8, minlength=size) >= 4
    assert flagged[careless & ~hard].mean() < 0.03, "careless people make no item hard"


def test_the_order_of_answers_does_not_matter_and_many_tasks_are_cut_in_pieces(monkeypatch):
    rng = np.random.default_rng(1)
    task, worker, label = (rng.integers(0, top, 400).astype(np.int32) for top in (90, 9, 2))
    matrices, truth = skilled(*rng.uniform(0.6, 0.99, 9)), rng.integers(0, 2, 90).astype(np.int32)
    plain = task_difficulty(Answers(task, worker, label, 90, 9, 2), matrices, truth)
    order = rng.permutation(400)
    monkeypatch.setattr("stats.audit.difficulty.CHUNK", 7)
    other = task_difficulty(Answers(task[order], worker[order], label[order], 90, 9, 2), matrices, truth)
    assert plain.chance == pytest.approx(other.chance, nan_ok=True)


def test_who_mixes_up_what():
    """Ten people; everybody takes 0 for 1 in a fifth of cases; the last takes 2 for 0 in half."""
    counts = np.zeros((10, 3, 3))
    counts[:] = [[80, 20, 0], [2, 98, 0], [1, 0, 99]]
    counts[9, 2] = [50, 0, 50]
    many, single = mix_ups(counts)
    assert [(one.truth, one.said, one.people) for one in many] == [(0, 1, 10)]
    assert many[0].rate == pytest.approx(0.2)
    assert many[0].low < 0.2 < many[0].high
    assert [(one.worker, one.truth, one.said) for one in single] == [(9, 2, 0)]
    assert single[0].others == pytest.approx(0.01)
    assert mix_ups(np.zeros((0, 3, 3))) == ([], [])


def test_of_very_many_classes_only_those_are_looked_at_that_are_said(monkeypatch):
    """Three people, two thousand classes: two mix-ups among four million pairs."""
    seen = []
    monkeypatch.setattr("stats.audit.difficulty._single", lambda *given: seen.append(given[2:]) or [])
    counts = np.zeros((3, 2_000, 2_000), dtype=np.float32)
    counts[:, 7, 7], counts[0, 7, 9], counts[:, 11, 3] = 40, 20, 1
    many, _ = mix_ups(counts)
    assert seen == [(7, 9), (11, 3)]
    assert [(one.truth, one.said) for one in many] == [(11, 3)]


def test_few_answers_say_nothing():
    counts = np.zeros((3, 2, 2))
    counts[:, 0] = [1, 1]
    assert mix_ups(counts[:2]) == ([], [])
