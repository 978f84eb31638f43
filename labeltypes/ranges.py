"""What regions with a start and an end share: which may lie over which, in texts and in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from labeltypes.base import Json, JsonObject
from labeltypes.checks import Problems

Overlap = Literal["never", "classes", "always"]
"""`classes`: ranges of different classes may overlap."""
Ends = Callable[[JsonObject], tuple[float, float]]


def check_ranges(
    regions: Sequence[JsonObject], ends: Ends, overlap: Overlap, path: str, problems: Problems
) -> None:
    """Note every range that is there twice with one class, and every one over another that it must not."""
    by_start = sorted(range(len(regions)), key=lambda index: (*ends(regions[index]), index))
    seen: dict[tuple[float, float, Json], int] = {}
    widest: dict[Json, tuple[float, int]] = {}
    for index in by_start:
        start, end = ends(regions[index])
        name = regions[index]["class"]
        first = seen.setdefault((start, end, name), index)
        among = name if overlap == "classes" else None
        reach, other = widest.get(among, (0.0, -1))
        if first != index:
            problems.add(f"{path}[{index}]", f"repeats {path}[{first}]")
        elif start < reach and overlap != "always":
            problems.add(f"{path}[{max(index, other)}]", f"overlaps {path}[{min(index, other)}]")
        if end > reach:
            widest[among] = end, index


def stands_apart(region: JsonObject, kept: Sequence[JsonObject], ends: Ends, overlap: Overlap) -> bool:
    """Whether a range may stand beside others, by the rules of `check_ranges`."""
    start, end = ends(region)
    for other in in_the_way(region, kept, overlap):
        begin, finish = ends(other)
        if start < finish and begin < end:
            return False
    return all((*ends(other), other["class"]) != (start, end, region["class"]) for other in kept)


def in_the_way(region: JsonObject, kept: Sequence[JsonObject], overlap: Overlap) -> list[JsonObject]:
    """Those that a range must not lie over."""
    if overlap == "always":
        return []
    return [other for other in kept if overlap == "never" or other["class"] == region["class"]]
