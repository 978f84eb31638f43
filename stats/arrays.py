"""The array types that every statistic here takes and gives, and how foreign input becomes one."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Bools = NDArray[np.bool_]
Longs = NDArray[np.int64]


def as_codes(values: ArrayLike, name: str, *, limit: int, missing: bool = False) -> Codes:
    """One-dimensional int32 codes in [0, limit), or in [-1, limit) when ``missing`` is allowed.

    Raises ValueError naming the argument when the shape, the type or a value is wrong; floats are refused
    rather than truncated.
    """
    array: NDArray[Any] = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.int32)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        message = f"{name} must be a one-dimensional array of integers"
        raise ValueError(message)
    lowest = -1 if missing else 0
    if array.size and (array.min() < lowest or array.max() >= limit):
        message = f"{name} must lie in [{lowest}, {limit})"
        raise ValueError(message)
    return np.ascontiguousarray(array, dtype=np.int32)


def as_floats(values: ArrayLike | Iterable[float], name: str, *, ndim: int = 1) -> Floats:
    """A finite float64 array of ``ndim`` dimensions; raises ValueError otherwise."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != ndim:
        message = f"{name} must have {ndim} dimension(s), not {array.ndim}"
        raise ValueError(message)
    if not np.isfinite(array).all():
        message = f"{name} must be finite"
        raise ValueError(message)
    return array


def as_weights(values: ArrayLike | None, name: str, *, size: int) -> Floats:
    """Finite weights >= 0 of the given length; ``None`` means one each. Raises ValueError otherwise."""
    if values is None:
        return np.ones(size)
    array = as_floats(values, name)
    if array.size != size:
        message = f"{name} must have {size} entries, not {array.size}"
        raise ValueError(message)
    if array.size and array.min() < 0:
        message = f"{name} must not be negative"
        raise ValueError(message)
    return array
