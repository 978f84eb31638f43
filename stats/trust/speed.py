"""How quickly somebody answers, beside what others take for the very same items."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtr

from stats.arrays import Codes, Floats, as_codes, as_floats
from stats.intervals.interval import check_confidence

LEAST_ANSWERS = 10
LEAST_PEOPLE = 5
TO_DEVIATION = 1.482602218505602  # of the median absolute deviation, for a normal distribution
MAD_EFFICIENCY = 0.37  # what the median absolute deviation makes of a sample, beside the standard deviation


def beside_others(task: ArrayLike, seconds: ArrayLike) -> Floats:
    """(n,) log of one's seconds less the median log of all others on the same task; NaN where nobody else is.

    Answers without a time (0) count for nobody and are NaN. One answer per person and task.
    """
    tasks = as_codes(task, "task", limit=2**31 - 1)
    times = as_floats(seconds, "seconds")
    found = np.full(times.size, np.nan)
    timed = np.flatnonzero(times > 0)
    logs = np.log(times[timed])
    order = np.lexsort((logs, tasks[timed]))
    rows, sorted_logs = timed[order], logs[order]
    starts = np.flatnonzero(np.diff(tasks[rows], prepend=-1))
    sizes = np.diff(starts, append=rows.size)
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    place = np.arange(rows.size) - start
    others = size - 1
    enough = others > 0
    # The places of the middle one or two in the list of the others: one's own place is jumped over.
    middles = []
    for middle in ((others - 1) // 2, others // 2):
        at = middle + (middle >= place)
        middles.append(sorted_logs[np.where(enough, start + at, 0)] if rows.size else sorted_logs)
    difference = sorted_logs - (middles[0] + middles[1]) / 2
    found[rows] = np.where(enough, difference, np.nan)
    return found


@dataclass(frozen=True, eq=False)
class Medians:
    """Per person (n,): median with an interval by order statistics, over ``count`` values; NaN without."""

    median: Floats
    low: Floats
    high: Floats
    count: Codes


def medians(person: ArrayLike, value: ArrayLike, *, n_people: int, confidence: float = 0.95) -> Medians:
    """Each person's median, whatever the tails do: breaks and double clicks do not move it.

    The interval runs from the k-th lowest to the k-th highest value, k = floor((n + 1) / 2 - z sqrt(n) / 2),
    by the normal approximation of the binomial; with fewer than six values from lowest to highest, which
    covers less. NaN values are left out.
    """
    check_confidence(confidence)
    who, values = as_codes(person, "person", limit=n_people), np.asarray(value, dtype=np.float64)
    known = np.isfinite(values)
    order = np.lexsort((values[known], who[known]))
    sorted_who, sorted_values = who[known][order], values[known][order]
    count = np.bincount(sorted_who, minlength=n_people).astype(np.int32)
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    z = float(ndtri((1 + confidence) / 2))
    edge = np.maximum(np.floor((count + 1) / 2 - z * np.sqrt(count) / 2).astype(np.int64), 1) - 1
    some = count > 0

    def at(place: Floats | Codes) -> Floats:
        if sorted_values.size == 0:
            return np.full(n_people, np.nan)
        return np.where(some, sorted_values[np.where(some, start + place, 0)], np.nan)

    middle = (at((count - 1) // 2) + at(count // 2)) / 2
    return Medians(middle, at(edge), at(count - 1 - edge), count)


def too_fast(own: Medians) -> Floats:
    """(n,) one-sided p that somebody as quick beside the others, or quicker, is one of this crowd.

    ``own`` are medians of ``beside_others``. People differ in how quickly they work, so a person is compared
    with the spread between all others, not with chance: t = (median - center) / sqrt(spread² (1 + 1/m) +
    error²), with the other m people's median as center and their median absolute deviation as spread, on
    0.37 (m - 1) degrees of freedom, which is what that deviation is worth. 1 for people with fewer than ten
    answers, and for everybody where fewer than five others have them.
    """
    p = np.ones(own.median.size)
    able = np.flatnonzero(own.count >= LEAST_ANSWERS)
    if able.size <= LEAST_PEOPLE:
        return p
    speeds = own.median[able]
    error = (own.high - own.low)[able] / (2 * float(ndtri(0.975)))
    for place, who in enumerate(able.tolist()):
        rest = np.delete(speeds, place)
        center = float(np.median(rest))
        spread = TO_DEVIATION * float(np.median(np.abs(rest - center)))
        # With few people the deviation around the own median is too small; the error of each is in it.
        noise = np.sqrt(spread**2 * (1 + 1.57 / rest.size) + error[place] ** 2)
        p[who] = (
            1.0 if noise <= 0 else stdtr(MAD_EFFICIENCY * (rest.size - 1), (speeds[place] - center) / noise)
        )
    return p
