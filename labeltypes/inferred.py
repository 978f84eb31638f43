"""What quality inferred of many tasks at once, as arrays: what `LabelType.merge_many` takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from stats.arrays import Bools, Floats


@dataclass(frozen=True, eq=False)
class Shares:
    """One unit of a field: `shares[i, k]` is the probability of `codes[k]` in task i; NaN where unknown."""

    codes: tuple[str, ...]
    shares: Floats

    @property
    def known(self) -> Bools:
        """The tasks of which something was inferred."""
        found: Bools = ~np.isnan(self.shares[:, 0])
        return found

    def only(self, rows: Sequence[int]) -> Shares:
        """Those of some tasks, in this order."""
        return self if len(rows) == len(self.shares) else Shares(self.codes, self.shares[np.array(rows, int)])

    def of(self, row: int) -> dict[str, float]:
        """Code → probability of one task; empty where nothing is known."""
        each = self.shares[row].tolist()
        return {} if each[0] != each[0] else dict(zip(self.codes, each, strict=True))


Inferred: TypeAlias = Mapping[str, Shares]
"""Unit → its shares; all with the same tasks."""


def posterior_of(inferred: Inferred, row: int) -> dict[str, dict[str, float]] | None:
    """The posterior of one task as `LabelType.merge` takes it; None where nothing is known."""
    found = {unit: shares.of(row) for unit, shares in inferred.items()}
    return {unit: shares for unit, shares in found.items() if shares} or None
