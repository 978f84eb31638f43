"""Bias, drift, speed, agreement with the others: known people are recovered within the stated intervals."""

import numpy as np
import pytest
from scipy.stats import binom

from stats.consensus.robust import robust_consensus
from stats.trust.bias import class_bias
from stats.trust.drift import BASELINE, RUN_LENGTH, cusum, recent_accuracy, watch
from stats.trust.leave_out import left_out_counts
from stats.trust.observed import LAGS, observe
from stats.trust.speed import beside_others, medians, too_fast
from stats.trust.with_others import agreement_with_others
from tests.stats.crowds import crowd, tiny, with_gold


def test_one_pass_sees_what_the_definitions_say():
    answers, _, _ = crowd(3, tasks=60, workers=8, per_task=3)
    fit = robust_consensus(answers)
    when = np.random.default_rng(0).permutation(answers.size)
    seen = observe(answers, fit, when)
    assert seen.counts == pytest.approx(left_out_counts(answers, fit))
    assert seen.given.sum(axis=1) == pytest.approx(np.bincount(answers.worker, minlength=8))
    assert seen.expected.sum(axis=1) == pytest.approx(seen.given.sum(axis=1))
    for person in range(8):
        rows = np.flatnonzero(answers.worker == person)
        labels = answers.label[rows[np.argsort(when[rows])]]
        for lag in range(1, LAGS + 1):
            assert seen.trials[person, lag - 1] == labels.size - lag
            assert seen.repeats[person, lag - 1] == (labels[lag:] == labels[:-lag]).sum()


def test_nobody_alone_is_seen():
    seen = observe(
        tiny([0, 1, 1], [0, 0, 1], [1, 1, 0]),
        robust_consensus(tiny([0, 1, 1], [0, 0, 1], [1, 1, 0])),
        np.arange(3),
    )
    assert seen.others.tolist() == [-1, 0, 1]


# ---- bias


def test_bias_is_what_was_given_less_what_was_there():
    counts = np.array([[[30.0, 10], [0, 10]], [[0, 0], [0, 0]]])
    bias = class_bias(counts)
    assert bias.given[0] == pytest.approx([0.6, 0.4])
    assert bias.expected[0] == pytest.approx([0.8, 0.2])
    assert bias.difference[0] == pytest.approx([-0.2, 0.2])
    # Agresti and Min: (b - c) / (n + 2), se = sqrt((b + c + 1) / (n + 2) - d²) / sqrt(n + 2), b = 10, c = 0.
    error = np.sqrt((11 / 52 - (10 / 52) ** 2) / 52)
    assert (bias.low[0, 1], bias.high[0, 1]) == pytest.approx(
        (10 / 52 - 1.96 * error, 10 / 52 + 1.96 * error), abs=1e-5
    )
    assert bias.p[0] == pytest.approx([2 * 0.5**10] * 2)
    assert np.isnan(bias.difference[1]).all()
    assert (bias.p[1] == 1).all()


def test_bias_of_nobody_is_called_so_more_often_than_stated_and_the_interval_holds_it():
    """1,000 people whose matrix is known, who see 150 items of known classes."""
    rng = np.random.default_rng(0)
    shares = np.array([0.5, 0.3, 0.2])
    for matrix, is_biased in (
        (np.array([[0.8, 0.12, 0.08], [0.2, 0.7, 0.1], [0.2, 0.15, 0.65]]), False),
        (np.array([[0.9, 0.05, 0.05], [0.4, 0.55, 0.05], [0.3, 0.05, 0.65]]), True),
    ):
        cells = (shares[:, None] * matrix).ravel()
        counts = rng.multinomial(150, cells, size=1_000).reshape(-1, 3, 3)
        bias = class_bias(counts)
        real = shares @ matrix - shares
        covered = ((bias.low <= real) & (real <= bias.high)).mean(axis=0)
        assert ((covered > 0.92) & (covered <= 0.98)).all(), covered
        if is_biased:
            assert (bias.p[:, 0] < 0.05).mean() > 0.9
        else:
            assert np.abs(real).max() == pytest.approx(0, abs=0.001)
            assert (bias.p < 0.05).mean(axis=0).max() < 0.05
            assert (bias.p < 0.001).mean() < 0.001


