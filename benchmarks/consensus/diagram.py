"""Reliability diagrams as SVG: how often what is called so probable is right, per set and method.

A dot per tenth of confidence; its area is the share of the tasks in it, its bar Wilson's 95 % interval. On
the diagonal probabilities come true; below it too much is claimed. Colors follow the reader's theme.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from benchmarks.consensus.crowd_set import CrowdSet
from benchmarks.consensus.methods import Method
from stats.arrays import Floats
from stats.intervals.wilson import wilson
from stats.learning.calibration import Calibration, calibration

SIDE, GAP, TOP, LEFT = 230, 66, 60, 52
COLUMNS = 2
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600; font-size: 13px }
.frame { fill: none; stroke: #8c959f } .even { stroke: #8c959f; stroke-dasharray: 4 4 }
.a { --c: #0969da } .b { --c: #bc4c00 }
.a, .b { stroke: var(--c); fill: var(--c) } .b circle { fill-opacity: 0.25 }
.line { fill: none; stroke-width: 1.5 }
.a text, .b text { stroke: none; fill: var(--c) }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .a { --c: #6cb6ff } .b { --c: #f0883e }
}
"""


@dataclass(frozen=True)
class Panel:
    """One set: of each method what was measured, in the order of the legend."""

    title: str
    methods: tuple[tuple[str, Calibration], ...]


def panel(title: str, sets: Iterable[CrowdSet], methods: dict[str, Method]) -> Panel:
    """The tasks of these sets together."""
    said: dict[str, list[Floats]] = {name: [] for name in methods}
    right: dict[str, list[np.typing.NDArray[np.bool_]]] = {name: [] for name in methods}
    for one in sets:
        judged = np.flatnonzero(one.truth >= 0)
        for name, method in methods.items():
            posterior = method(one.answers)[judged]
            said[name].append(np.clip(posterior.max(axis=1), 0.0, 1.0))
            right[name].append(posterior.argmax(axis=1) == one.truth[judged])
    found = [(name, calibration(np.concatenate(said[name]), np.concatenate(right[name]))) for name in methods]
    return Panel(title, tuple(found))


def drawn(panels: Sequence[Panel]) -> str:
    """All panels as one SVG document. Same panels, same bytes."""
    rows = -(-len(panels) // COLUMNS)
    width, height = LEFT + COLUMNS * (SIDE + GAP) - GAP // 2, rows * (SIDE + TOP + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
        f"<title>Reliability diagrams</title><style>{STYLE}</style>",
    ]
    for place, each in enumerate(panels):
        left = LEFT + place % COLUMNS * (SIDE + GAP)
        parts.append(f'<g transform="translate({left} {TOP + place // COLUMNS * (SIDE + TOP + GAP)})">')
        parts += [*_frame(each), *_series(each), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _frame(each: Panel) -> list[str]:
    ticks = []
    for step in (0.0, 0.5, 1.0):
        at = step * SIDE
        ticks.append(f'<text x="{at:.0f}" y="{SIDE + 16}" text-anchor="middle">{step:g}</text>')
        ticks.append(f'<text x="-8" y="{SIDE - at + 4:.0f}" text-anchor="end">{step:g}</text>')
    middle = SIDE // 2
    return [
        f'<text class="title" x="0" y="-40">{escape(each.title)}</text>',
        f'<rect class="frame" width="{SIDE}" height="{SIDE}"/>',
        f'<line class="even" x1="0" y1="{SIDE}" x2="{SIDE}" y2="0"/>',
        *ticks,
        f'<text x="{middle}" y="{SIDE + 32}" text-anchor="middle">stated probability</text>',
        f'<text transform="translate(-36 {middle}) rotate(-90)" text-anchor="middle">share right</text>',
    ]


def _series(each: Panel) -> list[str]:
    parts = []
    for place, (name, found) in enumerate(each.methods):
        total = sum(row.count for row in found.bins)
        error = "-" if found.expected_error is None else f"{found.expected_error:.3f}"
        parts.append(f'<g class="{"ab"[place % 2]}">')
        parts.append(f'<text x="0" y="{-22 + 15 * place}">{escape(name)}: calibration error {error}</text>')
        points = [(row.confidence * SIDE, (1 - row.accuracy) * SIDE) for row in found.bins]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="line" points="{path}"/>')
        for row, (x, y) in zip(found.bins, points, strict=True):
            ends = wilson(round(row.accuracy * row.count), row.count)
            low, high = ((1 - end) * SIDE for end in (ends.low, ends.high))
            radius = 2 + 10 * np.sqrt(row.count / total)
            parts.append(f'<line x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"/>')
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
        parts.append("</g>")
    return parts
