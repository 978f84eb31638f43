"""Confident learning: by hand, in simulations with known errors, and what must not change it."""

from itertools import permutations

import numpy as np
import pytest

from stats.audit.confident import beyond_chance, expected_errors, find_label_errors


def test_it_works():
    """Six items by hand: thresholds .7 and .6; the third says 0 and is confidently 1."""
    labels = [0, 0, 0, 1, 1, 1]
    first = [0.9, 0.9, 0.3, 0.4, 0.3, 0.5]
    found = find_label_errors(labels, np.column_stack([first, 1 - np.array(first)]))
    assert found.thresholds.tolist() == pytest.approx([0.7, 0.6])
    assert found.joint.tolist() == [[2, 1], [0, 2]]
    assert found.noise.ravel().tolist() == pytest.approx([1 / 3, 1 / 6, 0, 1 / 2])
    flagged = [False, False, True, False, False, False]
    for way in (found.by_noise_rate, found.by_class, found.by_both, found.off_diagonal):
        assert way.tolist() == flagged
    assert found.self_confidence[2] == pytest.approx(0.3)
    assert found.margin[2] == pytest.approx(-0.4)
    assert found.suggested.tolist() == [1, 1, 1, 0, 0, 0]


def simulated(seed, *, size=6_000, classes=4, noise=0.08, sharpness=3.0):
    """Items of known classes, labels of which some are wrong, and a model that is good and not perfect."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, size)
    labels = np.where(rng.random(size) < noise, (truth + 1) % classes, truth)
    scores = rng.normal(size=(size, classes))
    scores[np.arange(size), truth] += sharpness
    shares = np.exp(scores)
    return truth, labels, shares / shares.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("seed", range(3))
def test_known_errors_are_found(seed):
    truth, labels, shares = simulated(seed)
    wrong = labels != truth
    found = find_label_errors(labels, shares)
    for flags in (found.by_noise_rate, found.by_class, found.off_diagonal):
        assert wrong[flags].mean() > 0.6, "precision"
        assert flags[wrong].mean() > 0.6, "recall"
    assert wrong[found.by_both].mean() >= wrong[found.by_noise_rate].mean() - 0.02
    order = np.argsort(found.margin)[: int(wrong.sum() / 4)]
    assert wrong[order].mean() > 0.93, "the first are nearly all wrong"
    moved = found.noise[np.arange(4), (np.arange(4) + 3) % 4].sum()  # labeled i, truly the one before
    assert moved == pytest.approx(0.08, abs=0.02)


def test_the_names_of_classes_and_the_order_of_items_do_not_matter():
    _, labels, shares = simulated(9, size=500)
    rng = np.random.default_rng(0)
    order, names = rng.permutation(500), rng.permutation(4)
    plain = find_label_errors(labels, shares)
    other = find_label_errors(names[labels][order], shares[:, np.argsort(names)][order])
    assert (plain.off_diagonal[order] == other.off_diagonal).all()
    assert plain.margin[order] == pytest.approx(other.margin)
    assert (plain.by_noise_rate[order] == other.by_noise_rate).all()


def test_a_sure_model_that_agrees_flags_nothing():
    labels = np.arange(30) % 3
    found = find_label_errors(labels, np.eye(3)[labels])
    assert not (found.by_noise_rate | found.by_class | found.off_diagonal).any()


def test_a_class_without_items_and_no_items_at_all():
    found = find_label_errors([0, 0, 1], [[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    assert found.thresholds[2] == np.inf
    assert find_label_errors([], np.zeros((0, 2))).margin.size == 0


@pytest.mark.parametrize(
    ("labels", "shares"), [([0], [[1.0]]), ([0, 1], [[0.5, 0.5]]), ([0], [[0.9, 0.9]]), ([2], [[0.5, 0.5]])]
)
def test_bad_input_is_refused(labels, shares):
    with pytest.raises(ValueError, match="must"):
        find_label_errors(labels, shares)


def test_expected_errors():
    assert expected_errors([1.0, 0.9, 0.5, 0.4]) == 1
    assert expected_errors([]) == 0
    with pytest.raises(ValueError, match="lie in"):
        expected_errors([1.2])


def test_chance_by_all_permutations():
    """Five labels, every order of them, against the formula of mean and variance."""
    rng = np.random.default_rng(4)
    shares = rng.dirichlet(np.ones(3), size=5)
    labels = np.array([0, 1, 1, 2, 0])
    every = np.array([shares[np.arange(5), labels[list(order)]].sum() for order in permutations(range(5))])
    expected = (shares[np.arange(5), labels].sum() - every.mean()) / every.std()
    assert beyond_chance(labels, shares) == pytest.approx(expected)


def test_beyond_chance_is_a_model_that_knows_and_no_other():
    rng = np.random.default_rng(1)
    _, labels, shares = simulated(1, size=500, sharpness=0.5)
    assert beyond_chance(labels, shares) > 5
    by_chance = [beyond_chance(rng.permutation(labels), shares) for _ in range(1_000)]
    assert np.mean(by_chance) == pytest.approx(0, abs=0.1)
    assert np.std(by_chance) == pytest.approx(1, abs=0.07)


@pytest.mark.parametrize(
    ("labels", "shares"),
    [([], np.zeros((0, 2))), ([1], [[0.1, 0.9]]), ([0, 0, 0], [[0.9, 0.1]] * 3), ([0, 1], [[0.3, 0.7]] * 2)],
)
def test_where_nothing_can_differ_nothing_is_beyond_chance(labels, shares):
    assert beyond_chance(labels, shares) == 0


def test_beyond_chance_refuses_rows_without_labels():
    with pytest.raises(ValueError, match="a row per label"):
        beyond_chance([0, 1], [[0.5, 0.5]])
