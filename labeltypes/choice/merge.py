"""Merging choices: by inferred probability where quality gives one, else by trust-weighted majority."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from labeltypes.base import Field, Merged, Posterior
from labeltypes.inferred import Shares
from labeltypes.voting import leader, normalized_weights, shares

RELATIVE, ABSOLUTE = 1e-9, 1e-12  # probabilities that differ by less are equal


def merge_single(
    values: Sequence[str],
    trust: Sequence[float],
    posterior: Posterior | None,
    field: Field,
) -> Merged:
    """The option that is most probable, or has most weight behind it; confidence is that share.

    Equally probable options are told apart by weight, then by who answered first.
    """
    probable = _known((posterior or {}).get("", {}), field)
    most = max(probable.values(), default=0.0)
    candidates = [
        name for name, p in probable.items() if math.isclose(p, most, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    ]
    if len(candidates) == 1:
        return Merged(candidates[0], min(1.0, most))
    support = shares(zip(values, normalized_weights(trust, len(values)), strict=True))
    if not probable:
        winner = leader(support)
        return Merged(winner, min(1.0, support[winner]))
    backed = {name: weight for name, weight in support.items() if name in candidates}
    winner = leader(backed) if backed else candidates[0]
    return Merged(winner, min(1.0, most))


def clear_winners(inferred: Shares) -> list[Merged | None]:
    """What `merge_single` says of each task where one option is the most probable; None elsewhere."""
    if not inferred.shares.size:
        return [None] * len(inferred.shares)
    most = inferred.shares.max(axis=1)
    near = most[:, None] - inferred.shares <= np.maximum(RELATIVE * most, ABSOLUTE)[:, None]
    is_clear = near.sum(axis=1) == 1  # never where nothing is known: NaN compares as false
    winner = inferred.shares.argmax(axis=1)
    return [
        Merged(inferred.codes[place], min(1.0, share)) if clear else None
        for place, share, clear in zip(winner.tolist(), most.tolist(), is_clear.tolist(), strict=True)
    ]


def merge_multiple(
    values: Sequence[Sequence[str]],
    trust: Sequence[float],
    posterior: Posterior | None,
    field: Field,
) -> Merged:
    """Each option on its own, then `min` and `max` restored by dropping or adding the least sure ones.

    An option that is exactly open goes as the first answer has it. Confidence is the mean over the
    options that anybody chose; 1 when nobody chose any.
    """
    weights = normalized_weights(trust, len(values))
    support = shares((name, weight) for value, weight in zip(values, weights, strict=True) for name in value)
    yes = {name: _probability(name, support, posterior) for name in field.names("options")}
    first = set(values[0])
    # Rounding must not decide what the numbers leave open.
    ranked = sorted(yes, key=lambda name: (-round(yes[name], 12), name not in first))
    count = sum(1 for name in ranked if _is_in(yes[name], name in first))
    least, most = field.number("min") or 0, field.number("max") or len(ranked)
    chosen = set(ranked[: int(min(max(count, least), most))])
    sure = [yes[name] if name in chosen else 1 - yes[name] for name in {*support, *chosen}]
    confidence = math.fsum(sure) / len(sure) if sure else 1.0
    return Merged([name for name in yes if name in chosen], min(1.0, max(0.0, confidence)))


def _known(probabilities: object, field: Field) -> dict[str, float]:
    """The probabilities of options that the field still has, in the ontology's order."""
    given = dict(probabilities) if isinstance(probabilities, dict) else {}
    places = field.places("options")
    known = sorted((name for name in given if name in places), key=places.__getitem__)
    return {name: float(given[name]) for name in known}


def _probability(name: str, support: dict[str, float], posterior: Posterior | None) -> float:
    inferred = (posterior or {}).get(name, {}).get("yes")
    return support.get(name, 0.0) if inferred is None else inferred


def _is_in(probability: float, first_says: bool) -> bool:
    if math.isclose(probability, 0.5, abs_tol=1e-12):
        return first_says
    return probability > 0.5
