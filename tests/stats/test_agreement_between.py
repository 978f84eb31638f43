"""Agreement of pairs, of each person with the others, of classes and of slices."""

import numpy as np
import pytest

from stats.agreement.between import between_others, between_pairs
from stats.agreement.cohen import cohen_kappa
from stats.agreement.comparisons import compare_classes, compare_values
from stats.agreement.counts import item_counts
from stats.agreement.estimate import Bootstrap
from stats.agreement.fleiss import fleiss_kappa
from stats.agreement.krippendorff import krippendorff_alpha
from stats.agreement.slices import FixedAlpha, alpha_of, compare_slice
from stats.agreement.specific import specific_agreement
from stats.agreement.table_alpha import TableAlpha
from stats.agreement.two_raters import contingency
from stats.intervals.mean import mean_interval
from stats.intervals.multiple import benjamini_hochberg
from stats.intervals.wilson import wilson

COHEN_1960 = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
NOMINAL = 1 - np.eye(3)


def answers_of(table):
    """(item, rater, label) of two raters whose table this is."""
    pairs = [(a, b) for a, row in enumerate(table) for b, n in enumerate(row) for _ in range(n)]
    labels = np.array(pairs).reshape(-1)
    return np.repeat(np.arange(len(pairs)), 2), np.tile([0, 1], len(pairs)), labels


def crowd(rng, items, people=4, accuracy=0.85, classes=3):
    """A full table of answers (items, people) of people who are right with this probability."""
    truth = rng.choice(classes, items, p=[0.6, 0.2, 0.2])
    right = rng.random((items, people)) < accuracy
    return np.where(right, truth[:, None], rng.integers(0, classes, (items, people)))


def long_form(labels):
    items, people = labels.shape
    return np.repeat(np.arange(items), people), np.tile(np.arange(people), items), labels.reshape(-1)


def counts_of(labels, classes=3):
    item, _, label = long_form(labels)
    return item_counts(item, label, n_items=len(labels), n_classes=classes)


def test_it_works():
    comparisons = compare_classes(*answers_of(COHEN_1960), np.eye(3))
    (pair,) = between_pairs(comparisons, np.array([0, 1], dtype=np.int32), weights=np.eye(3))
    assert (pair.items, pair.differ) == (200, 60)
    assert pair.agreement == pytest.approx(0.70)
    assert pair.corrected == pytest.approx(0.491525, abs=1e-6)
    assert pair.interval == wilson(140, 200)
    assert pair.corrected in pair.corrected_interval


@pytest.mark.parametrize(("weights", "expected"), [("linear", 0.473684), ("quadratic", 0.454545)])
def test_weighted_pairs_are_the_published_kappas(weights, expected):
    power = 1 if weights == "linear" else 2
    table = 1 - (np.abs(np.subtract.outer(range(3), range(3))) / 2) ** power
    comparisons = compare_classes(*answers_of(COHEN_1960), table)
    (pair,) = between_pairs(comparisons, np.array([0, 1], dtype=np.int32), weights=table)
    assert pair.corrected == pytest.approx(expected, abs=1e-6)


def test_every_pair_of_a_crowd_is_cohens_kappa_on_what_they_share():
    rng = np.random.default_rng(2)
    item, rater, label = long_form(crowd(rng, 60))
    keep = rng.random(item.size) < 0.7
    item, rater, label = item[keep], rater[keep], label[keep]
    comparisons = compare_classes(item, rater, label, np.eye(3))
    found = between_pairs(comparisons, np.arange(4, dtype=np.int32), weights=np.eye(3))
    assert [(each.first, each.second) for each in found] == [
        (a, b) for a in range(4) for b in range(a + 1, 4)
    ]
    for pair in found:
        one, two = (
            dict(zip(item[rater == r], label[rater == r], strict=True)) for r in (pair.first, pair.second)
        )
        both = sorted(one.keys() & two.keys())
        table = contingency([one[i] for i in both], [two[i] for i in both], n_classes=3)
        assert pair.items == len(both)
        assert pair.corrected == pytest.approx(cohen_kappa(table).value)


