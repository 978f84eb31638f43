"""Crowd-BT: Bradley-Terry in which people may be careless, or contrary."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_codes
from stats.rankings.bradley_terry import centered, step

ROUNDS = 300
STEPS = 5
CHANGE = 1e-5
# Beta prior of a person's reliability: most people compare in earnest.
RIGHT, WRONG = 4.0, 1.0


@dataclass(frozen=True, slots=True, eq=False)
class CrowdStrengths:
    """``strength`` (n_items,) > 0, geometric mean 1.

    ``reliability`` (n_workers,) in (0, 1): how often a person says what the strengths would have them say;
    one half tells nothing, below it the person says the contrary. Without answers it is the prior's mean 0.8.
    """

    strength: Floats
    reliability: Floats


def crowd_bradley_terry(
    winner: ArrayLike,
    loser: ArrayLike,
    worker: ArrayLike,
    *,
    n_items: int,
    n_workers: int,
    prior: float = 1.0,
) -> CrowdStrengths:
    """EM from parallel columns: who was preferred to whom, by which person (n_comparisons,).

    P(w prefers i to j) = r_w s_i/(s_i + s_j) + (1 - r_w) s_j/(s_i + s_j), r_w ~ Beta(4, 1); strengths with
    ``prior`` > 0 virtual ties as in ``bradley_terry``. Order does not matter. Source: Chen et al., WSDM 2013,
    193-202.
    """
    first, second = as_codes(winner, "winner", limit=n_items), as_codes(loser, "loser", limit=n_items)
    people = as_codes(worker, "worker", limit=n_workers)
    if not first.size == second.size == people.size:
        message = "winner, loser and worker must have the same length"
        raise ValueError(message)
    if prior <= 0:
        message = "prior must be > 0: who is contrary and who is not could not be told apart"
        raise ValueError(message)
    if (first == second).any():
        message = "an item must not be compared with itself"
        raise ValueError(message)
    strength = np.ones(n_items)
    reliability = np.full(n_workers, RIGHT / (RIGHT + WRONG))
    compared = np.bincount(people, minlength=n_workers)
    for _ in range(ROUNDS):
        before = strength
        expected = strength[first] / (strength[first] + strength[second])
        earnest = reliability[people] * expected
        earnest = earnest / (earnest + (1 - reliability[people]) * (1 - expected))
        wins = np.zeros((n_items, n_items))
        np.add.at(wins, (first, second), earnest)
        np.add.at(wins, (second, first), 1 - earnest)
        games, won = wins + wins.T, wins.sum(axis=1)
        for _ in range(STEPS if n_items else 0):
            strength = step(games, won, strength, prior)
        honest = np.bincount(people, earnest, minlength=n_workers)
        reliability = (honest + RIGHT) / (compared + RIGHT + WRONG)
        if np.abs(np.log(strength / before)).max(initial=0.0) < CHANGE:
            break
    return CrowdStrengths(centered(strength), reliability)
