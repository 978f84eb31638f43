"""Which options of a multiple choice a person adds, or leaves out, more than the others do.

Each option is a question of its own, chosen or not, judged by the others without this person; people are
compared with what the others would choose of the same items. The p-values of all options and people of a
field are adjusted together.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from quality.services.inference import FieldFit
from stats.intervals.multiple import benjamini_hochberg
from stats.trust.beside_others import Lean, lean_beside_others
from stats.trust.leave_out import left_out_counts

MOST_OPTIONS = 50  # of a person's, the largest differences
FALSE_SHARE = 0.05  # of the options that are called so at most this share is so by chance

Found = dict[str, Any]


def leans_of(fits: Sequence[FieldFit]) -> dict[tuple[int, str], Found]:
    """(user id, field) → ``options``, for everybody whom others can judge on a multiple choice."""
    found: dict[tuple[int, str], Found] = {}
    for fit in fits:
        if fit.asked.field.flag("multiple") and fit.units:
            for user, rows in option_leans(fit).items():
                found[user, fit.asked.name] = {"options": rows}
    return found


def option_leans(fit: FieldFit) -> Mapping[int, list[Found]]:
    """Per person the options, those first that they choose most unlike the others."""
    chosen = fit.asked.codes[0]
    leans: list[tuple[str, list[int], Lean]] = []
    for name, unit in fit.units.items():
        if chosen in unit.codes:
            lean = lean_beside_others(left_out_counts(unit.answers, unit.trusted), unit.codes.index(chosen))
            leans.append((name, unit.users.tolist(), lean))
    if not leans:
        return {}
    p = np.concatenate([lean.p for _, _, lean in leans])
    known = np.concatenate([np.isfinite(lean.difference) for _, _, lean in leans])
    q = np.ones(p.size)
    q[known] = benjamini_hochberg(p[known])
    found: dict[int, list[Found]] = {}
    start = 0
    for name, users, lean in leans:
        for place, user in enumerate(users):
            if known[start + place]:
                found.setdefault(user, []).append(_row(name, lean, place, float(q[start + place])))
        start += len(users)
    return {user: _largest(rows) for user, rows in sorted(found.items())}


def _largest(rows: list[Found]) -> list[Found]:
    return sorted(rows, key=lambda row: -abs(row["value"]))[:MOST_OPTIONS]


def _row(name: str, lean: Lean, place: int, q: float) -> Found:
    columns = {"given": lean.given, "expected": lean.expected, "value": lean.difference}
    columns |= {"low": lean.low, "high": lean.high}
    ends = {key: round(float(column[place]), 4) for key, column in columns.items()}
    return {"label": name, **ends, "q": float(f"{q:.3g}"), "is_biased": q <= FALSE_SHARE}
