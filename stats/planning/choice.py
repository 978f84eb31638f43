"""Choosing among simulated plans: the cheapest that reaches a target within a budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from stats.planning.simulation import Expected


class Verdict(StrEnum):
    """How a chosen plan stands to the target.

    ``SURE``: the whole range lies above it; ``LIKELY``: the mean does; ``OUT_OF_REACH``: no plan within the
    budget gets there even on average.
    """

    SURE = "sure"
    LIKELY = "likely"
    OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True)
class Choice:
    """``place`` of the chosen plan.

    ``cheapest_beyond``: the least mean cost, above the budget, of a plan that reaches the target on average;
    None if there is none or none is needed.
    """

    place: int
    verdict: Verdict
    cheapest_beyond: float | None = None


def choose(accuracies: Sequence[Expected], costs: Sequence[float], *, target: float, budget: float) -> Choice:
    """The cheapest plan that surely reaches the target; else the cheapest that does on average; else the
    best.

    Only plans whose mean cost is within the budget are taken; if none is, the cheapest of all. Ties: the more
    accurate, then the first. Raises ValueError without plans or for lists of unequal length.
    """
    if not accuracies or len(accuracies) != len(costs):
        message = "need as many costs as accuracies, and at least one"
        raise ValueError(message)
    every = range(len(costs))
    within = [place for place in every if costs[place] <= budget]
    beyond = [costs[place] for place in every if accuracies[place].mean >= target and costs[place] > budget]
    cheapest_beyond = min(beyond, default=None)
    for verdict, reaches in (
        (Verdict.SURE, [place for place in within if accuracies[place].low >= target]),
        (Verdict.LIKELY, [place for place in within if accuracies[place].mean >= target]),
    ):
        if reaches:
            place = min(reaches, key=lambda one: (costs[one], -accuracies[one].mean))
            return Choice(place, verdict)
    if not within:
        place = min(every, key=lambda one: (costs[one], -accuracies[one].mean))
        return Choice(place, Verdict.OUT_OF_REACH, cheapest_beyond)
    place = max(within, key=lambda one: (accuracies[one].mean, -costs[one]))
    return Choice(place, Verdict.OUT_OF_REACH, cheapest_beyond)
