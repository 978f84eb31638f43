"""The default: against majority and Dawid-Skene, calibrated, and the same task by task."""

import numpy as np
import pytest

from stats.consensus.answers import Answers
from stats.consensus.dawid_skene import dawid_skene
from stats.consensus.majority import majority_vote
from stats.consensus.posterior import posterior_for_task
from stats.consensus.robust import robust_consensus
from stats.learning.calibration import calibration
from tests.stats.crowds import crowd, fair_accuracy


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("shape", [(150, 3, 12), (120, 15, 100), (600, 6, 60), (300, 9, 25)])
def test_the_default_never_loses_badly_to_majority(classes, shape):
    tasks, per_task, workers = shape
    losses = []
    for seed in range(12):
        answers, truth, _ = crowd(seed, tasks=tasks, per_task=per_task, workers=workers, classes=classes)
        losses.append(
            fair_accuracy(majority_vote(answers).share, truth)
            - fair_accuracy(robust_consensus(answers).posterior, truth)
        )
    assert np.mean(losses) <= 0.002
    assert max(losses) <= 0.04


def test_the_default_beats_plain_em_on_sparse_data():
    gains = []
    for seed in range(10):
        answers, truth, _ = crowd(seed, tasks=150, per_task=6, workers=90, classes=5, skill=(2, 2))
        robust, plain = robust_consensus(answers), dawid_skene(answers)
        gains.append((robust.label == truth).mean() - (plain.label == truth).mean())
    assert np.mean(gains) > 0.01


@pytest.mark.parametrize("classes", [2, 4])
def test_the_quick_posterior_equals_the_default(classes):
    """After a full run, and without new answers, the incremental update changes nothing."""
    answers, _, _ = crowd(10, classes=classes)
    result = robust_consensus(answers)
    for task in range(0, 400, 37):
        rows = answers.task == task
        quick = posterior_for_task(
            answers.worker[rows], answers.label[rows],
            confusion=result.confusion, marginals=result.marginals, temper=result.temper,
        )  # fmt: skip
        assert quick == pytest.approx(result.posterior[task], abs=1e-9)


