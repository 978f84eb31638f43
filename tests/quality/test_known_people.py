"""Who is distrusted is worked out only for those of whom it is not plain that they are not."""

from itertools import product

import numpy as np
import pytest

from quality.services.known import SURE_ENOUGH, People, TrustRow, _clearly_above
from quality.services.trust import CONSENSUS
from stats.intervals.beta import probabilities_below, probability_below

COUNTS = (10.0, 10.5, 12.0, 31.7, 100.0, 1_000.0, 50_000.0)
SHARES = np.linspace(0, 1, 41)


@pytest.mark.parametrize("bound", [0.0, 0.05, 0.3, 0.5, 0.6, 0.8, 0.95, 1.0])
def test_nobody_is_left_out_who_may_be_below(bound: float) -> None:
    left_out = 0
    for n, share in product(COUNTS, SHARES.tolist()):
        if _clearly_above(bound, n * share, n):
            assert probability_below(bound, n * share, n) < 0.5
            left_out += 1
    assert left_out > 0 or bound == 1.0


@pytest.mark.parametrize("bound", [0.0, 0.5, 0.6, 0.9])
def test_the_distrusted_are_those_who_are_probably_below(bound: float) -> None:
    rows = [
        TrustRow(at, at, "", "", CONSENSUS, n, n * share, share, None)
        for at, (n, share) in enumerate(product(COUNTS, SHARES.tolist()))
    ]
    correct, n = np.array([row.correct for row in rows]), np.array([row.n for row in rows])
    below = probabilities_below(bound, correct, n) >= SURE_ENOUGH
    wanted = {row.user_id: row.accuracy for row, is_below in zip(rows, below, strict=True) if is_below}
    assert People(rows).distrusted(bound) == wanted
