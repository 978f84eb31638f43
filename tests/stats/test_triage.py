"""Thresholds with a promise, and the watch over it: known values, undefined cases, exact simulations."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stats.triage.thresholds import choose_threshold, least_target, needed, risk_curve
from stats.triage.watch import watch

TARGET = 0.02
SIMULATIONS = 1_000


@pytest.mark.parametrize(
    ("target", "confidence", "count"),
    [(0.05, 0.95, 59), (0.01, 0.95, 299), (0.10, 0.90, 22), (0.01, 0.99, 459), (0.001, 0.95, 2_995)],
)
def test_so_many_right_ones_are_needed(target: float, confidence: float, count: int) -> None:
    """Wilks' 59, and its like in tables of acceptance sampling."""
    assert needed(target, confidence) == count
    assert least_target(count, confidence) <= target < least_target(count - 1, confidence)


def test_exactly_the_needed_number_does_and_one_fewer_does_not() -> None:
    for count, reason in ((59, ""), (58, "too_few")):
        found = choose_threshold(np.full(count, 0.9), np.full(count, True), [], target=0.05)
        assert (found.reason, found.checked, found.needed) == (reason, count, 59)
    one_wrong = np.arange(59) > 0
    assert choose_threshold(np.full(59, 0.9), one_wrong, [], target=0.05).reason == "too_wrong"
    assert choose_threshold([], [], [0.9], target=0.05).reason == "unchecked"
    assert choose_threshold([], [], [], target=0.05).threshold is None


def test_the_exact_tail_decides() -> None:
    """Two wrong of 130: P(Bin(130, 0.05) <= 2) = 0.0389 <= 0.05; two of 110: 0.083."""
    for count, passes in ((130, True), (110, False)):
        right = np.arange(count) > 1
        found = choose_threshold(np.full(count, 0.9), right, [], target=0.05)
        assert (found.threshold == 0.9) is passes


def test_the_curve_counts_what_stands_above() -> None:
    scores, right = np.array([0.9, 0.8, 0.8, 0.5]), np.array([True, False, True, False])
    points = {point.threshold: point for point in risk_curve(scores, right, [0.95, 0.6, 0.5, 0.4])}
    assert list(points) == sorted(points, reverse=True)
    assert (points[0.95].share, points[0.95].checked, points[0.95].error) == (1 / 8, 0, None)
    assert (points[0.8].share, points[0.8].checked, points[0.8].wrong) == (4 / 8, 3, 1)
    assert (points[0.4].share, points[0.4].error) == (1.0, 0.5)
    assert points[0.4].interval().low < 0.5 < points[0.4].interval().high
    assert [point.waiting for point in points.values()][-1] == 4
    assert risk_curve([], [], []) == ()


def test_order_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    scores, right, waiting = draw(rng, 800)
    mixed = rng.permutation(800)
    plain = choose_threshold(scores, right, waiting, target=TARGET)
    assert plain == choose_threshold(scores[mixed], right[mixed], waiting[::-1], target=TARGET)


def test_what_cannot_be_is_refused() -> None:
    for call in (
        lambda: needed(0.0, 0.95),
        lambda: needed(0.05, 1.0),
        lambda: risk_curve([0.5], [], []),
        lambda: watch(2, 1, target=0.05),
        lambda: watch(0, 1, target=1.0),
        lambda: watch(0, 1, target=0.05, alpha=0.0),
    ):
        with pytest.raises(ValueError, match="must"):
            call()


def error_at(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often answers with these scores are wrong: a model that is too sure of itself."""
    return 0.5 * (1 - scores) ** 0.8


def draw(
    rng: np.random.Generator, size: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    scores = rng.beta(3, 0.4, size)
    right = rng.random(size) >= error_at(scores)
    return scores, right, rng.beta(3, 0.4, 2_000)


def test_the_promise_holds_in_a_thousand_projects() -> None:
    """The true error exceeds the target in at most 5 of 100; picked by eye, in three of ten."""
    rng = np.random.default_rng(20261128)
    everything = np.sort(rng.beta(3, 0.4, 200_000))[::-1]
    mean_error = np.cumsum(error_at(everything)) / np.arange(1, everything.size + 1)

    def is_broken(threshold: float) -> bool:
        return bool(mean_error[np.searchsorted(-everything, -threshold, side="right") - 1] > TARGET)

    broken = by_eye = chosen = 0
    for _ in range(SIMULATIONS):
        scores, right, waiting = draw(rng, 1_500)
        found = choose_threshold(scores, right, waiting, target=TARGET)
        chosen += found.threshold is not None
        broken += found.threshold is not None and is_broken(found.threshold)
        points = risk_curve(scores, right, waiting)
        naive = [each for each in points if each.error is not None and each.error <= TARGET]
        by_eye += bool(naive) and is_broken(naive[-1].threshold)
    assert broken <= 0.05 * SIMULATIONS
    assert by_eye > 0.25 * SIMULATIONS
    assert chosen > 0.8 * SIMULATIONS


def test_the_promise_holds_where_every_threshold_is_a_little_too_wrong() -> None:
    """The hardest case: whatever is chosen breaks the promise, so that nearly nothing may be."""
    rng = np.random.default_rng(20261128)
    waiting = rng.random(500)
    broken = sum(
        choose_threshold(rng.random(400), rng.random(400) >= 1.001 * TARGET, waiting, target=TARGET).point
        is not None
        for _ in range(SIMULATIONS)
    )
    assert 0.01 * SIMULATIONS < broken <= 0.05 * SIMULATIONS


def test_the_watch_alarms_falsely_in_at_most_five_of_a_hundred() -> None:
    """At the target itself, looked at after every one of 600 answers; and it finds a shift soon."""
    rng = np.random.default_rng(20261128)
    n = np.arange(1, 601)
    fewest, wrong = [], 1
    for checked in n:  # wrong ones that raise the alarm: more of them, the more were checked
        while wrong <= checked and not watch(wrong, int(checked), target=TARGET).is_broken:
            wrong += 1
        fewest.append(wrong)

    def alarms(error: float) -> list[int]:
        is_broken = np.cumsum(rng.random((SIMULATIONS, 600)) < error, axis=1) >= np.array(fewest)
        return [int(row.argmax()) + 1 if row.any() else 0 for row in is_broken]

    false = sum(when > 0 for when in alarms(TARGET))
    shifted = alarms(5 * TARGET)
    assert 0 < false <= 0.05 * SIMULATIONS
    assert all(when > 0 for when in shifted)
    assert np.median(shifted) < 100


def test_the_bound_and_the_alarm_agree() -> None:
    for wrong, checked in ((0, 0), (0, 50), (1, 1), (3, 40), (8, 100), (30, 30)):
        found = watch(wrong, checked, target=TARGET)
        assert found.is_broken == (found.low > TARGET)
        assert 0 <= found.low <= (wrong / checked if checked else 0)
    assert watch(1, 50, target=TARGET).low < 1 / 50
