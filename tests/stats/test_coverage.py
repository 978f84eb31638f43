"""Intervals of every kind that people are shown cover in 92 to 98 % of 1,000 simulations."""

import numpy as np
import pytest

from stats.agreement.brennan_prediger import brennan_prediger
from stats.agreement.cohen import cohen_kappa
from stats.agreement.counts import item_counts
from stats.agreement.estimate import Bootstrap
from stats.agreement.fleiss import fleiss_kappa
from stats.agreement.gwet import gwet_ac
from stats.agreement.icc import icc
from stats.agreement.krippendorff import krippendorff_alpha
from stats.agreement.numeric_alpha import interval_alpha
from stats.agreement.percent import percent_agreement
from stats.agreement.scott import scott_pi
from stats.agreement.specific import specific_agreement
from stats.agreement.two_raters import contingency
from stats.intervals.beta import credible_bounds
from stats.intervals.mean import mean_interval
from stats.intervals.wilson import wilson

SIMULATIONS = 1_000
MANY = 300_000
DRAWS = Bootstrap(draws=400)


def is_kept(covered):
    return 0.92 * SIMULATIONS <= covered <= 0.98 * SIMULATIONS


def labels_of(rng, items, people=4, classes=3):
    """(items, people) of people who are right in 85 %, or answer anything."""
    truth = rng.choice(classes, items, p=[0.6, 0.2, 0.2])[:, None]
    right = rng.random((items, people)) < 0.85
    return np.where(right, truth, rng.integers(0, classes, (items, people)))


def counts_of(labels):
    items, people = labels.shape
    return item_counts(np.repeat(np.arange(items), people), labels.ravel(), n_items=items, n_classes=3)


def first_class(counts, **bootstrap):
    return specific_agreement(counts, 0, **bootstrap)


def quadratic_gwet(counts, **bootstrap):
    return gwet_ac(counts, weights="quadratic", **bootstrap)


COEFFICIENTS = [
    *(percent_agreement, fleiss_kappa, gwet_ac, quadratic_gwet),
    *(brennan_prediger, krippendorff_alpha, first_class),
]


@pytest.mark.parametrize("measure", COEFFICIENTS)
def test_coefficients_of_many_people(measure):
    true = measure(counts_of(labels_of(np.random.default_rng(99), MANY))).value
    rng = np.random.default_rng(5)
    assert is_kept(
        sum(
            true in measure(counts_of(labels_of(rng, 100)), bootstrap=DRAWS).interval
            for _ in range(SIMULATIONS)
        )
    )


@pytest.mark.parametrize("measure", [cohen_kappa, scott_pi])
def test_coefficients_of_two_people(measure):
    def table(rng, items):
        return contingency(*labels_of(rng, items, people=2).T, n_classes=3)

    true, rng = measure(table(np.random.default_rng(99), MANY)).value, np.random.default_rng(6)
    assert is_kept(
        sum(true in measure(table(rng, 100), bootstrap=DRAWS).interval for _ in range(SIMULATIONS))
    )


def test_alpha_of_numbers():
    """Values with a variance of 1 on items with a variance of 2: alpha is 2/3."""
    rng, item = np.random.default_rng(7), np.repeat(np.arange(80), 3)
    covered = 0
    for _ in range(SIMULATIONS):
        values = rng.normal(0, 2**0.5, 80)[item] + rng.normal(0, 1, item.size)
        covered += 2 / 3 in interval_alpha(item, values, n_items=80, bootstrap=DRAWS).interval
    assert is_kept(covered)


@pytest.mark.parametrize(("items", "people"), [(20, 4), (50, 3)])
def test_intraclass_correlation(items, people):
    rng, covered = np.random.default_rng(1), 0
    for _ in range(SIMULATIONS):
        values = rng.normal(0, 1, (items, 1)) + rng.normal(0, 0.3, people) + rng.normal(0, 1, (items, people))
        covered += 1 / 2.09 in icc(values).single_interval
    assert is_kept(covered)


@pytest.mark.parametrize("answers", [5, 20, 100, 500])
def test_accuracy_on_gold_of_people_who_differ(answers):
    rng = np.random.default_rng(8)
    accuracy = rng.uniform(0.5, 1, SIMULATIONS)
    right = rng.binomial(answers, accuracy)
    low, high = credible_bounds(right.astype(float), np.full(SIMULATIONS, float(answers)))
    assert is_kept(((low <= accuracy) & (accuracy <= high)).sum())
    assert is_kept(sum(p in wilson(k, answers) for p, k in zip(accuracy, right, strict=True)))


@pytest.mark.parametrize("answers", [30, 300])
def test_means_of_scores_between_none_and_all(answers):
    """Agreement of shapes, texts and numbers. Of fewer scores it is wider on purpose (``ASSUMED``)."""
    rng, covered = np.random.default_rng(9), 0
    for _ in range(SIMULATIONS):
        mean = rng.uniform(0.5, 0.95)
        scores = rng.beta(6 * mean, 6 * (1 - mean), answers)
        covered += mean in mean_interval(scores.sum(), (scores**2).sum(), answers)
    assert is_kept(covered)
