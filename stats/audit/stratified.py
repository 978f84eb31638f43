"""A share estimated from a stratified sample, with a Wilson-type interval."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats
from stats.intervals.interval import Interval, check_confidence
from stats.intervals.wilson import wilson


@dataclass(frozen=True, slots=True)
class StratifiedShare:
    """``value`` in [0, 1]: the share of the whole population, each stratum by its size; ``effective`` is the
    size of a simple random sample that would be as exact."""

    value: float
    interval: Interval
    effective: float


def stratified_share(
    successes: ArrayLike, trials: ArrayLike, populations: ArrayLike, *, confidence: float = 0.95
) -> StratifiedShare | None:
    """Estimate from ``successes`` (H,) of ``trials`` (H,) drawn without return of ``populations`` (H,).

    The value is p = sum W_h p_h with W_h = N_h / N. The interval is Wilson's at p with the effective sample
    size m = q (1 - q) / sum W_h² (1 - n_h / N_h) q_h (1 - q_h) / n_h, q = sum W_h q_h. In m alone, each
    stratum's share is shrunk to the whole's by one pseudo-answer (q_h): so m is defined, and
    honest, where every answer was right. A population drawn whole is known exactly. None where a stratum
    with members has no trial: nothing can be said of the whole then. ValueError for impossible counts.

    Source: E. B. Wilson, JASA 22 (1927) 209-212; effective sizes as in E. L. Korn, B. I. Graubard, Survey
    Methodology 24 (1998) 193-201. The sum of Wilson intervals per stratum (X. Yan, X. G. Su, Statistics in
    Biopharmaceutical Research 2 (2010) 329-335) was tried: with ten strata of ten it covered 91 %.
    """
    check_confidence(confidence)
    right, drawn, sizes = (as_floats(each, "counts") for each in (successes, trials, populations))
    _check(right, drawn, sizes)
    kept = sizes > 0
    right, drawn, sizes = right[kept], drawn[kept], sizes[kept]
    if not sizes.size or (drawn == 0).any():
        return None
    weights = sizes / sizes.sum()
    value = min(1.0, float(weights @ (right / drawn)))
    total = float(drawn.sum())
    shrunk = (right + (value * total + 0.5) / (total + 1)) / (drawn + 1)
    pooled = float(weights @ shrunk)
    variance = float((weights**2 * (1 - drawn / sizes) * shrunk * (1 - shrunk) / drawn).sum())
    if variance == 0:
        return StratifiedShare(value, Interval(value, value, confidence), float(sizes.sum()))
    effective = pooled * (1 - pooled) / variance
    interval = wilson(value * effective, effective, confidence=confidence)
    return StratifiedShare(value, interval, effective)


def _check(right: Floats, drawn: Floats, sizes: Floats) -> None:
    if not right.size == drawn.size == sizes.size:
        message = "successes, trials and populations must be equally long"
        raise ValueError(message)
    if (right < 0).any() or (right > drawn).any() or (drawn > sizes).any():
        message = "0 <= successes <= trials <= populations is required in every stratum"
        raise ValueError(message)
