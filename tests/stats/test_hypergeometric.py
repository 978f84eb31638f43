"""The exact interval of a finite population, by enumeration with scipy's distribution."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from stats.intervals.clopper_pearson import clopper_pearson
from stats.intervals.hypergeometric import hypergeometric

POPULATIONS = (*range(1, 15), 25, 40)


def test_it_works():
    """24 of 25 looked at, none wrong: one wrong among 25 is missed by one draw of 25, which is 4 %."""
    interval = hypergeometric(24, 24, 25)
    assert (interval.low, interval.high) == (24 / 25, 1)
    interval = hypergeometric(24, 24, 25, confidence=0.9)
    assert (interval.low, interval.high) == (1, 1), "at 90 % it would be too rare"


@pytest.mark.parametrize("confidence", [0.95, 0.96, 0.9975])
@pytest.mark.parametrize("population", POPULATIONS)
def test_whatever_is_true_is_covered_and_nothing_beyond_is_kept(population, confidence):
    """All samples of all populations; and each bound is that of scipy's tails over all counts."""
    tail = (1 - confidence) / 2 * (1 - 1e-9)
    counts = np.arange(population + 1)
    for drawn in range(1, population + 1):
        covered = np.zeros(population + 1)
        for seen in range(drawn + 1):
            interval = hypergeometric(seen, drawn, population, confidence=confidence)
            low, high = round(interval.low * population), round(interval.high * population)
            open_ = (hypergeom.sf(seen - 1, population, counts, drawn) > tail) & (
                hypergeom.cdf(seen, population, counts, drawn) > tail
            )
            assert (low, high) == (counts[open_].min(), counts[open_].max()), (seen, drawn)
            inside = (low <= counts) & (counts <= high)
            covered += hypergeom.pmf(seen, population, counts, drawn) * inside
        assert covered.min() >= confidence - 1e-9, drawn


@pytest.mark.parametrize("drawn", [1, 7, 30])
def test_right_and_wrong_are_mirrored(drawn):
    for seen in range(drawn + 1):
        one, other = hypergeometric(seen, drawn, 30), hypergeometric(drawn - seen, drawn, 30)
        assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


def test_of_endlessly_many_it_is_clopper_and_pearsons():
    plain, finite = clopper_pearson(45, 50), hypergeometric(45, 50, 10**9)
    assert (finite.low, finite.high) == pytest.approx((plain.low, plain.high), abs=1e-6)
    assert hypergeometric(4_800, 5_000, 10_000).width < clopper_pearson(4_800, 5_000).width


def test_what_was_drawn_whole_is_known_and_what_was_not_drawn_is_not():
    whole = hypergeometric(7, 10, 10)
    assert whole.low == whole.high == 0.7
    nothing = hypergeometric(0, 0, 5)
    assert (nothing.low, nothing.high) == (0, 1)


@pytest.mark.parametrize("counts", [(3, 2, 9), (-1, 2, 9), (1, 10, 9), (0, 0, 0)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match=r"required|must lie"):
        hypergeometric(*counts)
