"""Weights, shares and fair ties: what the merges of all types have in common."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def normalized_weights(trust: Sequence[float], count: int) -> list[float]:
    """Weights that sum to 1; equal ones when nobody is trusted. Raises ValueError for unusable trust."""
    if len(trust) != count:
        raise ValueError(f"{len(trust)} weights for {count} values")
    if any(not math.isfinite(weight) or weight < 0 for weight in trust):
        raise ValueError("trust must be finite and not negative")
    total = math.fsum(trust)
    return [weight / total for weight in trust] if total > 0 else [1 / count] * count


def shares(votes: Iterable[tuple[T, float]]) -> dict[T, float]:
    """The weight behind each candidate, in the order in which candidates first appear."""
    behind: dict[T, list[float]] = {}
    for candidate, weight in votes:
        behind.setdefault(candidate, []).append(weight)
    return {candidate: math.fsum(weights) for candidate, weights in behind.items()}


def leader(support: dict[T, float]) -> T:
    """The candidate with the most support; among equals the one that was given first.

    Fair to the options, as a place in the ontology does not count, and the same at every run, as
    answers come in the order in which they were given.
    """
    most = max(support.values())
    return next(candidate for candidate, weight in support.items() if math.isclose(weight, most, abs_tol=1e-12))
