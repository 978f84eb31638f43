"""Reasons to look at somebody's answers, as the tests of one full run find them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from quality.models import ReasonKind
from quality.services.arrays import Longs
from quality.services.given import Given
from quality.services.watching import Watched
from stats.arrays import Codes, Floats
from stats.intervals.multiple import benjamini_hochberg
from stats.trust.copying import Copying, copying
from stats.trust.drift import Watch, watch
from stats.trust.same_answers import Sameness, same_answers
from stats.trust.speed import Medians, too_fast

FALSE_SHARE = 0.01  # of what one run finds of a kind and field, at most this share is by chance, on average
LEAST_ANSWERS = 20
LEAST_EXCESS = 0.05  # two people who agree less than so much above the usual are no reason
MOST_RATIO = 0.5  # whoever needs more than half the time of the others is no reason
MOST_TASKS = 50

# What a reason is about: kind, field, person, the other person or None.
Key = tuple[str, str, int, int | None]


@dataclass(frozen=True)
class Finding:
    """One reason as it was found; the columns are those of ``Reason``."""

    kind: str
    field: str
    user: int
    n: int
    evidence: dict[str, Any]
    tasks: list[int]
    other: int | None = None
    p: float | None = None
    q: float | None = None

    @property
    def key(self) -> Key:
        return self.kind, self.field, self.user, self.other


def find_reasons(
    watched: Sequence[Watched],
    given: Given,
    speed: tuple[Medians, Medians, Floats],
    dealt_with: Mapping[Key, int],
) -> list[Finding]:
    """Everything that the tests find. ``dealt_with``: at how many answers somebody looked at it before."""
    found = _fast(given, speed[0], speed[2])
    for field in watched:
        found += _same(field)
        found += _copying(field)
        found += _drift(field, dealt_with)
    return found


def _small(p: float) -> float:
    return float(f"{p:.3g}")


def _same(field: Watched) -> list[Finding]:
    result = same_answers(field.seen)
    able = np.flatnonzero(result.trials >= LEAST_ANSWERS)
    q = benjamini_hochberg(result.p[able])
    return [
        _same_finding(field, result, place, float(adjusted))
        for place, adjusted in zip(able.tolist(), q, strict=True)
        if adjusted <= FALSE_SHARE
    ]


def _same_finding(field: Watched, result: Sameness, place: int, q: float) -> Finding:
    label = int(result.label[place])
    mine = field.of(place)
    labels, others = field.unit.answers.label[mine], field.seen.others[mine]
    # What shows it best: the answer was given although the others say something else.
    telling = (labels != others) & ((labels == label) if label >= 0 else True)
    return Finding(
        kind=ReasonKind.SAME,
        field=field.name,
        user=int(field.unit.users[place]),
        n=round(float(result.trials[place])),
        p=_small(float(result.p[place])),
        q=_small(q),
        evidence={
            "label": field.unit.codes[label] if label >= 0 else "",
            "period": int(result.period[place]),
            "share": round(float(result.share[place]), 4),
            "expected": round(float(result.expected[place]), 4),
            "entropy": round(float(result.entropy[place]), 3),
            "expected_entropy": round(float(result.expected_entropy[place]), 3),
        },
        tasks=_newest(field, mine[telling]),
    )


def _newest(field: Watched, rows: Codes) -> list[int]:
    """The tasks of these votes, the newest answer first."""
    order = np.argsort(-field.given.id[field.row[rows]], kind="stable")[:MOST_TASKS]
    tasks: Longs = field.unit.tasks[field.unit.answers.task[rows[order]]]
    return [int(task) for task in tasks]


def _fast(given: Given, beside: Medians, each: Floats) -> list[Finding]:
    p = too_fast(beside)
    able = np.flatnonzero(beside.count >= LEAST_ANSWERS)
    q = benjamini_hochberg(p[able])
    found = []
    for place, adjusted in zip(able.tolist(), q, strict=True):
        ratio, low, high = (float(np.exp(x[place])) for x in (beside.median, beside.low, beside.high))
        if adjusted > FALSE_SHARE or high >= MOST_RATIO:
            continue
        rows = np.flatnonzero((given.person == place) & np.isfinite(each))
        quickest = rows[np.argsort(each[rows], kind="stable")][:MOST_TASKS]
        found.append(
            Finding(
                kind=ReasonKind.FAST,
                field="",
                user=int(given.users[place]),
                n=int(beside.count[place]),
                p=_small(float(p[place])),
                q=_small(float(adjusted)),
                evidence={"ratio": round(ratio, 3), "low": round(low, 3), "high": round(high, 3)},
                tasks=[int(task) for task in given.task[quickest]],
            )
        )
    return found


def _copying(field: Watched) -> list[Finding]:
    result = copying(field.unit.answers, field.unit.consensus)
    if not result.p.size:
        return []
    q = benjamini_hochberg(result.p)
    excess = (result.same - result.usual) / result.items
    return [
        _pair_finding(field, result, place, float(q[place]))
        for place in np.flatnonzero((q <= FALSE_SHARE) & (excess >= LEAST_EXCESS)).tolist()
    ]


def _pair_finding(field: Watched, result: Copying, place: int, q: float) -> Finding:
    first, second = int(result.first[place]), int(result.second[place])
    items = float(result.items[place])
    return Finding(
        kind=ReasonKind.COPYING,
        field=field.name,
        user=int(field.unit.users[first]),
        other=int(field.unit.users[second]),
        n=round(items),
        p=_small(float(result.p[place])),
        q=_small(q),
        evidence={
            "same": round(float(result.same[place])),
            "expected": round(float(result.expected[place]), 1),
            "usual": round(float(result.usual[place]), 1),
            "pairs": int(result.p.size),
            "left_out": result.left_out,
        },
        tasks=_in_common(field, first, second),
    )


def _in_common(field: Watched, first: int, second: int) -> list[int]:
    """Tasks that both answered alike and the others otherwise, newest first; then the other common ones."""
    mine, theirs = field.of(first), field.of(second)
    answers = field.unit.answers
    _, at, there = np.intersect1d(answers.task[mine], answers.task[theirs], return_indices=True)
    both = mine[at]
    alike = answers.label[both] == answers.label[theirs[there]]
    telling = alike & (answers.label[both] != field.seen.others[both])
    tasks = _newest(field, both[telling]) + _newest(field, both[alike & ~telling])
    return tasks[:MOST_TASKS]


def _drift(field: Watched, dealt_with: Mapping[Key, int]) -> list[Finding]:
    found = []
    for place, user in enumerate(field.unit.users.tolist()):
        rows = field.of(place)
        since = dealt_with.get((ReasonKind.DRIFT, field.name, user, None), 0)
        result = watch(field.right[rows], since=since)
        if result.alarmed_at is not None:
            found.append(_drift_finding(field, user, rows, result))
    return found


def _drift_finding(field: Watched, user: int, rows: Codes, result: Watch) -> Finding:
    right = field.right[rows]
    change, alarm = result.changed_at, result.alarmed_at or 0
    after = right[change : alarm + 1]
    return Finding(
        kind=ReasonKind.DRIFT,
        field=field.name,
        user=user,
        n=int(rows.size),
        evidence={
            "usual": round(1 - float(result.usual or 0.0), 4),
            "before": [int(right[:change].sum()), int(change)],
            "after": [int(after.sum()), int(after.size)],
            "since": round(float(field.given.at[field.row[rows[change]]])),
            "run_length": round(result.run_length),
        },
        tasks=_newest(field, rows[change:][~right[change:]]),
    )
