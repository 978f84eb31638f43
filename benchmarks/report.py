"""What a benchmark says, and the file it is written to."""

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"


@dataclass(frozen=True)
class Row:
    """One measured number: what, how much, in which unit, and the bar it should keep (empty: none)."""

    what: str
    value: float
    unit: str
    bar: str = ""
    note: str = ""


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile of unsorted values; raises ValueError without values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def machine() -> str:
    """Describe where this was measured."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    commit = done.stdout.strip() or "unknown"
    system = f"{platform.system()} {platform.machine()}"
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {system}, commit {commit}, {now}"


def write(sections: Iterable[tuple[str, str, Sequence[Row]]]) -> None:
    """Write RESULTS.md from (title, description, rows), replacing the sections of the same title."""
    kept = read_sections()
    for title, description, rows in sections:
        kept[title] = section(description, rows)
    body = "\n".join(f"## {title}\n\n{text}" for title, text in sorted(kept.items()))
    RESULTS.write_text(
        "# Benchmarks\n\nWritten by `make bench`. Everything on one machine, the load generator too.\n\n"
        + body,
        encoding="utf-8",
    )


def read_sections() -> dict[str, str]:
    """Return the sections of the present file by title."""
    if not RESULTS.is_file():
        return {}
    parts = RESULTS.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2].strip("\n") + "\n" for part in parts}


def section(description: str, rows: Sequence[Row]) -> str:
    """Return a section's text: what was done, where, and the table."""
    lines = [f"| {row.what} | {row.value:,.4g} {row.unit} | {row.bar} | {row.note} |" for row in rows]
    table = ["| what | measured | bar | note |", "| --- | --- | --- | --- |", *lines]
    return f"{description}\n\nMeasured on: {machine()}.\n\n" + "\n".join(table) + "\n"