def test_bias_refuses_wrong_counts():
    with pytest.raises(ValueError, match="counts"):
        class_bias([[[1, -1], [0, 1]]])


# ---- agreement with the others


def test_agreement_with_the_others_and_beyond_chance():
    person, label, others = (
        np.array(x, dtype=np.int32)
        for x in ([0] * 10 + [1], [0] * 6 + [1] * 4 + [0], [0] * 5 + [1] * 5 + [-1])
    )
    found = agreement_with_others(person, label, others, n_people=2, n_classes=2)
    assert found.items.tolist() == [10, 0]
    assert (found.agreement[0], found.low[0], found.high[0]) == pytest.approx(
        (0.9, 0.595850, 0.982124), abs=1e-6
    )
    assert found.corrected[0] == pytest.approx((0.9 - 0.5) / 0.5)
    assert np.isnan(found.agreement[1])
    one = agreement_with_others(person[:5], label[:5], others[:5], n_people=1, n_classes=2)
    assert np.isnan(one.corrected[0]), "both always say the same class: chance explains all of it"


def test_nobody_is_in_the_consensus_they_are_compared_with():
    """Somebody who answers at random agrees with the others by chance, however small the crowd."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 900)
    label = np.where(rng.random((900, 3)) < [0.95, 0.9, 0.0], truth[:, None], 1 - truth[:, None])
    label[:, 2] = rng.integers(0, 2, 900)
    answers = tiny(np.repeat(np.arange(900), 3), np.tile(np.arange(3), 900), label.ravel())
    seen = observe(answers, robust_consensus(answers), np.arange(answers.size))
    found = agreement_with_others(answers.worker, answers.label, seen.others, n_people=3, n_classes=2)
    assert abs(found.corrected[2]) < 0.1
    assert found.corrected[0] > 0.6


# ---- drift


def test_old_answers_are_forgotten_and_the_interval_holds():
    found = recent_accuracy(np.zeros(5, dtype=int), [1, 0, 1, 1, 0], n_people=2, half_life=1)
    weights = 0.5 ** np.arange(5)[::-1]
    assert found.accuracy[0] == pytest.approx((weights @ [1, 0, 1, 1, 0]) / weights.sum())
    assert found.effective[0] == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert (found.low[1], found.high[1], found.effective[1]) == (0, 1, 0)
    rng = np.random.default_rng(0)
    for accuracy in (0.7, 0.9):
        person = np.tile(np.arange(1_000), 400)  # in the order of answering, people take turns
        recent = recent_accuracy(person, (rng.random(400_000) < accuracy).astype(float), n_people=1_000)
        assert 0.92 < ((recent.low <= accuracy) & (accuracy <= recent.high)).mean() < 0.98
    assert recent.effective[0] < 400


@pytest.mark.parametrize("usual", [0.02, 0.1, 0.3])
def test_the_run_length_of_the_cusum_is_what_it_says(usual):
    chart = cusum(usual, run_length=300)
    assert chart.run_length(usual) >= 300
    rng = np.random.default_rng(0)
    level, length, ends = np.zeros(3_000, dtype=int), np.zeros(3_000), np.ones(3_000, dtype=bool)
    while ends.any():
        length += ends
        level = np.maximum(level + np.where(rng.random(3_000) < usual, chart.up, -1), 0)
        ends &= level < chart.alarm
    assert length.mean() == pytest.approx(chart.run_length(usual), rel=0.06)
    assert chart.run_length(chart.worse) < chart.run_length(usual) / 4


def test_people_who_stay_as_they_are_raise_fewer_alarms_than_stated():
    """With the usual share of errors estimated from the first hundred answers, as in the product: soon after
    that, when whoever was lucky at first is in danger, and in the long run."""
    rng = np.random.default_rng(0)
    for errors in (0.02, 0.1, 0.25):
        found = [watch(rng.random(BASELINE + 4_000) >= errors) for _ in range(400)]
        at = np.array([np.inf if one.alarmed_at is None else one.alarmed_at - BASELINE for one in found])
        for horizon in (300, 1_000, 4_000):
            read, alarms = np.minimum(at + 1, horizon).sum(), (at < horizon).sum()
            assert read / max(alarms, 1) > RUN_LENGTH, (errors, horizon)


def test_a_decline_is_found_soon_and_not_before():
    rng = np.random.default_rng(1)
    delays = []
    for _ in range(200):
        right = np.concatenate([rng.random(400) >= 0.1, rng.random(800) >= 0.25])
        found = watch(right)
        if found.alarmed_at is not None and found.alarmed_at >= 400:
            delays.append(found.alarmed_at - 400)
            assert found.changed_at <= found.alarmed_at
    assert len(delays) > 180
    assert np.median(delays) < 110


def test_what_was_dealt_with_does_not_alarm_again_and_the_doubtful_are_not_watched():
    right = np.concatenate([np.ones(150, dtype=bool), np.zeros(40, dtype=bool), np.ones(300, dtype=bool)])
    found = watch(right)
    assert found.alarmed_at is not None
    assert 150 <= found.alarmed_at < 190
    assert found.changed_at == 150
    assert watch(right, since=190).alarmed_at is None
    again = watch(np.concatenate([right, np.zeros(40, dtype=bool)]), since=190)
    assert again.alarmed_at is not None
    assert again.changed_at == 490
    assert watch(right[:289], since=190).usual is None, "the new beginning is not full yet"
    assert watch(right[:99]).usual is None
    assert watch(np.arange(400) % 2 == 0).usual is None, "half of the answers wrong: no good state to leave"


# ---- speed


def test_time_is_compared_with_the_others_on_the_same_task():
    task, seconds = [0, 0, 0, 1, 1, 2, 3, 3], [10.0, 20, 40, 5, 5, 9, 8, 0]
    beside = beside_others(task, seconds)
    expected = [np.log(10 / np.sqrt(800)), 0, np.log(40 / np.sqrt(200)), 0, 0, np.nan, np.nan, np.nan]
    assert beside == pytest.approx(expected, nan_ok=True)
    assert beside_others([], []).size == 0


def test_breaks_do_not_move_the_median_and_its_interval_holds():
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(1_000), 61)
    values = rng.normal(1.0, 0.5, person.size)
    found = medians(person, np.where(rng.random(person.size) < 0.02, 9.0, values), n_people=1_001)
    assert 0.92 < ((found.low <= 1) & (found.high >= 1)).mean() < 0.98
    assert np.isnan(found.median[1_000])
    # Order statistics 23 and 39 of 61: P(23 <= B < 39), B binomial(61, 1/2).
    assert binom.cdf(38, 61, 0.5) - binom.cdf(22, 61, 0.5) > 0.95
    assert medians([0] * 61, np.arange(61.0), n_people=1).low[0] == 22


def _timed(rng, people, spread):
    who = np.concatenate([rng.choice(people, 4, replace=False) for _ in range(150)])
    task = np.arange(150).repeat(4)
    pace, item = rng.normal(0, spread, people), rng.normal(2.5, 0.5, 150)
    seconds = np.exp(item[task] + pace[who] + rng.normal(0, 0.5, who.size))
    return task, who, np.where(rng.random(who.size) < 0.03, seconds * 30, seconds)


def test_honest_people_are_called_too_fast_no_more_often_than_stated_and_clickers_are_found():
    rng = np.random.default_rng(0)
    honest, clickers = [], []
    for people, spread in ((8, 0.3), (15, 0.1), (30, 0.4)):
        for _ in range(30):
            task, who, seconds = _timed(rng, people, spread)
            honest.append(too_fast(medians(who, beside_others(task, seconds), n_people=people)))
            seconds[who == 0] = np.exp(rng.normal(0.5, 0.3, (who == 0).sum()))
            if people == 15:
                clickers.append(too_fast(medians(who, beside_others(task, seconds), n_people=people))[0])
    p = np.concatenate(honest)
    for level in (0.001, 0.01, 0.05, 0.1):
        assert (p <= level).mean() <= 1.1 * level
    assert np.mean(np.array(clickers) < 0.001) > 0.9
    few = medians(np.arange(4).repeat(20), np.zeros(80), n_people=4)
    assert (too_fast(few) == 1).all()


def test_gold_counts_with_its_known_class():
    answers = with_gold(tiny([0, 0, 1], [0, 1, 0], [1, 1, 1]), np.array([0, -1], dtype=np.int32))
    seen = observe(answers, robust_consensus(answers), np.arange(3))
    assert seen.others.tolist() == [0, 0, -1]
