"""Merging rankings: the order that is expected to have the fewest pairs the wrong way round."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from labeltypes.base import Field, Json, Merged, Posterior
from labeltypes.ranking.pairs import ordered_pairs, unit_of
from labeltypes.voting import normalized_weights
from stats.arrays import Floats
from stats.rankings.kemeny import least_contradiction

Places = dict[str, int]


def merge_rankings(
    values: Sequence[Sequence[str]],
    trust: Sequence[float],
    posterior: Posterior | None,
    field: Field,
) -> Merged:
    """Kemeny's order of all options that anybody ranked; confidence is the mean probability of its pairs.

    A pair's probability is the posterior's where that is given, else the share of trust of those who ranked
    both, one half where nobody did. Equally good orders: the nearest to Borda's, then to the first answer.
    """
    weights = normalized_weights(trust, len(values))
    names = _in_first_order(values, weights, field)
    places = [{name: place for place, name in enumerate(value)} for value in values]
    before = _before(names, places, weights, posterior or {})
    order = [names[index] for index in least_contradiction(before).order]
    index = {name: place for place, name in enumerate(names)}
    sure = [float(before[index[better], index[worse]]) for better, worse in ordered_pairs(order)]
    confidence = math.fsum(sure) / len(sure) if sure else 1.0
    return Merged(list[Json](order), min(1.0, max(0.0, confidence)))


def _in_first_order(values: Sequence[Sequence[str]], weights: Sequence[float], field: Field) -> list[str]:
    """The options that were ranked, as the first answer that counts has them, so that no place profits."""
    first = next(index for index, weight in enumerate(weights) if weight > 0)
    known = field.name_set("options")
    given = [name for value in (values[first], *values) for name in value]
    return [name for name in dict.fromkeys(given) if name in known]


def _before(
    names: Sequence[str], places: Sequence[Places], weights: Sequence[float], posterior: Posterior
) -> Floats:
    """(n, n): the probability that one option stands before another."""
    before = np.zeros((len(names), len(names)))
    for i, j in combinations(range(len(names)), 2):
        unit, is_first = unit_of(names[i], names[j])
        yes = posterior.get(unit, {}).get("yes")
        inferred = yes if yes is None or is_first else 1 - yes
        share = _share(names[i], names[j], places, weights) if inferred is None else inferred
        before[i, j], before[j, i] = share, 1 - share
    return before


def _share(a: str, b: str, places: Sequence[Places], weights: Sequence[float]) -> float:
    both = [
        (place, weight) for place, weight in zip(places, weights, strict=True) if a in place and b in place
    ]
    total = math.fsum(weight for _, weight in both)
    return math.fsum(weight for place, weight in both if place[a] < place[b]) / total if total > 0 else 0.5
