"""Intervals and sequential tests, against published numbers and scipy's quantiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.intervals.beta import beta_interval, credible, jeffreys, probability_below
from stats.intervals.clopper_pearson import clopper_pearson
from stats.intervals.sprt import Sprt
from stats.intervals.wilson import wilson


def test_it_works():
    interval = wilson(81, 263)
    assert (interval.low, interval.high) == pytest.approx((0.255289, 0.366210), abs=1e-6)
    assert 81 / 263 in interval
    assert interval.width == pytest.approx(0.110921, abs=2e-6)


@pytest.mark.parametrize(
    ("method", "k", "n", "low", "high"),
    [
        (wilson, 0, 10, 0, 0.277533),
        (wilson, 8, 10, 0.490162, 0.943318),
        (wilson, 9, 10, 0.595850, 0.982124),
        (wilson, 10, 10, 0.722467, 1),
        (wilson, 45, 50, 0.786398, 0.956524),
        (jeffreys, 0, 10, 0, 0.217196),
        (jeffreys, 8, 10, 0.497226, 0.955941),
        (clopper_pearson, 0, 10, 0, 0.308497),
        (clopper_pearson, 8, 10, 0.443905, 0.974789),
        (clopper_pearson, 10, 10, 0.691503, 1),
    ],
)
def test_published_intervals(method, k, n, low, high):
    interval = method(k, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("method", [wilson, jeffreys, clopper_pearson])
def test_without_trials_nothing_is_known(method):
    interval = method(0, 0)
    assert (interval.low, interval.high) == (0, 1)


@pytest.mark.parametrize("method", [wilson, jeffreys, clopper_pearson, credible])
@pytest.mark.parametrize(("k", "n", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 0), (1, 5, 1)])
def test_impossible_counts_are_refused(method, k, n, confidence):
    with pytest.raises(ValueError, match=r"successes|confidence"):
        method(k, n, confidence=confidence)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_hold_the_share_and_mirror(counts):
    k, n = counts
    for method in (wilson, jeffreys, clopper_pearson):
        interval, mirrored = method(k, n), method(n - k, n)
        assert 0 <= interval.low <= k / n <= interval.high <= 1
        assert interval.low == pytest.approx(1 - mirrored.high, abs=1e-9)
        assert method(k, n, confidence=0.99).width >= interval.width


def test_clopper_pearson_covers_at_least_the_stated_share():
    n, p = 20, 0.3
    draws = np.random.default_rng(3).binomial(n, p, size=4000)
    covered = {k: p in clopper_pearson(k, n) for k in range(n + 1)}
    assert np.mean([covered[k] for k in draws]) >= 0.95


def test_beta_interval_is_the_quantiles_and_refuses_improper_parameters():
    interval = beta_interval(1, 1, confidence=0.9)
    assert (interval.low, interval.high) == pytest.approx((0.05, 0.95))
    with pytest.raises(ValueError, match="positive"):
        beta_interval(0, 1)


@pytest.mark.parametrize(
    ("right", "asked", "expected"),
    [
        (3, 3, 0.409600),
        (5, 5, 0.262144),
        (7, 10, 0.838861),
        (9, 10, 0.322123),
        (14, 20, 0.891488),
        (18, 20, 0.178703),
    ],
)
def test_published_posterior_probabilities_of_bad_accuracy(right, asked, expected):
    assert probability_below(0.8, right, asked) == pytest.approx(expected, abs=1e-6)


def test_a_threshold_outside_the_unit_interval_is_refused():
    with pytest.raises(ValueError, match="threshold"):
        probability_below(1.1, 1, 2)


@pytest.mark.parametrize(
    ("good", "bad", "wrong", "right", "length_good", "length_bad"),
    [(0.9, 0.7, 1.0986, -0.2513, 22.8, 17.2), (0.9, 0.6, 1.3863, -0.4055, 11.7, 8.5)],
)
def test_published_sprt(good, bad, wrong, right, length_good, length_bad):
    test = Sprt(good=good, bad=bad)
    assert (test.wrong, test.right) == pytest.approx((wrong, right), abs=5e-5)
    assert (test.upper, test.lower) == pytest.approx((2.9444, -2.9444), abs=5e-5)
    assert test.expected_length(good) == pytest.approx(length_good, abs=0.05)
    assert test.expected_length(bad) == pytest.approx(length_bad, abs=0.05)


def test_published_sprt_lengths_for_weaker_people():
    test = Sprt(good=0.8, bad=0.5)
    assert test.expected_length(0.8) == pytest.approx(13.7, abs=0.06)
    assert test.expected_length(0.5) == pytest.approx(11.9, abs=0.06)


def test_sprt_verdicts():
    test = Sprt()
    assert test.run([]).verdict == "open"
    assert test.run([False, False]).verdict == "open"
    bad = test.run([False, False, False, True])
    assert (bad.verdict, bad.used) == ("bad", 3)
    good = test.run([True] * 30)
    assert (good.verdict, good.used) == ("good", 12)


def test_sprt_keeps_its_error_rates():
    rng = np.random.default_rng(5)
    test = Sprt()
    runs = [test.run(row).verdict for row in rng.random((2000, 400)) < 0.9]
    assert runs.count("bad") / len(runs) <= 0.06
    runs = [test.run(row).verdict for row in rng.random((2000, 400)) < 0.7]
    assert runs.count("good") / len(runs) <= 0.06


def test_tests_one_after_another_forget_a_good_past():
    test = Sprt()
    assert test.repeated([]).verdict == "open"
    assert test.repeated([True] * 12).verdict == "good"
    late = test.repeated([True] * 24 + [False, True, False, False])
    assert (late.verdict, late.start, late.used, late.right) == ("bad", 24, 4, 1)
    open_ = test.repeated([True] * 24 + [False, True])
    assert (open_.verdict, open_.start, open_.used, open_.right) == ("open", 24, 2, 1)


def test_each_of_many_tests_keeps_its_error_rate():
    rng = np.random.default_rng(6)
    tests = alarms = 0
    for row in rng.random((300, 400)) < 0.9:
        at = 0
        while at < 300:
            found = Sprt().run(row[at:].tolist())
            tests, alarms, at = tests + 1, alarms + (found.verdict == "bad"), at + found.used
    assert tests > 2_000
    assert 0.02 < alarms / tests <= 0.06


def test_cusum_sees_late_decline_that_a_good_past_would_hide():
    outcomes = [True] * 200 + [False] * 3
    assert Sprt().cusum(outcomes).alarm_at == 202
    assert Sprt().cusum([True] * 200).alarm_at is None
    assert Sprt().cusum(outcomes, alarm=10).alarm_at is None


@pytest.mark.parametrize("settings", [{"good": 0.6, "bad": 0.7}, {"bad": 0}, {"alpha": 0.5}, {"beta": 0}])
def test_impossible_sprt_is_refused(settings):
    with pytest.raises(ValueError, match=r"required|alpha"):
        Sprt(**settings)


def test_expected_length_elsewhere_is_refused():
    with pytest.raises(ValueError, match="tested"):
        Sprt().expected_length(0.8)
