"""Which of several plans is proposed: by certainty first, then by cost, within the budget."""

import pytest

from stats.planning.choice import Choice, Verdict, choose
from stats.planning.simulation import Expected

CHEAP, GOOD, BEST = Expected(0.90, 0.86, 0.94), Expected(0.96, 0.93, 0.99), Expected(0.98, 0.96, 1.0)
PLANS, COSTS = [BEST, CHEAP, GOOD], [500.0, 100.0, 300.0]


@pytest.mark.parametrize(
    ("target", "budget", "expected"),
    [
        (0.85, 600, Choice(1, Verdict.SURE)),
        (0.92, 600, Choice(2, Verdict.SURE)),
        (0.95, 600, Choice(0, Verdict.SURE)),
        (0.95, 400, Choice(2, Verdict.LIKELY)),
        (0.97, 600, Choice(0, Verdict.LIKELY)),
        (0.97, 400, Choice(2, Verdict.OUT_OF_REACH, 500.0)),
        (0.99, 600, Choice(0, Verdict.OUT_OF_REACH)),
        (0.85, 50, Choice(1, Verdict.OUT_OF_REACH, 100.0)),
    ],
)
def test_it_works(target, budget, expected):
    assert choose(PLANS, COSTS, target=target, budget=budget) == expected


def test_ties_go_to_the_more_accurate_and_nonsense_is_refused():
    assert choose([CHEAP, GOOD], [100, 100], target=0.8, budget=100).place == 1
    for plans, costs in (([], []), ([GOOD], [1.0, 2.0])):
        with pytest.raises(ValueError, match="need"):
            choose(plans, costs, target=0.9, budget=1)
