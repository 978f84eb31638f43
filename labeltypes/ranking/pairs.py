"""A ranking as its pairs: what is compared, voted on and merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations


def unit_of(a: str, b: str) -> tuple[str, bool]:
    """The unit that asks which of two options stands before the other, and whether it asks so of `a`.

    Named by the options alone, in the order of their code points: moving options about in the ontology
    changes no unit. Names cannot hold brackets, so no two pairs share one.
    """
    first, second = sorted((a, b))
    return f"[{first}] > [{second}]", first == a


def pair_of(unit: str) -> tuple[str, str]:
    """The two options that a unit is about: the inverse of `unit_of`."""
    first, _, second = unit.removeprefix("[").removesuffix("]").partition("] > [")
    return first, second


def ordered_pairs(ranked: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each two options of a ranking, the better one first."""
    return combinations(ranked, 2)


def discordance(a: Sequence[str], b: Sequence[str]) -> float:
    """Kendall's tau distance: the share of pairs that the two rankings have in contrary order.

    Only options count that both ranked. With no pair in common they are 0 apart if they are equal, else 1.
    """
    place = {name: index for index, name in enumerate(b)}
    places = [place[name] for name in a if name in place]
    pairs = len(places) * (len(places) - 1) // 2
    if not pairs:
        return 0.0 if list(a) == list(b) else 1.0
    return sum(left > right for left, right in combinations(places, 2)) / pairs
