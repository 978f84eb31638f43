"""From rows of items to a coefficient with a bootstrap interval; what every coefficient here shares.

A coefficient is a function of sums over items. Items with the same answer counts are merged first, so drawing
items with replacement becomes drawing multinomial weights of the distinct rows: exact, and independent of the
number of items when few answers go to each.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.sparse import csc_array

from stats.arrays import Codes, Floats
from stats.intervals.interval import Interval, check_confidence

# Of more distinct rows than this the items are dealt into groups, and the groups are drawn.
MOST_DISTINCT = 4_096
GROUPS = 1_000

# Bounds the temporary arrays (numbers, 8 bytes each) of terms and of bootstrap weights.
BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Draw items with replacement ``draws`` times; the same seed gives the same interval."""

    draws: int = 1000
    seed: int = 0
    confidence: float = 0.95

    def __post_init__(self) -> None:
        check_confidence(self.confidence)
        if self.draws < 1:
            message = "draws must be at least 1"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient, or None with the reason why it is undefined.

    ``items`` and ``answers`` are those that entered (a single answer to an item enters
    only where the coefficient uses it, for the class shares). ``interval`` is the
    percentile bootstrap interval over items; None when not asked for, or with fewer than two items, or when
    the coefficient is undefined in more than half of the draws.
    """

    value: float | None
    reason: str | None
    items: int
    answers: int
    interval: Interval | None = None


class Measure(Protocol):
    """A coefficient in two steps."""

    def terms(self, rows: Floats) -> Floats:
        """(u, s): what each row (u, k) contributes to the sums."""

    def value(self, sums: Floats) -> Floats:
        """(r,): the coefficient for r vectors of sums (r, s); NaN where undefined."""

    def reason(self, sums: Floats) -> str:
        """Why the coefficient of one vector of sums (s,) is undefined."""


def estimate(
    measure: Measure, rows: Floats, multiplicity: Codes, *, answers: int, bootstrap: Bootstrap | None
) -> Coefficient:
    """The coefficient of distinct ``rows`` (u, k), each standing for ``multiplicity`` (u,) items."""
    items = int(multiplicity.sum())
    sums = _sums(measure, rows, multiplicity[None].astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(measure.value(sums)[0])
    if not np.isfinite(value):
        return Coefficient(None, measure.reason(sums[0]), items, answers)
    interval = None if bootstrap is None or items < 2 else _interval(measure, rows, multiplicity, bootstrap)
    return Coefficient(value, None, items, answers, interval)


def _sums(measure: Measure, rows: Floats, weights: Floats) -> Floats:
    width = measure.terms(rows[:1]).shape[1]
    step = max(1, BLOCK // max(width, 1))
    sums = np.zeros((len(weights), width))
    for start in range(0, len(rows), step):
        sums += weights[:, start : start + step] @ measure.terms(rows[start : start + step])
    return sums


def _interval(measure: Measure, rows: Floats, multiplicity: Codes, bootstrap: Bootstrap) -> Interval | None:
    rng = np.random.default_rng(bootstrap.seed)
    if len(rows) > MOST_DISTINCT:
        rows, measure = _dealt(measure, rows, multiplicity, rng), _Grouped(measure)
        multiplicity = np.ones(len(rows), dtype=np.int32)
    items = int(multiplicity.sum())
    share = multiplicity / items
    width = measure.terms(rows[:1]).shape[1]
    batch = max(1, BLOCK // max(len(rows), width))
    values = []
    for start in range(0, bootstrap.draws, batch):
        weights = rng.multinomial(items, share, size=min(batch, bootstrap.draws - start)).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            values.append(measure.value(_sums(measure, rows, weights)))
    drawn = np.concatenate(values)
    drawn = drawn[np.isfinite(drawn)]
    if drawn.size * 2 < bootstrap.draws:
        return None
    tail = (1 - bootstrap.confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(float(low), float(high), bootstrap.confidence)


class _Grouped:
    """A measure of rows that are sums of terms already."""

    def __init__(self, measure: Measure) -> None:
        self.value, self.reason = measure.value, measure.reason

    def terms(self, rows: Floats) -> Floats:
        return rows


def _dealt(measure: Measure, rows: Floats, multiplicity: Codes, rng: np.random.Generator) -> Floats:
    """The items dealt at random into groups of one size, (groups, s): the sums of each group.

    Drawing groups varies the sums as drawing items does; with so many items only the interval's ends are
    less sure, by about 1/sqrt(2 groups) of its width.
    """
    width = measure.terms(rows[:1]).shape[1]
    groups = int(min(GROUPS, max(100, BLOCK // width)))
    row = rng.permutation(np.repeat(np.arange(len(rows)), multiplicity))
    group = np.arange(row.size) * groups // row.size
    member = csc_array((np.ones(row.size), (group, row)), shape=(groups, len(rows)))
    step = max(1, BLOCK // max(width, 1))
    sums = np.zeros((groups, width))
    for start in range(0, len(rows), step):
        sums += member[:, start : start + step] @ measure.terms(rows[start : start + step])
    return sums


def merge_equal(rows: Floats) -> tuple[Floats, Codes]:
    """Distinct rows (u, k) and how often each occurs (u,); exact."""
    if len(rows) == 0:
        return rows, np.zeros(0, dtype=np.int32)
    # Sorting one hash per row is far quicker than sorting rows; the check below makes it exact.
    rng = np.random.default_rng(1)
    factors = rng.integers(1, 1 << 62, size=rows.shape[1], dtype=np.uint64) | np.uint64(1)
    hashes = rows.astype(np.int64).astype(np.uint64) @ factors
    _, first, inverse, multiplicity = np.unique(
        hashes, return_index=True, return_inverse=True, return_counts=True
    )
    if not (rows == rows[first[inverse]]).all():
        return rows, np.ones(len(rows), dtype=np.int32)
    return rows[first], multiplicity.astype(np.int32)
