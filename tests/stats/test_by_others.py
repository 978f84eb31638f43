"""Accuracy by the others in crowds whose truth stays uncertain: unbiased, and as sure as it says."""

import numpy as np
import pytest

from benchmarks.consensus.people import KINDS, made, measured
from stats.consensus.robust import robust_consensus
from stats.trust import by_others, information
from stats.trust.by_others import combined, skill_by_others
from stats.trust.leave_out import left_out_counts
from stats.trust.people_fit import fit_people
from tests.stats.crowds import crowd, tiny, with_gold

INTERVALS = {"5 people, K=4": 100, "12 people, K=2": 240, "12 people, K=10, unequal": 60}


@pytest.mark.parametrize("kind", [one for one in KINDS if one.name in INTERVALS], ids=lambda one: one.name)
def test_soft_crowds_are_judged_without_bias_and_as_surely_as_stated(kind):
    """On more crowds, and on more kinds of them, by ``python -m benchmarks.consensus --people N``."""
    found = measured(kind, times=INTERVALS[kind.name] // kind.people)
    assert abs(found["bias"]) < 0.01
    assert 0.92 <= found["covered"] <= 0.98
    assert found["bias of counts"] < -0.05, "the soft counts are biased, or this tells nothing"


def test_gold_is_exact():
    answers, truth, _ = crowd(5, tasks=150, workers=6, per_task=3)
    known = with_gold(answers, truth.astype(np.int32))
    found = skill_by_others(known, robust_consensus(known))
    right = np.bincount(answers.worker, answers.label == truth[answers.task])
    assert found.n == pytest.approx(answers.per_worker)
    assert found.correct == pytest.approx(right)
    assert found.counts == pytest.approx(left_out_counts(known, robust_consensus(known)))


def test_nobody_vouches_for_themselves_and_what_is_unknown_is_wide():
    alone = tiny(np.arange(50), np.zeros(50, dtype=int), np.zeros(50, dtype=int))
    found = skill_by_others(alone, robust_consensus(alone))
    assert found.n[0] == 0
    assert found.skill.low[0] < 0.2
    assert found.skill.high[0] > 0.95
    answers = tiny([0, 1, 1, 2], [0, 0, 1, 0], [1, 1, 1, 0], gold=[-1, -1, 0])
    assert 1 < skill_by_others(answers, robust_consensus(answers)).n[0] < 2


def test_soft_answers_count_less_than_they_are():
    answers, _, _ = made(KINDS[0], 0)
    found = skill_by_others(answers, robust_consensus(answers))
    effective = found.n / answers.per_worker
    assert 0.1 < effective.mean() < 0.6
    assert effective.max() < 1
    assert (found.correct <= found.n).all()


def test_the_same_answers_give_the_same_bits_in_any_order_of_work(monkeypatch):
    answers, _, _ = crowd(4, tasks=80)
    fit = robust_consensus(answers)
    first, again = skill_by_others(answers, fit), skill_by_others(answers, fit)
    assert (first.variance == again.variance).all()
    assert (first.skill.confusion == again.skill.confusion).all()
    monkeypatch.setattr(information, "CHUNK", 7)
    assert skill_by_others(answers, fit).variance == pytest.approx(first.variance)


def test_many_classes_share_one_measure_of_information(monkeypatch):
    answers, _, _ = crowd(6, tasks=300, workers=6, per_task=3)
    fit = fit_people(answers, robust_consensus(answers))
    by_class = fit.weight[:, None] @ information.own_covariance(fit) @ fit.weight[..., None]
    monkeypatch.setattr(information, "MOST_CLASSES", 2)
    together = fit.weight[:, None] @ information.own_covariance(fit) @ fit.weight[..., None]
    assert together == pytest.approx(by_class, rel=0.2)


def test_questions_together():
    answers, _, _ = crowd(7, tasks=100, workers=4, per_task=3)
    one = skill_by_others(answers, robust_consensus(answers))
    both = combined([one, one], np.tile(np.arange(4), 2), 4)
    assert both.accuracy == pytest.approx(one.accuracy)
    assert both.n == pytest.approx(2 * one.n)
    assert (both.high - both.low < one.high - one.low).all()


def test_one_class_is_certain():
    answers = tiny([0, 0], [0, 1], [0, 0], classes=1)
    found = skill_by_others(answers, robust_consensus(answers))
    assert found.accuracy.tolist() == [1, 1]
    assert found.low.tolist() == [1, 1]


def test_with_many_cells_fewer_crowds_are_tried(monkeypatch):
    answers, _, _ = crowd(3, tasks=200, workers=12, classes=20)
    fit = robust_consensus(answers)
    usual = skill_by_others(answers, fit)
    drawn = []
    plain = by_others._drawn
    monkeypatch.setattr(by_others, "_drawn", lambda *given: drawn.append(given[2]) or plain(*given))
    for cells, copies, near in ((10 * 12 * 400, 10, 0.25), (1, 1, 0.5)):
        monkeypatch.setattr(by_others, "TRIED_CELLS", cells)
        few = skill_by_others(answers, fit)
        assert drawn[-1] == copies
        assert (few.accuracy == usual.accuracy).all()
        assert few.variance == pytest.approx(usual.variance, rel=near), "fewer trials tell less"
