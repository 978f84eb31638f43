"""Crowds to simulate: assumed from an accuracy and its spread, or measured in a pilot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats

# Nobody is certain, and a Beta distribution needs room: accuracies are kept this far from 0 and 1.
EDGE = 1e-3


@dataclass(frozen=True, eq=False)
class CrowdModel:
    """How often each class is true, and the confusion matrices that people are drawn from.

    marginals (K,) sum to 1; matrices (n, K, K) with rows (truth) that sum to 1, or None for ``accuracy`` and
    ``spread``: the mean and standard deviation of people's accuracy, errors even over the other classes.
    """

    marginals: Floats
    matrices: Floats | None = None
    accuracy: float = 0.8
    spread: float = 0.1

    @property
    def classes(self) -> int:
        """K."""
        return int(self.marginals.size)

    def people(self, rng: np.random.Generator, count: int) -> Floats:
        """(count, K, K): matrices of so many people; measured ones are drawn with replacement."""
        if self.matrices is not None:
            drawn: Floats = self.matrices[rng.integers(len(self.matrices), size=count)]
            return drawn
        right = self._accuracies(rng, count)
        size = self.classes
        table = np.repeat(((1 - right) / (size - 1))[:, None, None], size, axis=1).repeat(size, axis=2)
        each = np.arange(size)
        table[:, each, each] = right[:, None]
        return table

    def _accuracies(self, rng: np.random.Generator, count: int) -> Floats:
        mean = min(max(self.accuracy, EDGE), 1 - EDGE)
        variance = self.spread**2
        if variance < EDGE**2:
            return np.full(count, mean)
        # A Beta distribution cannot spread further than all or nothing.
        concentration = max(mean * (1 - mean) / variance - 1, 0.05)
        return np.clip(rng.beta(mean * concentration, (1 - mean) * concentration, count), EDGE, 1 - EDGE)


def assumed_crowd(marginals: ArrayLike, accuracy: float, spread: float) -> CrowdModel:
    """A crowd of stated mean accuracy in [0, 1] and standard deviation in [0, 0.5]; ValueError otherwise."""
    shares = _shares(marginals)
    if not 0 <= accuracy <= 1 or not 0 <= spread <= 0.5:
        message = "accuracy must lie in [0, 1] and spread in [0, 0.5]"
        raise ValueError(message)
    return CrowdModel(shares, None, accuracy, spread)


def measured_crowd(marginals: ArrayLike, matrices: ArrayLike) -> CrowdModel:
    """A crowd of people whose matrices (n, K, K) are known; ValueError on none, or on another K."""
    shares, table = _shares(marginals), as_floats(matrices, "matrices", ndim=3)
    if not len(table) or table.shape[1:] != (shares.size, shares.size) or (table < 0).any():
        message = "matrices must be (n, K, K) with n >= 1, not negative"
        raise ValueError(message)
    return CrowdModel(shares, table / table.sum(axis=2, keepdims=True))


def _shares(marginals: ArrayLike) -> Floats:
    shares = as_floats(marginals, "marginals")
    if shares.size < 2 or (shares < 0).any() or not shares.sum() > 0:
        message = "marginals need two classes or more, none negative, not all zero"
        raise ValueError(message)
    normed: Floats = shares / shares.sum()
    return normed
