"""Agreement between people: every two of them, and each with all the others."""

from typing import Any

import numpy as np

from quality.services.judgements import Judgements
from stats.agreement.between import Between, between_others, between_pairs
from stats.arrays import Codes

MOST_IN_MATRIX = 30
MOST_PEOPLE = 1_000
LEAST_SHARED = 10  # below, a figure would say more about chance than about the two
MOST_EXAMPLES = 50  # tasks kept for each pair

Found = dict[str, Any]


def people_figures(judgements: Judgements) -> tuple[list[Found], Found, dict[str, list[int]]]:
    """Each person and the others, the most compared first; the matrix of the most compared; its examples.

    Where two share fewer than ``LEAST_SHARED`` tasks only that number is kept. Examples: by "FIRST-SECOND"
    the tasks on which they differ most, ids of people ascending.
    """
    pairs, weights, chance = judgements.comparisons, judgements.weights, judgements.chance
    alone = between_others(pairs, judgements.people.size, weights=weights, chance=chance)
    alone.sort(key=lambda each: (-each.items, each.first))
    shown = np.array(sorted(each.first for each in alone[:MOST_IN_MATRIX]), dtype=np.int32)
    table = between_pairs(pairs, shown, weights=weights, chance=chance)
    ids = judgements.people
    matrix = {
        "people": ids[shown].tolist(),
        "hidden": len(alone) - shown.size,
        "pairs": [
            {"first": int(ids[each.first]), "second": int(ids[each.second]), **_numbers(each)}
            for each in table
        ],
    }
    people = [{"user": int(ids[each.first]), **_numbers(each)} for each in alone[:MOST_PEOPLE]]
    return people, matrix, _examples(judgements, shown)


def _numbers(found: Between) -> Found:
    if found.items < LEAST_SHARED:
        return {"items": found.items, "too_few": True} | dict.fromkeys(
            ("differ", "agreement", "low", "high", "corrected", "corrected_low", "corrected_high")
        )
    beyond = found.corrected_interval
    return {
        "items": found.items,
        "too_few": False,
        "differ": found.differ,
        "agreement": found.agreement,
        "low": found.interval.low,
        "high": found.interval.high,
        "corrected": found.corrected,
        "corrected_low": beyond.low if beyond else None,
        "corrected_high": beyond.high if beyond else None,
    }


def _examples(judgements: Judgements, shown: Codes) -> dict[str, list[int]]:
    """For every two of these the newest of the tasks on which they are farthest apart."""
    pairs = judgements.comparisons
    place = np.full(judgements.people.size, -1, dtype=np.int64)
    place[shown] = np.arange(shown.size)
    one, two = place[pairs.rater[pairs.first]], place[pairs.rater[pairs.second]]
    keep = (one >= 0) & (two >= 0) & (pairs.nearness < 1)
    low, high = np.minimum(one, two)[keep], np.maximum(one, two)[keep]
    group, near = low * shown.size + high, pairs.nearness[keep]
    task = judgements.tasks[pairs.item[pairs.first[keep]]]
    order = np.lexsort((-task, near, group))
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    ids = judgements.people[shown].tolist()
    return {
        f"{ids[at // shown.size]}-{ids[at % shown.size]}": task[rows[:MOST_EXAMPLES]].tolist()
        for at, rows in ((int(group[rows[0]]), rows) for rows in np.split(order, starts[1:]) if rows.size)
    }
