"""Whether a known answer tells good people from bad ones: item discrimination."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from stats.arrays import Floats, as_floats

LEAST_PEOPLE = 5
LEAST_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Discrimination:
    """Per item: the coefficient in [-1, 1], its interval, and over how many people; NaN where undefined."""

    value: Floats
    low: Floats
    high: Floats
    people: Floats


def discrimination(
    items: ArrayLike, people: ArrayLike, passed: ArrayLike, *, size: int, confidence: float = 0.95
) -> Discrimination:
    """Point-biserial correlation between passing an item and being right on the person's other items.

    ``items`` (in [0, size)), ``people`` and ``passed`` (0 or 1) are (n,), each pair of item and person once.
    Only people with at least five other items count. r = (n Sxy - Sx Sy) / sqrt((n Sx - Sx²)(n Syy - Sy²)),
    x passing, y the share right elsewhere; interval by Fisher's z = atanh r with error 1/sqrt(n - 3).
    Undefined (NaN) with fewer than five people, or when all passed, none did, or all are alike elsewhere.
    A negative value: those who are good elsewhere miss it. Source: F. M. Lord, M. R. Novick, Statistical
    Theories of Mental Test Scores (1968), chapter 15.
    """
    item = np.asarray(items, dtype=np.int64)
    _, person = np.unique(np.asarray(people, dtype=np.int64), return_inverse=True)
    x = as_floats(passed, "passed", ndim=1)
    others = np.bincount(person).astype(float)[person] - 1 if len(item) else np.zeros(0)
    kept = others >= LEAST_OTHERS
    right = np.bincount(person, weights=x)[person] - x if len(item) else np.zeros(0)
    y = right[kept] / others[kept]
    item, x = item[kept], x[kept]

    def total(weights: Floats) -> Floats:
        summed: Floats = np.bincount(item, weights=weights, minlength=size).astype(np.float64)
        return summed

    n, sx, sy = total(np.ones_like(x)), total(x), total(y)
    vx, vy = n * sx - sx**2, n * total(y * y) - sy**2
    defined = (n >= LEAST_PEOPLE) & (vx > 1e-9) & (vy > 1e-9)
    value = np.full(size, np.nan)
    scale = np.sqrt(vx[defined] * vy[defined])
    value[defined] = np.clip((n * total(x * y) - sx * sy)[defined] / scale, -1.0, 1.0)
    half = np.full(size, np.nan)
    half[defined] = float(ndtri((1 + confidence) / 2)) / np.sqrt(n[defined] - 3)
    z = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
    return Discrimination(value, np.tanh(z - half), np.tanh(z + half), n)
