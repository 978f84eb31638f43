"""What a frame of the image surface costs: CPU milliseconds of the whole headless browser, from /proc.

    .venv/bin/python -m benchmarks.image_surface [--boxes 2000] [--rounds 5]

Wall times say little on a busy machine; the CPU time of all the browser's processes, divided by frames, says
more. The bar is 16 ms per frame for pan, zoom and drag with 2,000 boxes.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.image_surface import ONTOLOGY, Board, box, item, serving
from tools.chromium import chromium

BAR = 16.0
FRAMES = 60
WIDTH, HEIGHT = 4000, 3000
TICK = os.sysconf("SC_CLK_TCK")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

PAN = """async (frames) => {
    const port = document.querySelector('.image-port');
    const frame = port.getBoundingClientRect();
    const send = (type, x, y) => port.dispatchEvent(new PointerEvent(type, {
        pointerId: 1, button: 1, clientX: frame.left + x, clientY: frame.top + y, bubbles: true }));
    port.setPointerCapture = () => {};
    send('pointerdown', 400, 300);
    for (let i = 1; i <= frames; i += 1) {
        send('pointermove', 400 + 300 * Math.sin(i / 9), 300 + 200 * Math.sin(i / 13));
        await new Promise(requestAnimationFrame);
    }
    send('pointerup', 400, 300);
}"""

ZOOM = """async (frames) => {
    const port = document.querySelector('.image-port');
    const frame = port.getBoundingClientRect();
    for (let i = 1; i <= frames; i += 1) {
        port.dispatchEvent(new WheelEvent('wheel', { deltaY: i <= frames / 2 ? -40 : 40, cancelable: true,
            clientX: frame.left + 500, clientY: frame.top + 400, bubbles: true }));
        await new Promise(requestAnimationFrame);
    }
}"""

DRAG = """async (frames) => {
    const port = document.querySelector('.image-port');
    const frame = port.getBoundingClientRect();
    const view = window.surface().view;
    const send = (type, x, y) => port.dispatchEvent(new PointerEvent(type, {
        pointerId: 1, button: 0, bubbles: true,
        clientX: frame.left + view.x + x * view.scale, clientY: frame.top + view.y + y * view.scale }));
    port.setPointerCapture = () => {};
    send('pointerdown', 2010, 1510);
    for (let i = 1; i <= frames; i += 1) {
        send('pointermove', 2010 + i * 12, 1510 - i * 9);
        await new Promise(requestAnimationFrame);
    }
    send('pointerup', 2010, 1510);
}"""


def boxes(count: int) -> list[dict[str, object]]:
    """Random boxes of 20 to 140 pixels, and the one that is dragged."""
    dice = random.Random(7)
    names = [str(cls["name"]) for cls in ONTOLOGY["fields"][0]["classes"]]
    found = []
    for index in range(count - 1):
        width, height = dice.uniform(20, 140), dice.uniform(20, 140)
        x, y = dice.uniform(0, WIDTH - width), dice.uniform(0, HEIGHT - height)
        found.append(
            box(f"n{index}", round(x, 1), round(y, 1), round(width, 1), round(height, 1), dice.choice(names))
        )
    return [*found, box("dragged", 2000, 1500, 18, 18)]


def cpu_ms(root: int) -> float:
    """CPU milliseconds that a process and all below it have used so far."""
    return sum(cpu_by_process(root).values())


def cpu_by_process(root: int) -> dict[int, float]:
    """CPU milliseconds of a process and of each below it: what one has used is forgotten when it ends."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parts = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # It ended meanwhile.
        parents[int(entry.name)] = int(parts[1])
        used[int(entry.name)] = (int(parts[11]) + int(parts[12])) * 1000 / TICK
    tree, grown = {root}, True
    while grown:
        below = {pid for pid, parent in parents.items() if parent in tree} - tree
        tree |= below
        grown = bool(below)
    return {pid: used.get(pid, 0.0) for pid in tree}


def browser_root(marker: str) -> int:
    """The browser's main process: the one with our marker and the lowest id."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if marker in command and "--type=" not in command:
                found.append(int(entry.name))
    return min(found)


def per_frame(
    page: Page, root: int, script: str, board: Board, before: Callable[[], None], rounds: int
) -> list[float]:
    """CPU ms per frame of each round, the drawing at rest after the gesture included."""
    costs = []
    for _ in range(rounds + 1):
        before()
        board.settle()
        start = cpu_ms(root)
        page.evaluate(script, FRAMES)
        board.settle()
        costs.append((cpu_ms(root) - start) / FRAMES)
    return costs[1:]  # the first round warms up


def measured(count: int, rounds: int) -> dict[str, list[float]]:
    """CPU ms per frame of each round, for pan, zoom and drag."""
    marker = f"--touchstone-bench={os.getpid()}"
    with serving() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=[*ARGS, marker])
        page = browser.new_page(viewport={"width": 1600, "height": 800})
        page.goto(f"{address}/pages/image.html")
        page.locator("html[data-loaded]").wait_for()
        board = Board(page)
        board.mount(item=item(WIDTH, HEIGHT), value={"objects": boxes(count)})
        board.keys("v")
        root = browser_root(marker)

        def fit() -> None:
            page.evaluate("() => window.surface().fit()")

        def undo() -> None:
            fit()
            page.evaluate("() => window.labeling.undo()")

        results = {
            "pan": per_frame(page, root, PAN, board, fit, rounds),
            "zoom": per_frame(page, root, ZOOM, board, fit, rounds),
            "drag": per_frame(page, root, DRAG, board, undo, rounds),
        }
        browser.close()
    return results


def main() -> int:
    """Print one line per gesture; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--boxes", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    found = measured(options.boxes, options.rounds)
    results = {name: statistics.median(costs) for name, costs in found.items()}
    for name, cost in results.items():
        sys.stdout.write(f"{name:5} {cost:6.1f} CPU ms/frame with {options.boxes:,} boxes (bar {BAR:.0f})\n")
    return int(any(cost > BAR for cost in results.values()) and options.boxes <= 2000)


if __name__ == "__main__":
    raise SystemExit(main())