def test_the_order_of_answers_and_of_people_does_not_count():
    labels = crowd(np.random.default_rng(3), 40)
    item, rater, label = long_form(labels)
    swapped = long_form(labels[:, ::-1])
    raters = np.arange(4, dtype=np.int32)
    plain = between_pairs(compare_classes(item, rater, label, np.eye(3)), raters, weights=np.eye(3))
    other = between_pairs(
        compare_classes(swapped[0], 3 - swapped[1], swapped[2], np.eye(3)), raters, weights=np.eye(3)
    )
    assert plain == other


def test_a_person_and_the_others():
    """Two who always agree and one who never does: everything can be counted by hand."""
    labels = np.array([[0, 0, 1], [1, 1, 0], [0, 0, 1], [1, 1, 0]])
    found = between_others(compare_classes(*long_form(labels), np.eye(2)), 3, weights=np.eye(2))
    assert [each.agreement for each in found] == [0.5, 0.5, 0.0]
    assert [each.corrected for each in found] == pytest.approx([0.0, 0.0, -1.0])
    assert [(each.items, each.differ) for each in found] == [(4, 4)] * 3


def test_values_are_compared_by_their_nearness_and_the_chance_given():
    item = np.array([0, 0, 1, 1], dtype=np.int32)
    values = [0.0, 0.5, 1.0, 1.0]
    comparisons = compare_values(
        item, np.array([0, 1, 0, 1], dtype=np.int32), lambda i, j: 1 - abs(values[i] - values[j])
    )
    (pair,) = between_pairs(comparisons, np.array([0, 1], dtype=np.int32), chance=0.5)
    assert (pair.agreement, pair.corrected) == (0.75, 0.5)


def test_undefined_beyond_chance_is_none():
    comparisons = compare_classes([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0], np.eye(2))
    (pair,) = between_pairs(comparisons, np.array([0, 1], dtype=np.int32), weights=np.eye(2))
    assert (pair.agreement, pair.corrected, pair.corrected_interval) == (1.0, None, None)
    assert between_pairs(comparisons, np.array([0], dtype=np.int32), weights=np.eye(2)) == []
    assert between_others(compare_classes([0, 1], [0, 1], [0, 0], np.eye(2)), 2, weights=np.eye(2)) == []


def test_specific_agreement_of_two_raters_is_dice():
    item, _, label = answers_of([[40, 9], [6, 45]])
    counts = item_counts(item, label, n_items=100, n_classes=2)
    assert specific_agreement(counts, 0).value == pytest.approx(80 / 95)
    assert specific_agreement(counts, 1).value == pytest.approx(90 / 105)
    assert specific_agreement(np.array([[2, 0], [1, 0]]), 1).reason is not None


