"""Accuracy over the pairs of rankings: coverage in simulations, and what the factor must do."""

from itertools import combinations

import numpy as np
import pytest

from stats.consensus.answers import Answers
from stats.consensus.robust import robust_consensus
from stats.trust.by_others import skill_by_others
from stats.trust.clustered import cluster_factor, skill_by_clusters
from stats.trust.people_fit import fit_people

CROWDS = 60


def ranked(rng, worth):
    """(n, k) places of options of these worths (n, k), as Plackett and Luce have people rank them."""
    return np.argsort(np.argsort(-(worth + rng.gumbel(size=worth.shape)), axis=1), axis=1)


def is_before(places, pairs):
    return (places[:, pairs[0]] < places[:, pairs[1]]).astype(np.int32)


def crowd_of_rankings(rng, *, options, tasks, people, per_task):
    """Answers by pairs, the item of each task, and how right everybody really is."""
    pairs = np.array(list(combinations(range(options), 2))).T
    order = np.argsort(rng.random((tasks, options)), axis=1)
    sharpness = np.linspace(0.3, 2.0, people)
    asked = np.argsort(rng.random((tasks, people)), axis=1)[:, :per_task]
    item, worker = np.repeat(np.arange(tasks), per_task), asked.ravel()
    said = is_before(ranked(rng, -order[item] * sharpness[worker, None]), pairs)
    usual = np.tile(-np.arange(options), (3_000, 1))
    real = [is_before(ranked(rng, usual * sharp), pairs).mean() for sharp in sharpness]
    size = pairs.shape[1]
    answers = Answers(
        task=(item[:, None] * size + np.arange(size)).ravel().astype(np.int32),
        worker=np.repeat(worker, size).astype(np.int32),
        label=said.ravel(),
        n_tasks=tasks * size,
        n_workers=people,
        n_classes=2,
    )
    return answers, np.repeat(np.arange(tasks), size).astype(np.int32), np.array(real)


@pytest.mark.parametrize(("options", "tasks", "per_task"), [(5, 101, 3), (4, 120, 4)])
def test_intervals_hold_what_they_promise(options, tasks, per_task):
    """Pairs as if they were independent: 74 to 89 %."""
    covered, plain = [], []
    for seed in range(CROWDS):
        rng = np.random.default_rng(seed)
        answers, item, real = crowd_of_rankings(
            rng, options=options, tasks=tasks, people=8, per_task=per_task
        )
        consensus = robust_consensus(answers)
        found, other = skill_by_clusters(answers, consensus, item), skill_by_others(answers, consensus)
        covered += ((found.low <= real) & (real <= found.high)).tolist()
        plain += ((other.low <= real) & (real <= other.high)).tolist()
        assert found.accuracy == pytest.approx(other.accuracy)
    assert 0.92 <= np.mean(covered) <= 0.98
    assert np.mean(plain) < np.mean(covered)


def test_independent_answers_have_a_factor_of_one():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 2, 4_000)
    said = np.where(rng.random((4_000, 5)) < 0.8, truth[:, None], 1 - truth[:, None]).ravel()
    answers = Answers(
        task=np.repeat(np.arange(4_000), 5).astype(np.int32),
        worker=np.tile(np.arange(5), 4_000).astype(np.int32),
        label=said.astype(np.int32),
        n_tasks=4_000,
        n_workers=5,
        n_classes=2,
    )
    consensus, item = robust_consensus(answers), np.repeat(np.arange(400), 10).astype(np.int32)
    factor, clusters = cluster_factor(fit_people(answers, consensus), item)
    assert factor == pytest.approx(1, abs=0.25)
    assert clusters.tolist() == [400] * 5
    alone = skill_by_clusters(answers, consensus, np.arange(4_000, dtype=np.int32))
    usual = skill_by_others(answers, consensus)
    assert alone.low == pytest.approx(usual.low, abs=1e-4)
    assert alone.high == pytest.approx(usual.high, abs=1e-4)


def test_answers_that_only_repeat_count_once():
    """Each task four times with the same answers: the factor takes the copies back."""
    rng = np.random.default_rng(6)
    truth = rng.integers(0, 2, 500)
    said = np.where(rng.random((500, 6)) < 0.8, truth[:, None], 1 - truth[:, None])
    copies = 4
    answers = Answers(
        task=np.repeat(np.arange(500 * copies), 6).astype(np.int32),
        worker=np.tile(np.arange(6), 500 * copies).astype(np.int32),
        label=np.repeat(said, copies, axis=0).ravel().astype(np.int32),
        n_tasks=500 * copies,
        n_workers=6,
        n_classes=2,
    )
    item = np.repeat(np.arange(500), copies).astype(np.int32)
    factor, _ = cluster_factor(fit_people(answers, robust_consensus(answers)), item)
    assert factor == pytest.approx(copies)


def test_the_order_of_answers_and_the_numbers_of_items_do_not_matter():
    rng = np.random.default_rng(7)
    answers, item, _ = crowd_of_rankings(rng, options=4, tasks=40, people=5, per_task=3)
    order, names = rng.permutation(answers.size), rng.permutation(40).astype(np.int32)
    other = Answers(
        answers.task[order],
        answers.worker[order],
        answers.label[order],
        answers.n_tasks,
        answers.n_workers,
        answers.n_classes,
    )
    one, clusters = cluster_factor(fit_people(answers, robust_consensus(answers)), item)
    two, same = cluster_factor(fit_people(other, robust_consensus(other)), names[item])
    assert two == pytest.approx(one, rel=1e-6)
    assert same.tolist() == clusters.tolist()


def test_without_answers_nothing_is_known():
    nothing = Answers(*(np.zeros(0, dtype=np.int32) for _ in range(3)), 3, 2, 2)
    factor, clusters = cluster_factor(
        fit_people(nothing, robust_consensus(nothing)), np.zeros(3, dtype=np.int32)
    )
    assert factor.tolist() == [1, 1]
    assert clusters.tolist() == [0, 0]
    found = skill_by_clusters(nothing, robust_consensus(nothing), np.zeros(3, dtype=np.int32))
    assert found.n.tolist() == [0, 0]
