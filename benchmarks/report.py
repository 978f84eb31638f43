"""What a benchmark says, and the two files it is written to: one for people, one for the next run."""

import json
import statistics
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.bars import Bar, Figure, direction, is_worse
from benchmarks.machine import machine, versions
from benchmarks.processes import Usage

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "RESULTS.md"
FIGURES = FOLDER / "results.json"
WHY = "../docs/contributing/misses.md"  # a heading for each benchmark that misses a bar


@dataclass(frozen=True)
class Row:
    """One measured number: what, how much, in which unit, and the bar it should keep (empty: none).

    `low` and `high` are the extremes of `repeats` measurements of which `value` is the median. `better`
    ("less" or "more") is needed only where neither the bar nor the unit says it. `usage` is what this one
    measurement cost, if it was watched apart from the rest of its benchmark.
    """

    what: str
    value: float
    unit: str
    bar: str = ""
    note: str = ""
    low: float | None = None
    high: float | None = None
    repeats: int = 1
    better: str = ""
    usage: Usage | None = field(default=None, compare=False)

    @classmethod
    def of(cls, what: str, values: Sequence[float], unit: str, bar: str = "", note: str = "") -> "Row":
        """Return the median of repeated measurements, with their extremes; raises ValueError without any."""
        if not values:
            raise ValueError("no values")
        middle = statistics.median(values)
        return cls(what, middle, unit, bar, note, min(values), max(values), len(values))

    @property
    def verdict(self) -> str:
        """`met`, `MISSED`, or nothing where there is no bar of numbers."""
        bar = Bar.read(self.bar, self.unit)
        if bar is None:
            return ""
        return "met" if bar.is_met(self.value) else "MISSED"

    @property
    def direction(self) -> str:
        """Whether less or more is better, as far as anything says it."""
        bar = Bar.read(self.bar, self.unit)
        return self.better or (bar.better if bar else "") or direction(self.unit)

    @property
    def figure(self) -> Figure:
        """The value with its extremes, which are the value itself where nothing was repeated."""
        low, high = (self.value if end is None else end for end in (self.low, self.high))
        return Figure(self.value, low, high)

    def as_json(self) -> dict[str, Any]:
        """Return what the next run compares with."""
        kept = {
            name: float(f"{value:.6g}") if isinstance(value, float) else value
            for name, value in vars(self).items()
            if name != "usage" and value not in {"", None}
        }
        if self.usage:
            kept["usage"] = self.usage.as_json()
        return kept | ({"verdict": self.verdict} if self.verdict else {})

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Row":
        """Return what `as_json` kept."""
        fields = {name: value for name, value in found.items() if name not in {"verdict", "usage"}}
        usage = Usage.from_json(found["usage"]) if "usage" in found else None
        return cls(**fields, usage=usage)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile of unsorted values; raises ValueError without values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def merged(runs: Sequence[Sequence[Row]]) -> list[Row]:
    """Return one row for each of several whole runs' rows of one name: median, extremes over everything."""
    if len(runs) == 1:
        return list(runs[0])
    return [_together([row for run in runs for row in run if row.what == first.what]) for first in runs[-1]]


def _together(rows: Sequence[Row]) -> Row:
    figures = [row.figure for row in rows]
    return replace(
        rows[-1],
        value=statistics.median(figure.value for figure in figures),
        low=min(figure.low for figure in figures),
        high=max(figure.high for figure in figures),
        repeats=sum(row.repeats for row in rows),
    )


