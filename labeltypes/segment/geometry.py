"""Start and end of a segment: checked, in milliseconds, and cut to what others leave free."""

from __future__ import annotations

import math
from collections.abc import Sequence

from labeltypes.base import Invalid, JsonObject
from labeltypes.checks import Problems, child, need_between, need_number, shown
from labeltypes.ranges import Overlap, in_the_way

PLACES = 3  # of seconds: milliseconds
SMALLEST = 0.001
# Decoders differ in how much silence they leave at the ends; what is later was not marked in this recording.
OUTSIDE = 0.1


def clean_ends(raw: JsonObject, seconds: float | None, least: float, path: str) -> tuple[float, float]:
    """Both ends in seconds, rounded to milliseconds: 0 <= start < end <= length of the recording.

    An end up to a tenth of a second later is cut to it. Raises Invalid.
    """
    problems = Problems()
    ends: dict[str, float] = {}
    for key in ("start", "end"):
        with problems.collect():
            ends[key] = in_milliseconds(need_number(raw.get(key), child(path, key)))
    problems.raise_if_any()
    start, end = ends["start"], ends["end"]
    need_between(start, child(path, "start"), least=0)
    if seconds is not None:
        last = whole_milliseconds(seconds)
        if end > last + OUTSIDE:
            message = f"must be <= {shown(last)}, the seconds of the recording"
            raise Invalid.at(child(path, "end"), message)
        end = min(end, last)
    if end <= start:
        raise Invalid.at(child(path, "end"), f"must be > start ({shown(start)})")
    if length_of(start, end) < least:
        raise Invalid.at(child(path, "end"), f"must be at least {shown(least)} s after start")
    return start, end


def in_milliseconds(seconds: float) -> float:
    """Rounded; -0 is 0, and noise in the last digits of a mean does not decide."""
    return round(round(float(seconds), 9), PLACES) + 0.0


def whole_milliseconds(seconds: float) -> float:
    """The last whole millisecond that a recording of some length has."""
    return math.floor(seconds * 1000 + 1e-6) / 1000


def length_of(start: float, end: float) -> float:
    """Seconds between two ends in milliseconds, without the noise of a difference of floats."""
    return round(end - start, PLACES)


def ends_of(region: JsonObject) -> tuple[float, float]:
    """Start and end of a clean region."""
    start, end = region["start"], region["end"]
    if not isinstance(start, int | float) or not isinstance(end, int | float):
        raise TypeError(f"{region!r} is not a clean segment")
    return float(start), float(end)


def between(start: float, end: float) -> JsonObject:
    """Both ends as they are stored; never nothing between them."""
    begin = in_milliseconds(start)
    return {"start": begin, "end": max(in_milliseconds(end), in_milliseconds(begin + SMALLEST))}


def cut_free(
    region: JsonObject, kept: Sequence[JsonObject], overlap: Overlap, least: float
) -> JsonObject | None:
    """A segment without what lies over others that it must not; None where less than half would be left.

    Also where one of them lies in the middle, and where it would be shorter than ``least`` seconds.
    """
    start, end = whole = ends_of(region)
    for other in in_the_way(region, kept, overlap):
        begin, finish = ends_of(other)
        if start >= finish or begin >= end:
            continue
        if begin <= start:
            start = finish
        elif finish >= end:
            end = begin
        else:
            return None
    if length_of(start, end) < max(least, SMALLEST, length_of(*whole) / 2):
        return None
    if any(ends_of(other) == (start, end) and other["class"] == region["class"] for other in kept):
        return None
    return {**region, "start": start, "end": end}
