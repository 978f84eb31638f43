"""How many items an audit must look at, how they are shared out to strata, and what the result means."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats.audit.stratified import StratifiedShare
from stats.intervals.clopper_pearson import clopper_pearson
from stats.intervals.interval import Interval

Decision = Literal["accept", "reject", "more"]
LEAST = 10  # below, no interval is worth its name
MOST_LOOKS = 5
ERROR = 0.05


def half_width(share: float, size: float, population: float, *, confidence: float = 0.95) -> float:
    """Half of the interval that ``size`` of ``population`` items would give around ``share``, about: that of
    Clopper and Pearson with the finite population in the size, which is not rounded to whole items."""
    if size >= population:
        return 0.0
    effective = size / (1 - size / population)
    return clopper_pearson(share * effective, effective, confidence=confidence).width / 2


def size_for(width: float, share: float, population: int, *, confidence: float = 0.95) -> int:
    """The fewest items whose interval around ``share`` is at most ``width`` to each side.

    At least ``LEAST``, at most ``population``. ValueError unless 0 < width < 0.5 and 0 <= share <= 1.
    """
    if not (0 < width < 0.5 and 0 <= share <= 1):
        message = "0 < width < 0.5 and 0 <= share <= 1 are required"
        raise ValueError(message)
    low, high = min(LEAST, population), population
    while low < high:
        middle = (low + high) // 2
        if half_width(share, middle, population, confidence=confidence) <= width:
            high = middle
        else:
            low = middle + 1
    return low


def allocate(populations: ArrayLike, size: int) -> "NDArray[np.int64]":
    """Share ``size`` items out to strata (H,) in proportion, at least two (as far as that goes) in each.

    Largest remainders are rounded up. Never more than there are; the sum is min(size, all of them). Strata
    without members get none. ValueError if there are fewer items than strata with members.
    """
    sizes = np.asarray(populations, dtype=np.int64)
    total = int(sizes.sum())
    size = min(size, total)
    strata = int((sizes > 0).sum())
    if size < strata:
        message = f"{strata} strata need at least {strata} items"
        raise ValueError(message)
    least = np.minimum(sizes, min(2, size // strata) if strata else 0)
    exact = sizes * size / max(total, 1)
    given = np.maximum(least, np.floor(exact).astype(np.int64))
    order = np.argsort(-(exact - np.floor(exact)), kind="stable")
    while (left := size - int(given.sum())) != 0:
        step = 1 if left > 0 else -1
        free = given < sizes if left > 0 else given > least
        places = [int(at) for at in order if free[at]][: abs(left)]
        if left < 0:  # what the least took is taken from where there is most
            places = [int(np.argmax(np.where(free, given, -1)))]
        given[places] += step
    return given


def decision_confidence(look: int) -> float:
    """The confidence at which the rule reads its bounds at this look (1, 2, ...).

    Whoever looks again after drawing more gets another chance to be wrong. Of the 5 % in all, four fifths
    are spent at the first look, and the rest in equal parts on at most four extensions (Bonferroni), so
    that the chance of a wrong decision stays below 5 % however often the sample was extended.
    ValueError beyond ``MOST_LOOKS``.
    """
    if not 1 <= look <= MOST_LOOKS:
        message = f"there are at most {MOST_LOOKS} looks"
        raise ValueError(message)
    return 1 - ERROR * (0.8 if look == 1 else 0.2 / (MOST_LOOKS - 1))


def decide(found: StratifiedShare, target: float) -> Decision:
    """Accept if the lower bound reaches the target, reject if the upper bound is below it, else more."""
    if found.interval.low >= target:
        return "accept"
    return "reject" if found.interval.high < target else "more"


def more_needed(found: StratifiedShare, target: float, *, drawn: int, population: int, look: int) -> int:
    """How many items more would decide it, if the share stays what it is; 0 if no number would.

    The bounds are those of the next look. Between the estimate and the target lies too little to decide
    where the estimate equals the target, or where even all items were not enough.
    """
    if look >= MOST_LOOKS or drawn >= population or found.value == target:
        return 0
    design = found.effective / max(drawn / (1 - drawn / population), 1.0)
    confidence = decision_confidence(look + 1)

    def settles(size: int) -> bool:
        return decide(_expected(found.value, size, population, design, confidence), target) != "more"

    low, high = drawn + 1, population
    while low < high:
        middle = (low + high) // 2
        if settles(middle):
            high = middle
        else:
            low = middle + 1
    return low - drawn


def _expected(share: float, size: int, population: int, design: float, confidence: float) -> StratifiedShare:
    if size >= population:
        return StratifiedShare(share, Interval(share, share, confidence), population)
    effective = design * size / (1 - size / population)
    bounds = clopper_pearson(share * effective, effective, confidence=confidence)
    return StratifiedShare(share, bounds, effective)


def strata_of(counts: "dict[str, int]", most: int) -> list[str]:
    """The names of the largest strata, most frequent first; the others are to be looked at as one."""
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return ordered if len(ordered) <= most else ordered[: most - 1]
