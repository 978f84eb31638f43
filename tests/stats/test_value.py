"""What more answers are worth: by hand, against every outcome enumerated, and its laws."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.consensus.overlap import StoppingRule, majority_accuracy
from stats.planning.value import AHEAD, value_of_more

GOOD = np.array([[0.8, 0.2], [0.2, 0.8]])


def test_by_hand():
    """Nothing known: one answer brings 0.3, three 0.396 in all. One vote: one more brings nothing, two do."""
    even = [[0.5, 0.5]]
    assert value_of_more(even, GOOD, [1]) == pytest.approx([0.3])
    assert value_of_more(even, GOOD, [3]) == pytest.approx([0.3]), "the first brings most"
    three = (majority_accuracy(0.8, 3) - majority_accuracy(0.8, 1)) / 2
    assert value_of_more([[0.8, 0.2]], GOOD, [1]) == pytest.approx([0.0])
    assert value_of_more([[0.8, 0.2]], GOOD, [2]) == pytest.approx([three])
    assert value_of_more([[0.8, 0.2]], GOOD, [0]) == pytest.approx([0.0])
    assert value_of_more(np.empty((0, 2)), GOOD, []).size == 0


def enumerated(shares, matrix, count):
    """Expected max(q) after so many answers, from every sequence of them."""
    total = 0.0
    for said in product(range(len(matrix)), repeat=count):
        total += (shares * np.prod([matrix[:, each] for each in said], axis=0)).max()
    return total


@given(st.integers(0, 10_000))
def test_against_every_outcome(seed):
    """Exact up to six classes; beyond that never more than the truth, and close to it."""
    rng = np.random.default_rng(seed)
    size, most = int(rng.integers(2, 9)), int(rng.integers(1, 4))
    shares = rng.dirichlet(np.full(size, 0.5), 3)
    matrix = rng.dirichlet(np.ones(size), size) * 0.4 + np.eye(size) * 0.6
    found = value_of_more(shares, matrix, np.full(3, most))
    for row, value in zip(shares, found, strict=True):
        exact = max((enumerated(row, matrix, m) - row.max()) / m for m in range(1, most + 1))
        if size <= 6:
            assert value == pytest.approx(max(exact, 0), abs=1e-12)
        else:
            assert exact - 0.1 <= value <= exact + 1e-12


@given(st.integers(0, 10_000))
def test_laws(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 7))
    shares, matrix = rng.dirichlet(np.ones(size), 4), rng.dirichlet(np.ones(size), size)
    found = value_of_more(shares, matrix, np.full(4, 3))
    assert (found >= 0).all()
    assert (found <= 1 - shares.max(axis=1) + 1e-12).all()
    assert (value_of_more(shares, matrix, np.full(4, 2)) <= found + 1e-12).all(), "more may be asked"
    assert value_of_more(shares, matrix, np.full(4, 99)) == pytest.approx(
        value_of_more(shares, matrix, np.full(4, AHEAD))
    )
    by_chance = np.full((size, size), 1 / size)
    assert value_of_more(shares, by_chance, np.full(4, 3)) == pytest.approx(0, abs=1e-12)
    order = rng.permutation(size)
    assert value_of_more(shares[:, order], matrix[order][:, order], np.full(4, 3)) == pytest.approx(found)
    assert value_of_more(shares, matrix, np.full(4, 3), temper=0.3) == pytest.approx(
        np.maximum(value_of_more(shares, _tempered(matrix), np.full(4, 3)), 0)
    )


def _tempered(matrix):
    told = matrix**0.3
    return told / told.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: value_of_more([0.5, 0.5], GOOD, [1]), "posterior"),
        (lambda: value_of_more([[0.5, 0.5]], GOOD, [1, 1]), "most"),
        (lambda: value_of_more([[0.5, 0.5]], np.eye(3), [1]), "confusion"),
        (lambda: value_of_more([[0.5, -0.5]], GOOD, [1]), "negative"),
        (lambda: value_of_more([[0.5, 0.5]], GOOD, [1], temper=0.0), "temper"),
        (lambda: StoppingRule(1, 2, 0.9, worth=1.5), "worth"),
    ],
)
def test_what_does_not_fit_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_rule_stops_where_more_is_not_worth_it():
    rule = StoppingRule(2, 5, 0.95, worth=0.02)
    assert rule.asks([1, 3, 3, 3, 5], 0.7, [0.0, 0.03, 0.01, np.nan, 0.5]).tolist() == [
        True, True, False, True, False,
    ]  # fmt: skip
    assert rule.asks(3, 0.7), "where nothing is known of the value, sureness alone decides"
    assert not rule.asks(3, 0.96, 0.03)
    assert StoppingRule(2, 5, 0.95).asks(3, 0.7, 0.0)
