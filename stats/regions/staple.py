"""STAPLE: one mask from several, with everybody's sensitivity and specificity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Floats

ROUNDS = 200
CHANGE = 1e-8
START = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Staple:
    """``probability`` (the masks' shape) that a pixel belongs; outside of the union of the masks it is 0.

    ``sensitivity`` and ``specificity`` (n_raters,) within the union's bounding box, NaN where undefined.
    """

    probability: Floats
    sensitivity: Floats
    specificity: Floats


def staple(masks: ArrayLike, *, prior: float | None = None, crop: bool = True) -> Staple | None:
    """EM for the true mask from ``masks`` (n_raters, ...), boolean, of any shape.

    ``prior``: share of pixels that belong, by default the masks' mean; ``crop`` to the union's bounding box,
    else background counts as agreement and swamps specificity. Equal masks give that mask. None without
    raters or with empty masks only. Raises ValueError where the prior is not in (0, 1). Source: Warfield,
    Zou, Wells, IEEE Transactions on Medical Imaging 23 (2004) 903-921.
    """
    drawn: Bools = np.asarray(masks, dtype=np.bool_)
    if prior is not None and not 0 < prior < 1:
        message = "prior must lie in (0, 1)"
        raise ValueError(message)
    if drawn.ndim < 2 or not drawn.any():
        return None
    union: Bools = np.asarray(drawn.any(axis=0))
    window = _bounds(union) if crop else (slice(None),) * (drawn.ndim - 1)
    part = drawn[(slice(None), *window)].reshape(len(drawn), -1).astype(np.float64)
    share = float(part.mean()) if prior is None else prior
    inside, sensitivity, specificity = _infer(part, share)
    probability = np.zeros(drawn.shape[1:])
    probability[window] = inside.reshape(probability[window].shape)
    return Staple(np.where(union, probability, 0.0), sensitivity, specificity)


def _bounds(union: Bools) -> tuple[slice, ...]:
    return tuple(slice(int(axis.min()), int(axis.max()) + 1) for axis in np.nonzero(union))


def _infer(drawn: Floats, share: float) -> tuple[Floats, Floats, Floats]:
    sensitivity = specificity = np.full(len(drawn), START)
    inside = np.full(drawn.shape[1], share)
    if share in (0.0, 1.0):
        return inside, np.ones(len(drawn)), np.full(len(drawn), np.nan)
    for _ in range(ROUNDS):
        before = inside
        with np.errstate(divide="ignore", invalid="ignore"):
            yes = np.log(share) + _log_of(sensitivity, drawn)
            no = np.log(1 - share) + _log_of(1 - specificity, drawn)
            inside = 1 / (1 + np.exp(np.clip(np.nan_to_num(no - yes, nan=0.0), -700, 700)))
        if np.abs(inside - before).max() < CHANGE:
            break
        outside = 1 - inside
        with np.errstate(invalid="ignore"):
            sensitivity = drawn @ inside / inside.sum()
            specificity = (1 - drawn) @ outside / outside.sum()
    return inside, sensitivity, specificity


def _log_of(rate: Floats, drawn: Floats) -> Floats:
    """Log-probability of what was drawn in each pixel, if it is drawn at ``rate``; 0 * log 0 is 0."""
    on, off = np.log(rate)[:, None], np.log(1 - rate)[:, None]
    total: Floats = np.where(drawn > 0, on, off).sum(axis=0)
    return total
