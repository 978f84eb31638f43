"""What a frame of a picture with 2,000 boxes costs: CPU milliseconds of the whole headless browser.

CPU time of all the browser's processes, divided by frames: other work on the machine changes it little.
BOXES changes the size.
"""

import os

from benchmarks.image_surface import measured
from benchmarks.report import Row

BOXES = int(os.environ.get("BOXES", "2000"))
ROUNDS = 5


def run() -> list[Row]:
    """Pan, zoom and drag."""
    found = measured(BOXES, ROUNDS)
    return [
        Row.of(f"{name}, {BOXES:,} boxes, CPU per frame", costs, "ms", "<= 16")
        for name, costs in found.items()
    ]