def test_adjusted_p_values_of_the_paper():
    """Benjamini and Hochberg 1995, section 4.2: of fifteen tests the first four are findings at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719]
    p += [0.6528, 0.7590, 1.0000]
    adjusted = benjamini_hochberg(p)
    assert (adjusted <= 0.05).sum() == 4
    assert adjusted[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])
    assert adjusted[-1] == 1
    shuffled = np.random.default_rng(1).permutation(15)
    assert benjamini_hochberg(np.array(p)[shuffled]) == pytest.approx(adjusted[shuffled])
    assert benjamini_hochberg([]).size == 0
    with pytest.raises(ValueError):
        benjamini_hochberg([0.5, 1.5])


def test_an_interval_of_scores_is_narrower_than_that_of_coin_flips():
    assert mean_interval(8, 8, 10) == wilson(8, 10)
    near = mean_interval(8, 6.5, 10)
    assert wilson(8, 10).low < near.low < 0.8 < near.high < wilson(8, 10).high
    assert mean_interval(0, 0, 0).width == 1
    with pytest.raises(ValueError):
        mean_interval(8, 9, 10)


def test_the_alpha_of_all_is_the_alpha_of_the_whole():
    counts = counts_of(crowd(np.random.default_rng(4), 50))
    measure = TableAlpha(NOMINAL)
    alpha, error = alpha_of(measure, measure.rows(counts))
    assert alpha.value == pytest.approx(krippendorff_alpha(counts).value)
    assert (alpha.items, alpha.answers) == (50, 200)
    assert error > 0


def test_slices_without_variation_or_items_say_so():
    measure = TableAlpha(NOMINAL)
    same = measure.rows([[2, 0, 0], [3, 0, 0]])
    assert alpha_of(measure, same)[0].reason.startswith("all answers are equal")
    assert alpha_of(measure, same[:0])[0].reason == "no item has two answers"
    assert alpha_of(FixedAlpha(0.0), np.array([[0.0, 2.0]]))[0].value is None
    perfect, error = alpha_of(measure, measure.rows([[2, 0, 0]] * 6 + [[0, 2, 0]] * 6))
    assert (perfect.value, perfect.interval.high) == (1, 1)
    assert perfect.interval.low < 0.7, "twelve items without a difference do not prove that there is none"
    assert error > 0


def test_intervals_hold_what_they_promise():
    """1,000 simulations of 30 items: coverage of alpha and of a pair's kappa, false alarms of the test."""
    rng = np.random.default_rng(5)
    many = crowd(rng, 200_000)
    true = krippendorff_alpha(counts_of(many)).value
    kappa = cohen_kappa(contingency(many[:, 0], many[:, 1], n_classes=3)).value
    measure, raters = TableAlpha(NOMINAL), np.array([0, 1], dtype=np.int32)
    held, pairs, alarms = 0, 0, 0
    for _ in range(1000):
        labels = crowd(rng, 130)
        rows = measure.rows(counts_of(labels))
        inside = np.arange(130) < 30
        part = compare_slice(measure, rows, inside)
        held += true in part.alpha.interval
        alarms += part.p < 0.05
        two = compare_classes(*long_form(labels[:30, :2]), np.eye(3))
        pairs += kappa in between_pairs(two, raters, weights=np.eye(3))[0].corrected_interval
    assert 920 <= held <= 980
    assert 920 <= pairs <= 980
    assert 20 <= alarms <= 80


def test_a_slice_that_differs_is_found_and_a_tiny_one_is_not_judged():
    rng = np.random.default_rng(6)
    labels = np.vstack([crowd(rng, 60, accuracy=0.5), crowd(rng, 200, accuracy=0.95)])
    measure = TableAlpha(NOMINAL)
    rows = measure.rows(counts_of(labels))
    part = compare_slice(measure, rows, np.arange(260) < 60)
    assert part.p < 1e-6
    assert part.difference < -0.4
    tiny = compare_slice(measure, rows, np.arange(260) < 5)
    assert (tiny.p, tiny.difference) == (None, None)


@pytest.mark.parametrize("measure", [krippendorff_alpha, fleiss_kappa])
def test_of_very_many_different_items_groups_are_drawn(monkeypatch, measure):
    """The interval stays what it was, up to the chance of the draws; equal items may be any number."""
    rng = np.random.default_rng(8)
    counts = counts_of(crowd(rng, 3_000, people=6))
    plain = measure(counts, bootstrap=Bootstrap())
    monkeypatch.setattr("stats.agreement.estimate.MOST_DISTINCT", 10)
    grouped = measure(counts, bootstrap=Bootstrap())
    assert grouped.value == plain.value
    assert grouped.interval.width == pytest.approx(plain.interval.width, rel=0.2)
    assert grouped.interval.low == pytest.approx(plain.interval.low, abs=0.2 * plain.interval.width)
    assert measure(counts, bootstrap=Bootstrap()).interval == grouped.interval
