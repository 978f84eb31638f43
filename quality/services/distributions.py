"""What is kept of an inferred distribution: nine digits of every probability that says anything."""

from typing import Any

import numpy as np

from labeltypes.inferred import Inferred
from stats.arrays import Bools, Floats

Distribution = dict[str, dict[str, float]]
# Probabilities below one in a million say nothing; of thousands of options most are.
WORTH_KEEPING = 1e-6
DIGITS = 9
SCALE = 10.0**DIGITS


def distributions(inferred: Inferred, size: int) -> list[Distribution]:
    """Unit → code → probability of each of so many tasks; without the units of which nothing is known."""
    found: list[Distribution] = [{} for _ in range(size)]
    for unit, each in inferred.items():
        kept: Bools = each.shares >= WORTH_KEEPING  # never where nothing is known
        shares: list[list[float]] = rounded(each.shares).tolist()
        whole: Any = kept.all(axis=1)
        known = each.known.tolist()
        for row in range(size):
            if whole[row]:
                found[row][unit] = dict(zip(each.codes, shares[row], strict=True))
            elif known[row]:
                pairs: Any = zip(each.codes, shares[row], kept[row].tolist(), strict=True)
                found[row][unit] = {code: share for code, share, is_kept in pairs if is_kept}
    return found


def rounded(shares: Floats) -> Floats:
    """To nine digits, each bit as Python's ``round`` has it; for values in [0, 1], NaN stays.

    The product may be rounded across a half; what is as near to one as that is left to Python.
    """
    scaled = shares * SCALE
    result: Floats = np.rint(scaled) / SCALE
    close = np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6
    result[close] = [round(share, DIGITS) for share in shares[close].tolist()]
    return result
