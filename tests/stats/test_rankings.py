"""Preferences and rankings: published values, brute force, people who compare the wrong way round."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.agreement.kendall import tau_b
from stats.rankings.bradley_terry import bradley_terry
from stats.rankings.crowd_bt import crowd_bradley_terry
from stats.rankings.kemeny import borda, kemeny, least_contradiction, preferences

RANKS = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 3), min_size=n, max_size=n), min_size=1, max_size=5)
)


def test_it_works():
    wins = np.array([[0, 2, 0, 1], [3, 0, 5, 0], [0, 3, 0, 1], [4, 0, 3, 0]])
    found = bradley_terry(wins, prior=0).strength
    assert found == pytest.approx([0.639835, 1.043314, 0.659810, 2.270377], abs=1e-6)


def test_bradley_terry_undefined_and_prior():
    wins = [[0, 3], [0, 0]]
    undefined = bradley_terry(wins, prior=0)
    assert (undefined.strength, bool(undefined.reason)) == (None, True)
    strength = bradley_terry(wins).strength
    assert 1 < strength[0] < 10
    assert strength.prod() == pytest.approx(1)
    assert bradley_terry(np.zeros((0, 0))).strength.size == 0
    assert bradley_terry(np.zeros((3, 3))).strength == pytest.approx(1)
    for wrong in ([[0, -1], [0, 0]], [[1, 0], [0, 0]], [[0, 1]]):
        with pytest.raises(ValueError, match="square"):
            bradley_terry(wrong)
    with pytest.raises(ValueError, match="prior"):
        bradley_terry(wins, prior=-1)


def test_crowd_bradley_terry_finds_who_turns_things_round():
    rng = np.random.default_rng(0)
    strength = np.exp(rng.normal(0, 1.2, 15))
    pairs = np.array([rng.choice(15, 2, replace=False) for _ in range(1500)])
    worker = rng.integers(0, 8, 1500)
    right = np.array([0.95, 0.95, 0.95, 0.95, 0.9, 0.5, 0.5, 0.05])
    truth = rng.random(1500) < strength[pairs[:, 0]] / strength[pairs].sum(axis=1)
    said = truth == (rng.random(1500) < right[worker])
    winner, loser = np.where(said, *pairs.T), np.where(said, *pairs.T[::-1])
    found = crowd_bradley_terry(winner, loser, worker, n_items=15, n_workers=9)
    assert found.reliability[:8] == pytest.approx(right, abs=0.15)
    assert found.reliability[8] == pytest.approx(0.8)
    wins = np.zeros((15, 15))
    np.add.at(wins, (winner, loser), 1)
    plain = bradley_terry(wins).strength
    assert tau_b(found.strength, strength).value > tau_b(plain, strength).value
    assert tau_b(found.strength, strength).value > 0.85
    again = crowd_bradley_terry(winner[::-1], loser[::-1], worker[::-1], n_items=15, n_workers=9)
    assert again.strength == pytest.approx(found.strength)


def test_crowd_bradley_terry_of_nothing_and_refusals():
    assert crowd_bradley_terry([], [], [], n_items=2, n_workers=1).strength == pytest.approx([1, 1])
    with pytest.raises(ValueError, match="itself"):
        crowd_bradley_terry([0], [0], [0], n_items=1, n_workers=1)
    with pytest.raises(ValueError, match="length"):
        crowd_bradley_terry([0], [1], [], n_items=2, n_workers=1)


def test_borda_and_missing_ranks():
    assert borda([[1, 2, 3], [1, 3, 2]]) == pytest.approx([1, 0.25, 0.25])
    assert borda([[1, 2, np.nan]]) == pytest.approx([1, 0, np.nan], nan_ok=True)
    assert preferences([[1, 1]], [2]).tolist() == [[0, 1], [1, 0]]
    with pytest.raises(ValueError, match="ranks"):
        borda([1, 2])


@settings(max_examples=40, deadline=None)
@given(RANKS, st.randoms())
def test_kemeny_is_the_least_disagreement(ranks, random):
    found = kemeny(ranks)
    before = preferences(ranks)

    def cost(order):
        return sum(before[b, a] for i, a in enumerate(order) for b in order[i + 1 :])

    assert found.exact
    assert sorted(found.order) == list(range(len(before)))
    assert found.cost == pytest.approx(cost(found.order))
    assert found.cost == pytest.approx(min(map(cost, permutations(range(len(before))))))
    assert kemeny(random.sample(ranks, len(ranks))).order == found.order
    assert kemeny(ranks + ranks).order == found.order


def test_kemeny_of_many_items_and_of_equal_rankings():
    rng = np.random.default_rng(1)
    ranks = np.array([np.argsort(np.argsort(np.arange(20) + rng.normal(0, 3, 20))) for _ in range(9)])
    found = kemeny(ranks)
    assert not found.exact
    assert tau_b(np.argsort(found.order), np.arange(20)).value > 0.85
    start = preferences(ranks)[np.ix_(*[np.argsort(-borda(ranks), kind="stable")] * 2)]
    assert found.cost <= np.tril(start, -1).sum()
    assert kemeny([ranks[0]] * 3).order == tuple(np.argsort(ranks[0]))
    assert kemeny(np.zeros((0, 3))).order == (0, 1, 2)


def test_published_tau():
    assert tau_b([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]).value == pytest.approx(-0.471405, abs=1e-6)
    assert tau_b([1, 2, 3], [10, 20, 30]).value == 1
    assert tau_b([1, 1], [1, 2]).value is None
    assert tau_b([1], [1]).value is None
    with pytest.raises(ValueError, match="length"):
        tau_b([1, 2], [1])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.randoms(use_true_random=False))
def test_probabilities_of_pairs_have_a_least_contradiction(size, rng):
    before = np.zeros((size, size))
    for i, j in combinations(range(size), 2):
        before[i, j] = rng.choice([0, 0.25, 0.5, 0.75, 1])
        before[j, i] = 1 - before[i, j]
    found = least_contradiction(before)
    costs = {
        order: sum(before[b, a] for a, b in combinations(order, 2)) for order in permutations(range(size))
    }
    assert found.exact
    assert found.cost == pytest.approx(min(costs.values()))
    assert costs[found.order] == pytest.approx(found.cost)
