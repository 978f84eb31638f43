"""What is compared, in the order of the report, with the bar of each ratio."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.bars import LESS, MORE
from benchmarks.report import Row, number

FIVE, TEN = ">= 5", ">= 10"
Found = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Measure:
    """A figure of both products: its key, what people read, its unit, how many times better ours must be."""

    key: str
    what: str
    unit: str
    bar: str = FIVE
    better: str = LESS


def measures(tasks: int, boxes: int) -> list[Measure]:
    """All of them, at these sizes."""
    return [
        Measure("import", f"import of {tasks:,} texts, until they are served", "s"),
        *(
            Measure(f"{verb} {percent} {clients}", f"{verb}, {percent}, {_people(clients)}", "ms")
            for clients in (1, 8)
            for verb in ("next", "submit")
            for percent in ("p50", "p95")
        ),
        Measure("rate 1", f"answers, {_people(1)}", "per second", FIVE, MORE),
        Measure("rate 8", f"answers, {_people(8)}", "per second", TEN, MORE),
        Measure("export", f"export of {tasks:,} texts with one to three answers each", "s", TEN),
        Measure("list first", "task list, API, first page", "ms", TEN),
        Measure("list deep", "task list, API, deep page", "ms", TEN),
        Measure("list search", "task list, API, search", "ms", TEN),
        Measure("list page", "task list, page in the browser, until rows are shown", "ms", TEN),
        *(
            Measure(f"{kind} {visit}", f"labeling page, {kind}, {visit}, until usable", "ms")
            for kind in ("text", "image")
            for visit in ("cold", "warm")
        ),
        *(
            Measure(f"{kind} bytes", f"labeling page, {kind}, JavaScript on the wire", "kB", TEN)
            for kind in ("text", "image")
        ),
        Measure("boxes cold", f"picture with {boxes:,} rectangles, cold, until usable", "ms", TEN),
        Measure("boxes warm", f"picture with {boxes:,} rectangles, warm, until usable", "ms", TEN),
        Measure("boxes heap", f"picture with {boxes:,} rectangles, JavaScript heap", "MB", TEN),
        Measure("memory", "peak memory of all servers together", "MB", ""),
    ]


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count} people at once"


def compared(measure: Measure, ours: Sequence[float], theirs: Sequence[float]) -> Row:
    """The ratio as a row: how many times better ours is, at worst and at best.

    Ours failing misses the bar, theirs failing leaves nothing to judge; neither is passed over in silence.
    """
    if not ours:
        return Row(measure.what, 0.0, "times", measure.bar, "ours failed", repeats=0)
    if not theirs:
        return Row(measure.what, 0.0, "times", "", f"theirs failed, ours {_figure(ours)}", repeats=0)
    good, bad = (theirs, ours) if measure.better == LESS else (ours, theirs)
    return Row(
        measure.what,
        statistics.median(good) / statistics.median(bad),
        "times",
        measure.bar,
        f"ours {_figure(ours)}, theirs {_figure(theirs)} {measure.unit}",
        min(good) / max(bad),
        max(good) / min(bad),
        min(len(ours), len(theirs)),
        better=MORE,
    )


def _figure(values: Sequence[float]) -> str:
    middle = number(statistics.median(values))
    return middle if len(values) < 2 else f"{middle} ({number(min(values))} to {number(max(values))})"
