"""How many answers an item needs: what to expect, how sure the votes alone are, and when to stop."""

from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc

from stats.arrays import Bools, Floats


def majority_accuracy(accuracy: float, people: int) -> float:
    """P(majority of ``people`` is right) for two classes and independent people of one ``accuracy``; fair
    ties.

    Both in range (0 <= accuracy <= 1, people >= 1) or ValueError.
    """
    if not 0 <= accuracy <= 1 or people < 1:
        message = "accuracy must lie in [0, 1] and people be >= 1"
        raise ValueError(message)
    chance = [comb(people, k) * accuracy**k * (1 - accuracy) ** (people - k) for k in range(people + 1)]
    tie = chance[people // 2] / 2 if people % 2 == 0 else 0.0
    return sum(chance[people // 2 + 1 :]) + tie


def label_uncertainty(positive: float, negative: float) -> float:
    """Smaller tail of Beta(positive + 1, negative + 1) at 1/2, in [0, 1/2]: 1/2 = nothing known.

    Counts >= 0 (ValueError). Source: Sheng, Provost, Ipeirotis, KDD 2008.
    """
    if positive < 0 or negative < 0:
        message = "counts must not be negative"
        raise ValueError(message)
    below = float(betainc(positive + 1, negative + 1, 0.5))
    return min(below, 1 - below)


def combined_uncertainty(labels: float, model: float) -> float:
    """Geometric mean of the labels' and a model's uncertainty, both in [0, 1] (Sheng et al. 2008)."""
    if not (0 <= labels <= 1 and 0 <= model <= 1):
        message = "uncertainties must lie in [0, 1]"
        raise ValueError(message)
    return sqrt(labels * model)


def vote_certainty(leader: ArrayLike, others: ArrayLike) -> Floats:
    """P(the leading answer would keep a majority), from the votes for it and all others; elementwise.

    Upper tail of Beta(leader + 1, others + 1) at 1/2, in (0, 1): one minus ``label_uncertainty`` where the
    leader leads. Nothing is known of the people, so this is cautious: three equal answers give 0.9375.
    Counts >= 0, fractions allowed (ValueError).
    """
    ahead, behind = np.asarray(leader, dtype=np.float64), np.asarray(others, dtype=np.float64)
    if (ahead < 0).any() or (behind < 0).any():
        message = "counts must not be negative"
        raise ValueError(message)
    certainty: Floats = np.asarray(betainc(behind + 1, ahead + 1, 0.5))
    return certainty


@dataclass(frozen=True)
class StoppingRule:
    """Ask ``least`` people, then one more at a time, up to ``most``, while the answer is not sure enough.

    Sure enough is ``until``; nobody more is asked either where one more answer is worth less than ``worth``:
    the rise of the probability that the answer is right (``stats.planning.value``). 1 <= least <= most, and
    until and worth in [0, 1], or ValueError. ``least == most`` asks as many about every task.
    """

    least: int
    most: int
    until: float
    worth: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most or not 0 <= self.until <= 1 or not 0 <= self.worth <= 1:
            message = "need 1 <= least <= most, and until and worth in [0, 1]"
            raise ValueError(message)

    def asks(self, answers: ArrayLike, certainty: ArrayLike, value: ArrayLike = np.nan) -> Bools:
        """Whether one more answer is wanted, elementwise; NaN certainty: there is nothing to learn.

        ``value``: what one more answer is worth; NaN: not known, then sureness alone decides.
        """
        count, sure = np.asarray(answers), np.asarray(certainty, dtype=np.float64)
        is_poor = np.asarray(value, dtype=np.float64) < self.worth
        more: Bools = (count < self.least) | ((count < self.most) & (sure < self.until) & ~is_poor)
        return more

    def slots(self, *, wanted: int, taken: int, answered: int, own: int, more: bool) -> int:
        """How many answers a task wants from now on.

        It wants ``wanted``, people hold or gave ``taken`` of them and gave ``answered``; ``own`` of those
        still wanted were added by this rule. ``more`` is what ``asks`` says. A full task gets one more; where
        no more is wanted, added slots that nobody holds are taken back. What others asked for stays.
        """
        if answered >= wanted:
            return wanted + 1 if more and answered >= self.least else wanted
        return wanted if more else wanted - max(0, min(own, wanted - taken))
