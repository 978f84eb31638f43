"""Which region of one person is which region of another: optimal one-to-one matching."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import as_floats


@dataclass(frozen=True, slots=True)
class Matching:
    """Matched pairs of rows and columns in row order, their distances, and who stayed alone."""

    pairs: tuple[tuple[int, int], ...]
    distances: tuple[float, ...]
    alone_a: tuple[int, ...]
    alone_b: tuple[int, ...]

    def mean_similarity(self) -> float:
        """Sum of 1 - distance over the pairs, divided by the larger side; both sides empty: 1 (they
        agree)."""
        larger = len(self.pairs) + max(len(self.alone_a), len(self.alone_b))
        return sum(1 - d for d in self.distances) / larger if larger else 1.0


def match(distance: ArrayLike, *, limit: float = 1.0) -> Matching:
    """Hungarian matching of rows to columns of ``distance`` (n, m) that saves the most below ``limit``.

    A pair is made only where its distance is below ``limit`` (1 = no overlap at all); among those the total
    of ``limit - distance`` is maximal, so with distances 1 - IoU the total IoU is maximal for limit 1. An
    empty side is fine (give the array its shape, (0, m) or (n, 0)): everybody stays alone.
    """
    from scipy.optimize import linear_sum_assignment  # when used: half a second that the web need not wait

    raw = np.asarray(distance, dtype=np.float64)
    table = as_floats(raw.reshape(0, 0) if raw.shape == (0,) else raw, "distance", ndim=2)
    gain = np.clip(limit - table, 0, None)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    kept = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if gain[i, j] > 0]
    taken_a, taken_b = {i for i, _ in kept}, {j for _, j in kept}
    return Matching(
        pairs=tuple(kept),
        distances=tuple(float(table[pair]) for pair in kept),
        alone_a=tuple(i for i in range(table.shape[0]) if i not in taken_a),
        alone_b=tuple(j for j in range(table.shape[1]) if j not in taken_b),
    )
