"""Agreement per class: does a task have it or not, and if one person gives it, does another too."""

from typing import Any

import numpy as np

from quality.services.judgements import MOST_CLASSES, Judgements
from stats.agreement.counts import item_counts
from stats.agreement.estimate import Bootstrap, Coefficient
from stats.agreement.krippendorff import krippendorff_alpha
from stats.agreement.specific import specific_agreement
from stats.arrays import Codes


def class_figures(judgements: Judgements) -> list[dict[str, Any]]:
    """One entry per class or option that occurs, in the ontology's order where it has one.

    An answer has a class or has it not: for single answers whether it is the class, for several options and
    for regions whether the class occurs in it.
    """
    return [
        {
            "name": name,
            "answers": int(counts[:, 0].sum()),
            **_numbers("alpha", krippendorff_alpha(counts, bootstrap=Bootstrap())),
            **_numbers("specific", specific_agreement(counts, 0, bootstrap=Bootstrap())),
        }
        for name, counts in _counts(judgements)
    ]


def _counts(judgements: Judgements) -> list[tuple[str, Codes]]:
    """Per class (n_items, 2): answers with it, and without."""
    if judgements.label is not None:
        table = judgements.counts
        table = table[table.sum(axis=1) > 1]
        answers = table.sum(axis=1)
        return [
            (name, np.column_stack([table[:, code], answers - table[:, code]]))
            for code, name in enumerate(judgements.asked.codes)
            if table[:, code].any()
        ]
    named = [set(judgements.asked.labels(value)) for value in judgements.values]
    seen: dict[str, int] = {}
    for names in named:
        for name in names:
            seen[name] = seen.get(name, 0) + 1
    busiest = sorted(seen, key=lambda name: (-seen[name], name))[:MOST_CLASSES]
    return [
        (
            name,
            item_counts(
                judgements.item,
                np.array([0 if name in names else 1 for names in named], dtype=np.int32),
                n_items=max(judgements.tasks.size, 1),
                n_classes=2,
            ),
        )
        for name in busiest
    ]


def _numbers(name: str, found: Coefficient) -> dict[str, Any]:
    return {
        name: found.value,
        f"{name}_low": found.interval.low if found.interval else None,
        f"{name}_high": found.interval.high if found.interval else None,
        f"{name}_undefined": found.reason or "",
        "items": found.items,
    }