def plausible(seed=5):
    """A yes-or-no crowd of 2,000 tasks in which half of the wrong items look right to everybody."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(2000) < 0.15).astype(np.int32)
    is_plausible = (truth == 0) & (rng.random(2000) < 0.5)
    yes = np.where(truth == 1, rng.beta(16, 4, 2000), np.where(is_plausible, rng.beta(8, 12, 2000), 0.03))
    task = np.arange(2000).repeat(6)
    worker = np.concatenate([rng.choice(70, 6, replace=False) for _ in range(2000)])
    label = rng.random(task.size) < 0.87 * yes[task] + 0.065
    columns = [a.astype(np.int32) for a in (task, worker, label)]
    return Answers(*columns, n_tasks=2000, n_workers=70, n_classes=2), truth


def calibration_gap(result, truth):
    return calibration(np.clip(result.confidence, 0, 1), result.label == truth).expected_error


def test_items_hard_for_everybody_are_no_class_of_their_own():
    """Dawid-Skene reads "plausible but wrong" items as the other class and falls below majority."""
    answers, truth = plausible()
    majority = fair_accuracy(majority_vote(answers).share, truth)
    plain, default = dawid_skene(answers), robust_consensus(answers)
    assert (plain.label == truth).mean() < majority < (default.label == truth).mean() - 0.03
    assert calibration_gap(default, truth) < calibration_gap(plain, truth) / 2


def test_probabilities_come_true_over_crowds_of_this_kind():
    """The mean over crowds is what is promised; a single one of 2,000 tasks may be a little beyond."""
    crowds = [plausible(seed) for seed in (5, 6, 7)]
    gaps = [calibration_gap(robust_consensus(answers), truth) for answers, truth in crowds]
    assert np.mean(gaps) < 0.05


def test_evidence_lowers_the_weight_of_answers_that_are_alike():
    """Where items mislead everybody, an answer counts for less than where everybody errs alone."""
    honest, _, _ = crowd(11, tasks=1500, classes=3, skill=(2, 2))
    rng = np.random.default_rng(6)
    mislead = rng.random((1500, 3)) ** 3
    share = mislead[honest.task] / mislead[honest.task].sum(axis=1, keepdims=True)
    label = (rng.random(honest.size)[:, None] > share.cumsum(axis=1)[:, :-1]).sum(axis=1).astype(np.int32)
    alike = Answers(honest.task, honest.worker, label, 1500, 40, 3)
    assert robust_consensus(alike).temper <= 0.7
    assert robust_consensus(honest).temper >= 0.85


def test_probabilities_come_true():
    """Over crowds that err independently, where the default is cautious, claims are off by less than 0.08."""
    gaps = []
    for seed in range(6):
        answers, truth, _ = crowd(seed, tasks=800, per_task=4, workers=60, classes=3, skill=(2, 2))
        gaps.append(calibration_gap(robust_consensus(answers), truth))
    assert np.mean(gaps) < 0.08


def mixing(seed, share):
    """1,500 tasks of four classes; so many answers are wrong, always as this person mixes classes up."""
    rng = np.random.default_rng(seed)
    truth, task = rng.integers(0, 4, 1500), np.arange(1500).repeat(4)
    worker = np.concatenate([rng.choice(20, 4, replace=False) for _ in range(1500)])
    reads = np.stack([rng.permutation(4) for _ in range(20)])
    label = np.where(rng.random(task.size) < share, reads[worker, truth[task]], truth[task])
    return Answers(*[a.astype(np.int32) for a in (task, worker, label)], 1500, 20, 4)


@pytest.mark.parametrize(
    ("answers", "better"),
    [
        (mixing(1, 0.3), 8.0),  # 64 is given up
        (crowd(3, tasks=900, per_task=4, workers=12, skill=(2, 2))[0], 8.0),  # fitted to its end
        (crowd(3, tasks=900, per_task=4, workers=12)[0], 64.0),
    ],
)
def test_a_strength_that_is_given_up_would_not_have_won(answers, better):
    """The choice among both is, to the bit, the one that is better when each is fitted to its end."""
    chosen = robust_consensus(answers)
    by = {strength: robust_consensus(answers, strengths=(strength,)) for strength in (8.0, 64.0)}
    assert chosen.posterior.tobytes() == by[better].posterior.tobytes()
    assert chosen.confusion.tobytes() == by[better].confusion.tobytes()
    assert by[8.0].posterior.tobytes() != by[64.0].posterior.tobytes()


@pytest.mark.parametrize("twice", [0.0, 0.05])
@pytest.mark.parametrize("classes", [2, 3])
def test_what_one_person_alone_answered_is_not_read_as_something_else(classes, twice):
    """With (nearly) all tasks answered once, nothing tells who is wrong: the answers stand."""
    for seed in range(8):
        answers, truth, _ = crowd(seed, tasks=400, per_task=2, workers=15, classes=classes)
        kept = np.arange(answers.size) % 2 == 0
        kept |= (answers.task % 100) < 100 * twice
        columns = (column[kept] for column in (answers.task, answers.worker, answers.label))
        few = Answers(*columns, answers.n_tasks, answers.n_workers, classes)
        share, found = majority_vote(few).share, robust_consensus(few)
        assert fair_accuracy(share, truth) - fair_accuracy(found.posterior, truth) <= 0.01


@pytest.mark.parametrize("method", [dawid_skene, robust_consensus])
def test_classes_that_nobody_named_cost_nothing_and_change_no_bit(method, monkeypatch):
    answers, _, _ = crowd(2, tasks=60, workers=30, classes=25)
    assert 2 * answers.used.size < 30 * 25, "else the whole table is made"
    sparse = method(answers)
    monkeypatch.setattr(Answers, "used", None)
    plain = method(answers)
    assert sparse.posterior.tobytes() == plain.posterior.tobytes()
    assert sparse.confusion.tobytes() == plain.confusion.tobytes()