@dataclass(frozen=True)
class Section:
    """One benchmark's rows, what they cost, and where they were measured."""

    description: str
    rows: Sequence[Row]
    usage: Usage | None = None
    machine: Mapping[str, str] = field(default_factory=machine)
    versions: Mapping[str, str] = field(default_factory=dict)
    measured: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")

    def as_json(self) -> dict[str, Any]:
        """Return what the next run compares with."""
        return {
            "description": self.description,
            "measured": self.measured,
            "machine": dict(self.machine),
            "versions": dict(self.versions),
            "usage": self.usage.as_json() if self.usage else None,
            "rows": [row.as_json() for row in self.rows],
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Section":
        """Return what `as_json` kept."""
        usage = Usage.from_json(found["usage"]) if found["usage"] else None
        rows = [Row.from_json(row) for row in found["rows"]]
        return cls(found["description"], rows, usage, found["machine"], found["versions"], found["measured"])


def write(
    sections: Iterable[tuple[str, str, Sequence[Row]] | tuple[str, str, Sequence[Row], Usage]],
    *,
    also: Mapping[str, str] | None = None,
) -> None:
    """Write (title, description, rows[, usage]) to both files; sections of other titles stay as they are.

    `also` names versions of what else ran.
    """
    kept = {} if not FIGURES.is_file() else read(FIGURES.read_text(encoding="utf-8"))
    for title, description, rows, *usage in sections:
        used_browser = bool(usage and "browser" in usage[0].peaks)
        ran = versions(browser=used_browser) | dict(also or {})
        kept[title] = Section(description, rows, *usage, versions=ran)
    figures = {title: one.as_json() for title, one in sorted(kept.items())}
    FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    RESULTS.write_text(page(kept, committed()), encoding="utf-8")


def read(text: str) -> dict[str, Section]:
    """Return the sections that a file for the next run holds."""
    return {title: Section.from_json(found) for title, found in json.loads(text).items()}


def committed() -> dict[str, Section]:
    """Return the sections of the last commit: what a run compares itself with."""
    done = subprocess.run(
        ["git", "show", f"HEAD:./{FIGURES.name}"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    return read(done.stdout) if done.returncode == 0 else {}


def page(sections: Mapping[str, Section], before: Mapping[str, Section]) -> str:
    """Return the file for people: all bars at the top, then each benchmark."""
    parts = [
        "# Benchmarks\n\nWritten by `make bench`. Everything on one machine, the load generator too. "
        f"[How to read this](../docs/contributing/benchmarks.md), [why bars are missed]({WHY}).\n",
        _bars(sections),
        *(_section(title, sections[title], before.get(title)) for title in sorted(sections)),
    ]
    return "\n".join(parts)


def _bars(sections: Mapping[str, Section]) -> str:
    judged = [(title, row) for title in sorted(sections) for row in sections[title].rows if row.verdict]
    met = sum(row.verdict == "met" for _, row in judged)
    lines = [
        f"| [{title}](#{title}) | {row.what} | {_value(row)} | {row.bar} | {_shown(row.verdict, title)} |"
        for title, row in judged
    ]
    head = ["| benchmark | what | measured | bar | |", "| --- | --- | --- | --- | --- |"]
    return f"**{met} of {len(judged)} bars met.**\n\n" + "\n".join([*head, *lines]) + "\n"


def _section(title: str, section: Section, before: Section | None) -> str:
    old = {row.what: row for row in before.rows} if before else {}
    other = before is not None and dict(before.machine) != dict(section.machine)
    lines = [
        f"| {row.what} | {_value(row)} | {_spread(row)} | {row.bar} | {_shown(row.verdict, title)} |"
        f" {_change(row, old.get(row.what))} | {_note(row)} |"
        for row in section.rows
    ]
    earlier = "another machine" if other else "before"
    head = [
        f"| what | median | min to max (repeats) | bar | | against {earlier} | note |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    parts = [f"## {title}", section.description, _where(section), "\n".join([*head, *lines])]
    if section.usage:
        parts += [_load(section.usage), _processes(section.usage)]
    return "\n\n".join(parts) + "\n"


def _where(section: Section) -> str:
    place = ", ".join(
        f"{value} {name}" if name == "cores" else value for name, value in section.machine.items()
    )
    ran = ", ".join(f"{name} {version}" for name, version in section.versions.items())
    return f"Measured {section.measured} on: {place}; {ran}."


def _load(usage: Usage) -> str:
    noise = (
        f"Others used {usage.foreign:.0%} of the cores meanwhile, {usage.stolen:.0%} were taken by the host"
    )
    mark = " **NOISY: do not trust the times.**" if usage.is_noisy else ""
    return f"{noise}; {usage.seconds:,.0f} s in all.{mark}"


def _processes(usage: Usage) -> str:
    lines = [
        f"| {kind} | {peak.processes:.0f} | {peak.together:,.0f} MB | {peak.largest:,.0f} MB |"
        f" {peak.cpu:,.1f} s |"
        for kind, peak in usage.peaks.items()
    ]
    head = "| processes | most at once | peak memory together | peak of the largest | CPU |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *lines])


def _value(row: Row) -> str:
    return f"{number(row.value)} {row.unit}".strip()


def _spread(row: Row) -> str:
    if row.repeats < 2:
        return ""
    return f"{number(row.figure.low)} to {number(row.figure.high)} ({row.repeats})"


def number(value: float) -> str:
    """Write a number so that four digits of it can be read: whole where it is large."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _shown(verdict: str, title: str) -> str:
    return f"**{verdict}**, [why]({WHY}#{title})" if verdict == "MISSED" else verdict


def _change(row: Row, old: Row | None) -> str:
    if old is None or not old.value:
        return ""
    ratio = f"× {row.value / old.value:.2f}"
    return f"**{ratio} WORSE**" if is_worse(row.figure, old.figure, row.direction) else ratio


def _note(row: Row) -> str:
    noise = f"others used {row.usage.foreign:.0%}" if row.usage and row.usage.is_noisy else ""
    return "; ".join(part for part in (row.note, noise) if part)


def memory_rows(usage: Usage, bar: str = "") -> list[Row]:
    """Return a row for each kind of process: the largest memory that any of them had."""
    return [
        Row(f"peak memory of the largest process, {kind}", peak.largest, "MB", bar)
        for kind, peak in usage.peaks.items()
    ]
