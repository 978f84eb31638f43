"""Bradley-Terry strengths from comparisons of pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats

ROUNDS = 10_000
CHANGE = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Strengths:
    """``strength`` (n,) > 0 with geometric mean 1, or None with the reason.

    The probability that i beats j is strength_i / (strength_i + strength_j).
    """

    strength: Floats | None
    reason: str | None


def bradley_terry(wins: ArrayLike, *, prior: float = 1.0) -> Strengths:
    """Strengths from ``wins`` (n, n), wins[i, j] >= 0 how often i was preferred to j (half each for a tie).

    ``prior``: so many virtual ties of everybody with one dummy of strength 1, which keeps strengths finite.
    With ``prior`` 0 it is maximum likelihood, undefined (None) unless everybody is connected to everybody by
    chains of wins in both directions. No items: an empty array. Order of items does not matter. Source:
    Hunter, Annals of Statistics 32 (2004) 384-406 (MM).
    """
    table = as_floats(wins, "wins", ndim=2)
    if table.shape[0] != table.shape[1] or (table.size and (table.min() < 0 or np.diag(table).any())):
        message = "wins must be square, >= 0 and zero on the diagonal"
        raise ValueError(message)
    if prior < 0:
        message = "prior must not be negative"
        raise ValueError(message)
    if prior == 0 and len(table) > 1 and not _is_connected(table):
        return Strengths(None, "not everybody is connected by wins in both directions")
    games, won = table + table.T, table.sum(axis=1)
    strength = np.ones(len(table))
    for _ in range(ROUNDS if len(table) > 1 else 0):
        before = strength
        strength = step(games, won, strength, prior)
        if prior == 0:
            strength = centered(strength)
        if np.abs(np.log(strength / before)).max() < CHANGE:
            break
    return Strengths(centered(strength), None)


def step(games: Floats, won: Floats, strength: Floats, prior: float) -> Floats:
    """One step of minorization-maximization from ``strength`` (n,)."""
    faced = (games / (strength[:, None] + strength)).sum(axis=1) + prior / (strength + 1)
    better: Floats = (won + prior / 2) / faced
    return better


def centered(strength: Floats) -> Floats:
    """The same strengths with geometric mean 1."""
    scaled: Floats = strength / np.exp(np.log(strength).mean()) if strength.size else strength
    return scaled


def _is_connected(table: Floats) -> bool:
    from scipy.sparse.csgraph import connected_components  # when used: the web need not wait for it

    return bool(connected_components(table > 0, directed=True, connection="strong")[0] == 1)
