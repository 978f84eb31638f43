"""`python -m benchmarks.consensus FOLDER [FOLDER…]`: how right truth inference is, how sure, at what cost.

Each folder holds labels.csv (task,worker,label) and truth.csv (task,label); only tasks with truth are scored.
A row per set and method: accuracy with ties shared fairly, expected calibration error (ten bins), CPU
seconds, and memory above the input. Numbers, texts, boxes and spans have other columns and other figures:
see benchmarks/consensus/others.py. `--more` adds the other methods, and crowd-kit where it is installed
(`pip install crowd-kit`); `--json FILE` writes the same as JSON; `--simulated N` adds N crowds of each kind,
`--lookalikes N` N with the shape of each published set;
`--people N` measures accuracy by consensus, of N crowds of each kind in which the others are unsure;
`--diagram FILE` draws how often what is called so probable is right.
"""

import argparse
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks.consensus.crowd_set import CrowdSet, read
from benchmarks.consensus.diagram import drawn, panel
from benchmarks.consensus.lookalikes import lookalikes
from benchmarks.consensus.methods import Method, methods
from benchmarks.consensus.others import READERS, OtherSet
from benchmarks.consensus.people import people_table
from benchmarks.consensus.simulated import simulated
from benchmarks.consensus.table import BadSet, columns_of
from stats.arrays import Floats
from stats.learning.calibration import calibration

T = TypeVar("T")


def main(arguments: list[str]) -> int:
    """Measure and print; 2 if a folder could not be read: stderr says why, and the others are measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.consensus", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--simulated", type=int, default=0, metavar="N", help="also N crowds of each kind")
    parser.add_argument("--lookalikes", type=int, default=0, metavar="N", help="and N like published sets")
    parser.add_argument(
        "--people", type=int, default=0, metavar="N", help="accuracy of people, N crowds each"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--more", action="store_true", help="further methods")
    parser.add_argument("--diagram", type=Path, metavar="FILE", help="draw reliability diagrams there (SVG)")
    options = parser.parse_args(arguments)
    if options.people:
        print(people_table(options.people))
        return 0
    sets, refused = all_opened(options.folders)
    sets += [*simulated(options.simulated), *lookalikes(options.lookalikes)]
    for error in refused:
        print(error, file=sys.stderr)
    if not sets and refused:
        return 2
    if not sets:
        parser.error("name a folder, or --simulated N")
    chosen = methods(more=options.more)
    results = {one.name: scores(one, chosen) for one in sets}
    of_classes = [results[one.name] for one in sets if isinstance(one, CrowdSet)]
    means = {name: _mean([result[name] for result in of_classes]) for name in chosen}
    _print(results, means)
    if options.json:
        options.json.write_text(json.dumps({"sets": results, "mean": means}, indent=1) + "\n")
    if options.diagram:
        options.diagram.write_text(diagram_of([one for one in sets if isinstance(one, CrowdSet)]))
    return 2 if refused else 0


def diagram_of(sets: list[CrowdSet]) -> str:
    """A panel for each folder, and one for all simulated crowds."""
    every = methods()
    shown = {"default": every["default"], "Dawid-Skene": every["dawid_skene"]}
    made = [one for one in sets if one.is_simulated]
    panels = [panel(one.name, [one], shown) for one in sets if not one.is_simulated]
    if made:
        panels.append(panel(f"{len(made)} simulated crowds", made, shown))
    return drawn(panels)


def all_opened(folders: Sequence[Path]) -> tuple[list[CrowdSet | OtherSet], list[BadSet]]:
    """The sets in these folders, and why others are none. Of two with one name the later has its path."""
    sets: list[CrowdSet | OtherSet] = []
    refused = []
    for folder in folders:
        try:
            one = opened(folder)
        except BadSet as error:
            refused.append(error)
            continue
        taken = any(one.name == other.name for other in sets)
        sets.append(replace(one, name=str(folder)) if taken else one)
    return sets, refused


def opened(folder: Path) -> CrowdSet | OtherSet:
    """The set in a folder, of the kind that its columns say; raises BadSet."""
    columns = {*columns_of(folder / "labels.csv")} & {*columns_of(folder / "truth.csv")}
    for name, reader in READERS.items():
        if name in columns:
            return reader(folder)
    return read(folder)


def scores(one: CrowdSet | OtherSet, chosen: dict[str, Method]) -> dict[str, dict[str, Any]]:
    """Method → figures: what it found against the truth, what it cost, and how much it had."""
    if isinstance(one, OtherSet):
        sizes = {"items": one.items, "labels": one.labels}
        return {name: {**found, **cost, **sizes} for name, (found, cost) in _each(one.methods).items()}
    judged = np.flatnonzero(one.truth >= 0)
    truth, sizes = one.truth[judged], {"items": int(judged.size), "labels": one.answers.size}
    ready = {name: partial(method, one.answers) for name, method in chosen.items()}
    return {
        name: {
            "accuracy": fair_accuracy(posterior[judged], truth),
            "ece": calibration_error(posterior[judged], truth),
            **cost,
            **sizes,
        }
        for name, (posterior, cost) in _each(ready).items()
    }


def _each(methods_: Mapping[str, Callable[[], T]]) -> dict[str, tuple[T, dict[str, float]]]:
    """What each gives, and its cost: run once for time, once for memory."""
    found = {}
    for name, method in methods_.items():
        began = time.process_time()
        result = method()
        seconds = time.process_time() - began
        tracemalloc.start()
        method()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        found[name] = result, {"cpu_seconds": round(seconds, 4), "peak_mb": round(peak / 1e6, 3)}
    return found


def fair_accuracy(posterior: Floats, truth: Any) -> float | None:
    """Share of tasks whose most probable class is true; of t tied classes each counts 1/t."""
    if not truth.size:
        return None
    best = posterior >= posterior.max(axis=1, keepdims=True) - 1e-12
    return float((best / best.sum(axis=1, keepdims=True))[np.arange(truth.size), truth].mean())


def calibration_error(posterior: Floats, truth: Any) -> float | None:
    """Expected calibration error of the most probable class."""
    if not truth.size:
        return None
    confidence = np.clip(posterior.max(axis=1), 0.0, 1.0)
    return calibration(confidence, posterior.argmax(axis=1) == truth).expected_error


def _mean(results: list[dict[str, Any]]) -> dict[str, float | None]:
    means: dict[str, float | None] = {}
    for key in ("accuracy", "ece"):
        known = [result[key] for result in results if result[key] is not None]
        means[key] = sum(known) / len(known) if known else None
    return means


def _print(results: dict[str, dict[str, dict[str, Any]]], means: dict[str, dict[str, float | None]]) -> None:
    """One table for each kind of set, as their figures differ."""
    kinds: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for name, by_method in results.items():
        for method, figures in by_method.items():
            rows = kinds.setdefault(tuple(figures), [])
            rows.append((name, method, *(_text(value) for value in figures.values())))
    for head, rows in kinds.items():
        if "accuracy" in head:
            empty = [""] * (len(head) - 2)
            rows += [("MEAN", name, *map(_text, mean.values()), *empty) for name, mean in means.items()]
        table = [("set", "method", *head), *rows]
        widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
        for row in table:
            print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
