"""One deliberate error in a list of regions, as `LabelType.corrupt` asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from labeltypes.base import Field, ItemMedia, JsonObject
from stats.arrays import Floats

TRIES = 10
MOST_OVERLAP = 0.75  # with its own place, of a region in a wrong place
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Movable(Protocol):
    """What spoiling needs to know about a type."""

    def moved(
        self, region: JsonObject, rng: Random, media: ItemMedia | None, *, far: bool
    ) -> JsonObject | None:
        """The region in a wrong place."""

    def overlaps(self, as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
        """IoU of every region with every other."""


def spoil_regions(
    kind: Movable, regions: list[JsonObject], field: Field, rng: Random, media: ItemMedia | None
) -> list[JsonObject] | None:
    """The regions with one error of a kind drawn at random; the next kind where that one cannot be made."""
    if not regions:
        return None
    at = rng.randrange(len(regions))
    before, after = regions[:at], regions[at + 1 :]
    kinds: list[Callable[[], list[JsonObject] | None]] = [
        lambda: _with(before, _renamed(regions[at], field, rng), after),
        lambda: _with(before, _misplaced(kind, regions[at], rng, media), after),
        lambda: _with(regions, _one_more(kind, regions, at, rng, media), []),
        lambda: [*before, *after],
    ]
    rng.shuffle(kinds)
    return next((spoiled for each in kinds if (spoiled := each()) is not None), None)


def _renamed(region: JsonObject, field: Field, rng: Random) -> JsonObject | None:
    """Of another class; attributes belong to classes, so they go."""
    others = [name for name in field.names("classes") if name != region["class"]]
    kept = {key: value for key, value in region.items() if key != "attributes"}
    return {**kept, "class": rng.choice(others)} if others else None


def _misplaced(kind: Movable, region: JsonObject, rng: Random, media: ItemMedia | None) -> JsonObject | None:
    for _ in range(TRIES):
        moved = kind.moved(region, rng, media, far=False)
        if moved is not None and float(kind.overlaps([region], [moved])[0, 0]) < MOST_OVERLAP:
            return moved
    return None


def _one_more(
    kind: Movable, regions: list[JsonObject], at: int, rng: Random, media: ItemMedia | None
) -> JsonObject | None:
    """Where nothing is."""
    for _ in range(TRIES):
        moved = kind.moved(regions[at], rng, media, far=True)
        if moved is not None and float(kind.overlaps(regions, [moved]).max()) == 0:
            return {**moved, "id": _like([str(region["id"]) for region in regions], rng)}
    return None


def _with(
    before: list[JsonObject], region: JsonObject | None, after: list[JsonObject]
) -> list[JsonObject] | None:
    return None if region is None else [*before, region, *after]


def _like(ids: Sequence[str], rng: Random) -> str:
    """A new id that looks like the others: letters and digits exchanged for others of their kind."""
    model = rng.choice(list(ids))
    hexadecimal = all(each in "0123456789abcdef-" for each in model)
    letters = "abcdef" if hexadecimal else LETTERS
    for length in range(100):
        drawn = "".join(_exchanged(each, letters, rng) for each in model) + "0" * (length // 50)
        if drawn not in ids:
            return drawn
    return f"{model}-{rng.randrange(10**9)}"


def _exchanged(each: str, letters: str, rng: Random) -> str:
    if each.isdigit():
        return str(rng.randrange(10))
    return rng.choice(letters) if each in letters else each
