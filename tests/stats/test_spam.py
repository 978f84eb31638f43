"""Same answers and copying: honest crowds are accused no more often than stated, seeded cheats are found."""

import numpy as np
import pytest

from stats.consensus.answers import Answers
from stats.consensus.robust import robust_consensus
from stats.intervals.multiple import benjamini_hochberg
from stats.trust.copying import ENOUGH_PAIRS, copying
from stats.trust.observed import observe
from stats.trust.same_answers import same_answers
from tests.stats.crowds import tiny

LEVELS = (0.001, 0.01, 0.05, 0.1, 0.25)


def simulated(seed, *, tasks=500, people=12, classes=3, per_task=4, shares=None, hard=0.0, cheat=None):
    """People of accuracy 0.65 to 0.97, symmetric in their mistakes; of ``hard`` items everybody's chance is
    0.55, and all go wrong in the same way. ``cheat`` changes the labels (person, task, label) in place."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(classes, tasks, p=shares)
    lure = (truth + rng.integers(1, classes, tasks)) % classes
    is_hard = rng.random(tasks) < hard
    skill = rng.uniform(0.65, 0.97, people)
    who = np.concatenate([rng.choice(people, per_task, replace=False) for _ in range(tasks)])
    task = np.arange(tasks).repeat(per_task)
    order = rng.permutation(task.size)
    who, task = who[order], task[order]
    right = rng.random(task.size) < np.where(is_hard[task], 0.55, skill[who])
    wrong = np.where(is_hard[task], lure[task], (truth[task] + rng.integers(1, classes, task.size)) % classes)
    label = np.where(right, truth[task], wrong)
    if cheat is not None:
        cheat(rng, who, task, label)
    return Answers(*(each.astype(np.int32) for each in (task, who, label)), tasks, people, classes)


def judged(answers):
    fit = robust_consensus(answers)
    return same_answers(observe(answers, fit, np.arange(answers.size))), copying(answers, fit)


def copies(share):
    """Person 1 copies person 0 on this share of the tasks that both have."""

    def cheat(rng, who, task, label):
        model = dict(zip(task[who == 0].tolist(), label[who == 0].tolist(), strict=True))
        for row in np.flatnonzero(who == 1):
            if int(task[row]) in model and rng.random() < share:
                label[row] = model[int(task[row])]

    return cheat


@pytest.mark.parametrize(
    "crowd",
    [
        {},
        {"classes": 2, "hard": 0.1, "tasks": 1_000},
        {"classes": 2, "shares": [0.93, 0.07]},
        {"classes": 5, "hard": 0.15},
    ],
)
def test_honest_people_are_accused_no_more_often_than_stated(crowd):
    same, pairs = zip(*(judged(simulated(seed, **crowd)) for seed in range(8)), strict=True)
    p = np.concatenate([each.p for each in same])
    for level in LEVELS:
        assert (p <= level).mean() <= level + 1 / p.size
    p = np.concatenate([each.p for each in pairs])
    assert p.size == 8 * 66
    for level in LEVELS:
        assert (p <= level).mean() <= level + 2 * np.sqrt(level / p.size)
    assert sum((benjamini_hochberg(each.p) <= 0.01).any() for each in pairs) <= 1


def test_the_usual_excess_is_known_with_enough_pairs_only():
    _, many = judged(simulated(0, classes=3, hard=0.2, tasks=1_500))
    assert (many.usual > many.expected).all()
    _, few = judged(simulated(0, people=5, classes=3, hard=0.2, tasks=1_500))
    assert few.p.size == 10 < ENOUGH_PAIRS
    assert (few.usual == few.expected).all()


@pytest.mark.parametrize(("share", "least"), [(0.8, 4), (0.5, 3)])
def test_copying_is_found(share, least):
    """A pair of 200 common items. Whoever copies somebody who is always right looks like a careful person."""
    hits, others = 0, 0
    for seed in range(6):
        answers = simulated(seed, tasks=2_200, classes=3, hard=0.05, cheat=copies(share))
        _, found = judged(answers)
        accused = benjamini_hochberg(found.p) <= 0.01
        is_pair = (found.first == 0) & (found.second == 1)
        hits += int(accused[is_pair][0])
        others += int(accused[~is_pair].sum())
    assert hits >= least
    assert others <= 1


def test_pairs_are_counted_and_capped():
    answers = simulated(2, tasks=300)
    fit = robust_consensus(answers)
    whole, some = copying(answers, fit, least=20), copying(answers, fit, least=20, most=20)
    assert some.p.size == 20
    assert some.left_out == whole.p.size - 20
    assert some.items.min() >= np.sort(whole.items)[::-1][19]
    first, second = int(whole.first[0]), int(whole.second[0])
    mine, theirs = (
        dict(
            zip(
                answers.task[answers.worker == w].tolist(),
                answers.label[answers.worker == w].tolist(),
                strict=True,
            )
        )
        for w in (first, second)
    )
    common = mine.keys() & theirs.keys()
    assert whole.items[0] == len(common)
    assert whole.same[0] == sum(mine[task] == theirs[task] for task in common)
    assert copying(tiny([0], [0], [0]), robust_consensus(tiny([0], [0], [0]))).p.size == 0


@pytest.mark.parametrize("cycle", [(1,), (0, 1), (2, 0, 1), (0, 0, 1)])
def test_the_same_answer_and_repeated_patterns_are_found(cycle):
    def cheat(rng, who, task, label):
        rows = np.flatnonzero(who == 0)
        label[rows] = np.array(cycle)[np.arange(rows.size) % len(cycle)]

    for seed in range(3):
        found, _ = judged(simulated(seed, tasks=150, cheat=cheat))
        assert found.p[0] < 1e-4
        assert (found.p[1:] > 0.01).all()
        assert found.label[0] == (1 if cycle == (1,) else -1)
        assert found.period[0] == (0 if cycle == (1,) else len(cycle))
        assert found.share[0] > 0.9


def test_entropy_beside_what_the_items_call_for():
    def cheat(rng, who, task, label):
        label[who == 0] = 2

    found, _ = judged(simulated(0, cheat=cheat))
    assert found.entropy[0] == 0
    assert found.expected_entropy[0] > 1.5
    assert found.entropy[1] == pytest.approx(found.expected_entropy[1], abs=0.05)


def test_a_rare_class_that_is_never_given_is_no_spam():
    """Nine of ten items are of one class: somebody who always says so is found only with many answers."""

    def cheat(rng, who, task, label):
        label[who == 0] = 0

    few, _ = judged(simulated(3, tasks=70, classes=2, shares=[0.9, 0.1], cheat=cheat))
    many, _ = judged(simulated(3, tasks=900, classes=2, shares=[0.9, 0.1], cheat=cheat))
    assert few.p[0] > 0.01
    assert many.p[0] < 0.001
