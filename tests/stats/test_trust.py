"""What is known of people: posteriors, leaving the person out, spammers."""

from math import sqrt

import numpy as np
import pytest

from stats.consensus.answers import Answers
from stats.consensus.posterior import posterior_for_task
from stats.consensus.robust import robust_consensus
from stats.intervals.beta import beta_interval
from stats.trust import leave_out
from stats.trust.confusion import skill_posterior
from stats.trust.leave_out import left_out_counts
from stats.trust.need import need_of_gold
from stats.trust.spammer import spammer_score
from tests.stats.crowds import crowd, tiny, with_gold


def test_need_of_gold_falls_with_what_is_known():
    assert need_of_gold(0, 0, bar=0.8) == 1.0
    needs = [need_of_gold(0.95 * n, n, bar=0.8) for n in (5, 20, 80, 320)]
    assert needs == sorted(needs, reverse=True)
    assert needs[-1] < 0.06
    assert need_of_gold(10, 100, bar=0.8) < 0.12, "somebody known to be bad needs no more of it"
    assert need_of_gold(80, 100, bar=0.8) > 0.9, "on which side of the bar is a toss-up"
    assert need_of_gold(7, 10, bar=0.5) == pytest.approx(sqrt(32 / (144 * 13)) * sqrt(12), abs=1e-3)
    with pytest.raises(ValueError, match="successes"):
        need_of_gold(3, 2, bar=0.8)


def test_it_works():
    skill = skill_posterior([[[8, 2], [1, 9]]])
    assert skill.class_accuracy[0] == pytest.approx([8.5 / 11, 9.5 / 11])
    expected = beta_interval(8.5, 2.5)
    assert (skill.class_low[0, 0], skill.class_high[0, 0]) == pytest.approx((expected.low, expected.high))
    assert skill.low[0] < skill.accuracy[0] < skill.high[0]
    assert skill.evidence.tolist() == [[10, 10]]


def test_overall_interval_matches_simulation():
    counts = np.array([[[8.0, 2, 0], [1, 9, 3], [0, 0, 30]]])
    skill = skill_posterior(counts, marginals=[0.5, 0.3, 0.2])
    rng = np.random.default_rng(0)
    draws = np.stack([rng.dirichlet(row + 1 / 3, 40_000)[:, j] for j, row in enumerate(counts[0])], axis=1)
    low, high = np.quantile(draws @ [0.5, 0.3, 0.2], [0.025, 0.975])
    assert skill.accuracy[0] == pytest.approx((draws @ [0.5, 0.3, 0.2]).mean(), abs=0.002)
    assert (skill.low[0], skill.high[0]) == pytest.approx((low, high), abs=0.006)


def test_more_evidence_narrows_and_none_leaves_the_prior():
    counts = np.array([[[4, 1], [1, 4]], [[40, 10], [10, 40]], [[0, 0], [0, 0]]])
    skill = skill_posterior(counts)
    width = skill.high - skill.low
    assert width[1] < width[0] < width[2]
    assert skill.accuracy[2] == pytest.approx(0.5)
    assert skill.low[2] < 0.1
    assert skill.high[2] > 0.9


def test_one_class_is_certain():
    skill = skill_posterior([[[5]]])
    assert (skill.accuracy[0], skill.low[0], skill.high[0]) == (1, 1, 1)
    assert skill.class_low[0, 0] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": [[[1, -1], [0, 1]]]},
        {"counts": [[[1, 1]]]},
        {"counts": np.ones((1, 2, 2)), "prior": np.zeros((2, 2))},
    ],
)
def test_wrong_counts_are_refused(wrong):
    with pytest.raises(ValueError, match="counts"):
        skill_posterior(**wrong)


def test_left_out_counts_are_what_the_definition_says():
    answers, _, _ = crowd(3, tasks=60, workers=8, per_task=3)
    doubled = Answers(
        np.append(answers.task, answers.task[0]), np.append(answers.worker, answers.worker[0]),
        np.append(answers.label, 1 - min(answers.label[0], 1)), 60, 8, 3,
    )  # fmt: skip
    for data in (answers, doubled):
        fit = robust_consensus(data)
        expected = np.zeros((8, 3, 3))
        for t, w, label in zip(data.task, data.worker, data.label, strict=True):
            rows = (data.task == t) & (data.worker != w)
            expected[w, :, label] += posterior_for_task(
                data.worker[rows],
                data.label[rows],
                confusion=fit.confusion**fit.temper,
                marginals=fit.marginals,
            )
        assert left_out_counts(data, fit) == pytest.approx(expected, abs=1e-9)


def test_chunks_do_not_show(monkeypatch):
    answers, _, _ = crowd(4, tasks=80)
    fit = robust_consensus(answers)
    whole = left_out_counts(answers, fit)
    monkeypatch.setattr(leave_out, "CHUNK", 7)
    assert left_out_counts(answers, fit) == pytest.approx(whole, abs=1e-9)


def test_nobody_vouches_for_themselves():
    answers = tiny([0, 1, 1, 2], [0, 0, 1, 0], [1, 1, 1, 0], gold=[-1, -1, 0])
    counts = left_out_counts(answers, robust_consensus(answers))
    assert counts[0].sum() == pytest.approx(2)  # task 0 has no other answer and is no gold
    assert counts[0, 0, 0] == pytest.approx(1, abs=0.5)
    assert left_out_counts(answers, robust_consensus(answers), gold_only=True)[0].tolist() == [[1, 0], [0, 0]]


def test_skill_is_recovered_without_flattery():
    answers, truth, matrices = crowd(5, tasks=2000, workers=15, per_task=4)
    skill = skill_posterior(left_out_counts(answers, robust_consensus(answers)))
    real = np.diagonal(matrices, axis1=1, axis2=2).mean(axis=1)
    assert np.abs(skill.accuracy - real).mean() < 0.05
    assert np.corrcoef(skill.accuracy, real)[0, 1] > 0.9
    gold = left_out_counts(
        with_gold(answers, truth.astype(np.int32)), robust_consensus(with_gold(answers, truth))
    )
    exact = np.array([(answers.label == truth[answers.task])[answers.worker == w].sum() for w in range(15)])
    assert gold.trace(axis1=1, axis2=2) == pytest.approx(exact)


def test_spammer_score_knows_spammers_experts_and_liars():
    spam, expert, liar = [[0.3, 0.7]] * 2, np.eye(2), np.eye(2)[::-1]
    assert spammer_score([spam, expert, liar]) == pytest.approx([0, 1, 1])
    assert spammer_score([[[0.9, 0.1], [0.4, 0.6]]]) == pytest.approx([(0.9 + 0.6 - 1) ** 2])
    assert spammer_score([np.eye(4)]) == pytest.approx([1])
    assert np.isnan(spammer_score([[[1.0]]])).all()
