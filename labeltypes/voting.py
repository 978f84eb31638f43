"""Weights, shares and fair ties: what the merges of all types have in common."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from labeltypes.base import Json

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
    return next(
        candidate for candidate, weight in support.items() if math.isclose(weight, most, abs_tol=1e-12)
    )


def first_breaks_ties(weights: Sequence[float]) -> list[float]:
    """The weights with a hair more for the first answer that has any, so that no median falls between two."""
    first = next(index for index, weight in enumerate(weights) if weight > 0)
    return [weight * (1 + 1e-9) if index == first else weight for index, weight in enumerate(weights)]


def agreement_with(
    merged: Json,
    values: Sequence[Json],
    weights: Sequence[float],
    distance: Callable[[Json, Json], float],
) -> float:
    """Weighted mean of 1 - distance to the merged value, in [0, 1]; 1 when all are equal to it."""
    far = math.fsum(weight * distance(merged, value) for value, weight in zip(values, weights, strict=True))
    return min(1.0, max(0.0, 1 - far))
