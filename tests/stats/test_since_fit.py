"""Trust brought up to date answer by answer, beside a full fit of the same answers."""

import numpy as np
import pytest

from benchmarks.consensus.people import KINDS, made
from benchmarks.consensus.since_fit import apart, follow, part
from stats.consensus.robust import robust_consensus
from stats.trust import information, since_fit
from stats.trust.by_others import skill_and_sums, skill_by_others
from stats.trust.since_fit import TaskVotes, newcomers, skill_now
from tests.stats.crowds import crowd, with_gold

NAMES = ("5 people, K=2", "12 people, K=4, unequal", "60 people, 15 answers each")
SOME = [one for one in KINDS if one.name in NAMES]


@pytest.mark.parametrize("kind", SOME, ids=lambda one: one.name)
@pytest.mark.parametrize(("new", "bound"), [(0.01, 0.08), (0.05, 0.25), (0.2, 0.3)])
def test_it_is_near_the_full_fit(kind, new, bound):
    """``bound``: mean distance, in halves of the full fit's interval. On more kinds: bench_one_answer."""
    found = apart(kind, new, times=2).figures()
    assert found["of half"] < bound
    assert found["max of half"] < 1
    assert found["root mean square"] < found["not updated"], "better than waiting for the full run"


def test_without_new_answers_it_says_what_the_fit_said():
    answers, _, _ = crowd(3, tasks=200, workers=8, per_task=3)
    full, sums, people = skill_and_sums(answers, robust_consensus(answers))
    now = skill_now(sums, people)
    for name in ("accuracy", "low", "high", "n", "correct"):
        assert getattr(now, name) == pytest.approx(getattr(full, name), abs=1e-9), name
    assert now.skill.class_low == pytest.approx(full.skill.class_low, abs=1e-9)


@pytest.mark.parametrize("classes", [3, 18])
def test_what_was_added_can_be_taken_back(classes):
    answers, _, _ = crowd(4, tasks=150, workers=8, per_task=3, classes=classes)
    assert (classes > information.MOST_CLASSES) == (classes == 18)
    late = np.arange(answers.size) % 9 == 0
    early = part(answers, ~late)
    before, sums, people = skill_and_sums(early, robust_consensus(early))
    follow(sums, people, answers, late)
    moved = skill_now(sums, people)
    assert np.abs(moved.accuracy - before.accuracy).max() > 1e-4
    assert (moved.low < moved.accuracy).all()
    assert (moved.accuracy < moved.high).all()
    rows = [np.flatnonzero(answers.task == task) for task in np.unique(answers.task[late])]
    for task in rows:
        for some, times in ((task, -1.0), (task[~late[task]], 1.0)):
            who, what = answers.worker[some].tolist(), answers.label[some].tolist()
            since_fit.add(sums, people, [TaskVotes(who, what, times=times)])
    again = skill_now(sums, people)
    assert again.accuracy == pytest.approx(before.accuracy, abs=1e-9)
    assert again.n == pytest.approx(before.n, abs=1e-6)


def test_gold_counts_exactly():
    answers, truth, _ = crowd(5, tasks=150, workers=6, per_task=3)
    known = with_gold(answers, truth.astype(np.int32))
    late = np.random.default_rng(1).random(known.size) < 0.1
    early = part(known, ~late)
    _, sums, people = skill_and_sums(early, robust_consensus(early))
    follow(sums, people, known, late)
    now, full = skill_now(sums, people), skill_by_others(known, robust_consensus(known))
    assert now.n == pytest.approx(full.n)
    assert now.correct == pytest.approx(full.correct)


def test_a_newcomer_is_like_the_crowd_until_answers_say_more():
    kind = KINDS[8]
    answers, _, _ = made(kind, 0)
    early = part(answers, answers.worker != 0)
    _, sums, people = skill_and_sums(early, robust_consensus(early))
    unknown = skill_now(sums, newcomers(sums, 1))
    assert unknown.n[0] == 0
    assert unknown.low[0] < 0.5 < unknown.high[0]
    for name in ("confusion", "start", "counts", "seen", "full", "raised", "raised_by_class"):
        getattr(people, name)[0] = getattr(newcomers(sums, 1), name)[0]
    follow(sums, people, answers, answers.worker == 0)
    now, full = skill_now(sums, people), skill_by_others(answers, robust_consensus(answers))
    assert now.low[0] < full.accuracy[0] < now.high[0]
    assert now.n[0] > 20


def test_one_answer_tells_nothing():
    answers, _, _ = crowd(6, tasks=60, workers=5, per_task=3)
    _, sums, _ = skill_and_sums(answers, robust_consensus(answers))
    new = newcomers(sums, 1)
    since_fit.add(sums, new, [TaskVotes([0], [1])])
    assert not new.counts.any()
    since_fit.add(sums, new, [TaskVotes([0], [1], gold=1)])
    assert new.counts.sum() == new.counts[0, 1, 1] == 1
