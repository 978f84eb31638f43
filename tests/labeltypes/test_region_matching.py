"""Matching group by group comes to the same as matching everything at once."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeltypes.region_matching import best_total

CELLS = st.sampled_from([0.0, 0.0, 0.0, 0.25, 0.5, 0.9, 1.0])


def test_it_works() -> None:
    assert best_total(np.array([[0.5, 0.4], [0.4, 0.0]])) == pytest.approx(0.8)


def test_nothing_in_common() -> None:
    assert best_total(np.zeros((2, 3))) == 0


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=4))
def test_against_all_permutations(rows: list[list[float]]) -> None:
    worth = np.array(rows)
    best = max(
        sum(worth[i, j] for i, j in enumerate(columns)) for columns in permutations(range(4), len(rows))
    )
    assert best_total(worth) == pytest.approx(best)
    assert best_total(worth.T) == pytest.approx(best)
