"""`python -m benchmarks.consensus FOLDER [FOLDER…]`: accuracy, calibration and cost of truth inference.

Each folder holds labels.csv (task,worker,label) and truth.csv (task,label); only tasks with truth are scored.
A row per set and method: accuracy with ties shared fairly, expected calibration error (ten bins), CPU
seconds, and memory above the input. `--more` adds the other methods, and crowd-kit where it is installed
(`pip install crowd-kit`); `--json FILE` writes the same as JSON. `--simulated N` adds N simulated crowds of
each kind.
"""

import argparse
import json
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.consensus.crowd_set import BadSet, CrowdSet, read
from benchmarks.consensus.methods import Method, methods
from benchmarks.consensus.simulated import simulated
from stats.arrays import Floats
from stats.learning.calibration import calibration

HEAD = ("set", "method", "accuracy", "ece", "cpu s", "MB", "items", "labels")


def main(arguments: list[str]) -> int:
    """Measure and print; 2 with the reason if a folder cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.consensus", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--simulated", type=int, default=0, metavar="N", help="also N crowds of each kind")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--more", action="store_true", help="further methods")
    options = parser.parse_args(arguments)
    try:
        sets = [read(folder) for folder in options.folders] + simulated(options.simulated)
    except BadSet as error:
        print(error, file=sys.stderr)
        return 2
    if not sets:
        parser.error("name a folder, or --simulated N")
    chosen = methods(more=options.more)
    results = {one.name: {name: score(one, method) for name, method in chosen.items()} for one in sets}
    means = {name: _mean([result[name] for result in results.values()]) for name in chosen}
    _print(results, means)
    if options.json:
        options.json.write_text(json.dumps({"sets": results, "mean": means}, indent=1) + "\n")
    return 0


def score(crowd: CrowdSet, method: Method) -> dict[str, Any]:
    """Run once for time, once for memory; score against the truth (None without any)."""
    began = time.process_time()
    posterior = method(crowd.answers)
    seconds = time.process_time() - began
    tracemalloc.start()
    method(crowd.answers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    judged = np.flatnonzero(crowd.truth >= 0)
    return {
        "accuracy": fair_accuracy(posterior[judged], crowd.truth[judged]),
        "ece": calibration_error(posterior[judged], crowd.truth[judged]),
        "cpu_seconds": round(seconds, 4),
        "peak_mb": round(peak / 1e6, 3),
        "items": int(judged.size),
        "labels": crowd.answers.size,
    }


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
    rows = [HEAD]
    for name, by_method in results.items():
        for method, figures in by_method.items():
            rows.append((name, method, *(_text(value) for value in figures.values())))
    for method, mean in means.items():
        rows.append(("MEAN", method, _text(mean["accuracy"]), _text(mean["ece"]), "", "", "", ""))
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
