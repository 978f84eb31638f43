"""Merging rankings: the order that is expected to have the fewest pairs the wrong way round."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from labeltypes.base import Case, Field, Json, Merged, Posterior
from labeltypes.inferred import Inferred
from labeltypes.ranking.pairs import ordered_pairs, unit_of
from labeltypes.voting import normalized_weights
from stats.arrays import Floats
from stats.rankings.kemeny import Longs, in_order, least_contradiction, undisputed

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


def merge_undisputed(
    cases: Sequence[Case], trust: Mapping[int, float], inferred: Inferred, field: Field
) -> list[Merged | None]:
    """As ``merge_rankings``, for many tasks at once, to the bit; None where something else has a say.

    Which is: a pair of which nothing was inferred, options that the first answer that counts leaves out, and
    majorities that go in a circle.
    """
    found: list[Merged | None] = [None] * len(cases)
    names = sorted(field.names("options"))
    pairs = [inferred.get(unit_of(a, b)[0]) for a, b in combinations(names, 2)]
    known = [pair for pair in pairs if pair is not None and "yes" in pair.codes]
    if len(known) < len(pairs) or not all(math.isfinite(weight) and weight >= 0 for weight in trust.values()):
        return found
    place = {name: index for index, name in enumerate(names)}
    told = np.logical_and.reduce([pair.known for pair in known])
    first = [
        _places_of_first(case, trust, place) if is_told else None
        for case, is_told in zip(cases, told.tolist(), strict=True)
    ]
    rows = [row for row, each in enumerate(first) if each is not None]
    if not rows:
        return found
    yes = np.stack([pair.shares[rows, pair.codes.index("yes")] for pair in known], axis=1)
    order, is_clear, before = undisputed(_tables(np.array([first[row] for row in rows]), yes))
    upper = before[(slice(None), *np.triu_indices(len(names), 1))].tolist()
    by_first = np.take_along_axis(np.array([first[row] for row in rows]), order, axis=1).tolist()
    for row, is_sure, places, sure in zip(rows, is_clear.tolist(), by_first, upper, strict=True):
        if is_sure:
            confidence = math.fsum(sure) / len(sure)
            found[row] = Merged([names[each] for each in places], min(1.0, max(0.0, confidence)))
    return found


def _places_of_first(case: Case, trust: Mapping[int, float], place: Mapping[str, int]) -> list[int] | None:
    """The first answer that counts, if it ranks all options."""
    counts = (value for who, value in zip(case.people, case.values, strict=True) if trust.get(who, 1.0) > 0)
    first = next(counts, case.values[0])
    places = [place.get(str(name), -1) for name in first] if isinstance(first, list) else []
    return places if len(places) == len(place) and min(places) >= 0 else None


def _tables(first: Longs, yes: Floats) -> Floats:
    """(m, n, n) as ``_before`` has it, in the order of the first answers (m, n), from all pairs (m, p).

    As there, of the two probabilities of a pair the one is the other's rest, to the last bit.
    """
    tasks, size = first.shape
    one, two = np.triu_indices(size, 1)
    place = np.argsort(first, axis=1)
    table, no = np.zeros((tasks, size, size)), 1 - yes
    table[:, one, two] = np.where(place[:, one] < place[:, two], yes, 1 - no)
    table[:, two, one] = no
    return in_order(table, first)


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
    both: list[float] = []
    ahead: list[float] = []
    for place, weight in zip(places, weights, strict=True):
        if a in place and b in place:
            both.append(weight)
            if place[a] < place[b]:
                ahead.append(weight)
    total = math.fsum(both)
    return math.fsum(ahead) / total if total > 0 else 0.5
