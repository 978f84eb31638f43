"""Who gets what: gains by hand, their laws, fair sharing, and that it pays on a seeded crowd."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.planning.assignment import accuracy_gain, certainty_gain, share_out

GOOD = np.array([[0.8, 0.2], [0.2, 0.8]])


def test_gains_by_hand():
    """(.5 .5): an answer leaves .8 or .2, squares .68. (.8 .2): .941 with chance .68, else even."""
    known = [[0.5, 0.5], [0.8, 0.2]]
    agreed = 0.64 / 0.68
    sure = 0.68 * (agreed**2 + (1 - agreed) ** 2) + 0.32 * 0.5 - 0.68
    assert certainty_gain(known, GOOD) == pytest.approx([0.18, sure])
    assert accuracy_gain(known, GOOD) == pytest.approx([0.3, 0.0]), "one answer changes no mind"


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 6))
    return rng.dirichlet(np.ones(size), 7), rng.dirichlet(np.ones(size), size)


@given(st.integers(0, 10_000))
def test_laws(seed):
    shares, matrix = random_case(seed)
    gain = certainty_gain(shares, matrix)
    assert (gain >= 0).all()
    assert (gain <= 1 - (shares**2).sum(axis=1) + 1e-12).all(), "nobody tells more than the truth"
    perfect = np.eye(shares.shape[1])
    assert certainty_gain(shares, perfect) == pytest.approx(1 - (shares**2).sum(axis=1))
    by_chance = np.tile(matrix[:1], (len(matrix), 1))
    assert certainty_gain(shares, by_chance) == pytest.approx(0, abs=1e-12)
    order = np.random.default_rng(seed).permutation(shares.shape[1])
    assert certainty_gain(shares[:, order], matrix[order][:, order]) == pytest.approx(gain)
    assert certainty_gain(shares, matrix[:, order]) == pytest.approx(gain), "what answers are called"
    assert (accuracy_gain(shares, matrix) >= 0).all()


def test_chunks_change_nothing(monkeypatch):
    shares, matrix = random_case(3)
    whole = certainty_gain(shares, matrix), accuracy_gain(shares, matrix)
    monkeypatch.setattr("stats.planning.assignment.CHUNK_CELLS", 1)
    assert [certainty_gain(shares, matrix), accuracy_gain(shares, matrix)] == [
        pytest.approx(each) for each in whole
    ]


@given(st.integers(0, 10_000))
def test_sharing_out_keeps_places_and_room(seed):
    rng = np.random.default_rng(seed)
    gain = rng.random((4, 9)) - 0.3
    free, room = rng.integers(0, 3, 9), int(rng.integers(0, 5))
    lists = share_out(gain, free, room)
    assert all(len(found) <= room for found in lists)
    given_out = np.bincount(np.concatenate(lists).astype(int), minlength=9)
    assert (given_out <= free).all()
    for person, found in enumerate(lists):
        assert (gain[person, found] > 0).all()
        assert (np.diff(gain[person, found]) <= 0).all(), "best first"
    left = free - given_out
    for person, found in enumerate(lists):
        if len(found) < room:
            others = np.setdiff1d(np.nonzero(gain[person] > 0)[0], found)
            assert (left[others] == 0).all(), "a place was left though somebody wanted it"


def test_whoever_gains_most_comes_first():
    found = share_out([[0.2, 0.1], [0.3, 0.2]], [1, 1], 5)
    assert [each.tolist() for each in found] == [[], [0, 1]]
    assert [each.tolist() for each in share_out([[0.2, 0.1], [0.3, 0.2]], [1, 1], 1)] == [[1], [0]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: certainty_gain([0.5, 0.5], GOOD), "posterior"),
        (lambda: certainty_gain([[0.5, 0.5]], np.eye(3)), "confusion"),
        (lambda: accuracy_gain([[0.5, -0.5]], GOOD), "negative"),
        (lambda: share_out([[0.1]], [1, 1], 1), "gain"),
        (lambda: share_out([[0.1]], [-1], 1), "negative"),
        (lambda: share_out([[0.1]], [1], -1), "room"),
    ],
)
def test_what_does_not_fit_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_it_pays_where_people_know_different_things():
    """Half the people tell classes 0 and 1 apart, half 2 and 3. One answer each from anybody, then as many
    second answers as items, from whoever gains most or from anybody: the same cost, fewer errors."""
    rng = np.random.default_rng(5)
    n, people = 2_000, 20
    first, second = np.full((4, 4), 0.25), np.full((4, 4), 0.25)
    first[:2], second[2:] = 0.05, 0.05
    first[[0, 1], [0, 1]] = second[[2, 3], [2, 3]] = 0.85
    first[2:], second[:2] = [0.05, 0.05, 0.45, 0.45], [0.45, 0.45, 0.05, 0.05]
    matrices = np.stack([first if person % 2 else second for person in range(people)])
    truth = rng.integers(0, 4, n)

    def said(who: np.ndarray) -> np.ndarray:
        drawn = rng.random((n, 1)) > matrices[who, truth].cumsum(axis=1)
        return np.asarray(drawn.sum(axis=1))

    def after(shares: np.ndarray, who: np.ndarray) -> np.ndarray:
        found = shares * matrices[who, :, said(who)]
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    known = after(np.full((n, 4), 0.25), rng.integers(0, people, n))
    gain = np.stack([certainty_gain(known, matrix) for matrix in matrices])
    lists = share_out(gain, np.ones(n), n // people)
    chosen = np.empty(n, dtype=int)
    for person, items in enumerate(lists):
        chosen[items] = person
    by_gain = (after(known, chosen).argmax(axis=1) == truth).mean()
    by_chance = (after(known, rng.integers(0, people, n)).argmax(axis=1) == truth).mean()
    assert by_gain > by_chance + 0.05
