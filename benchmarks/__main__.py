"""Run the benchmarks: every module benchmarks/bench_<name>.py with a function `run() -> list[Row]`.

ONLY=queue,import runs a part. Each benchmark's docstring becomes the description of its section. One whose
rows do not say how often they were repeated is run REPEATS (3) times as a whole, or as often as its module's
own REPEATS says.
"""

import importlib
import inspect
import os
import pkgutil
import sys
import traceback
from types import ModuleType

from tests import services

services.prepare(forgetful=False)  # before Django reads its settings

import django  # noqa: E402  # after the servers' addresses

django.setup()

import benchmarks  # noqa: E402
from benchmarks.processes import Usage, watched  # noqa: E402
from benchmarks.report import Row, merged, number, write  # noqa: E402
from benchmarks.scratch import scratch_database  # noqa: E402

PREFIX = "bench_"
REPEATS = 3


def names() -> list[str]:
    """Return the wanted benchmarks, all without ONLY; raises SystemExit for an unknown name."""
    found = sorted(
        module.name.removeprefix(PREFIX)
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if module.name.startswith(PREFIX)
    )
    wanted = [name.strip() for name in os.environ.get("ONLY", "").split(",") if name.strip()]
    if unknown := set(wanted) - set(found):
        raise SystemExit(
            f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(found)}; `make peers`"
        )
    return wanted or found


def measured(name: str) -> tuple[ModuleType, list[Row], Usage]:
    """Run one benchmark as often as it needs, and watch what it costs."""
    module = importlib.import_module(f"benchmarks.{PREFIX}{name}")
    times = int(os.environ.get("REPEATS") or getattr(module, "REPEATS", REPEATS))
    with watched() as watch:
        runs = [once(module, name)]
        if any(row.repeats == 1 for row in runs[0]):
            runs += [once(module, name) for _ in range(times - 1)]
    return module, merged(runs), watch.usage


def once(module: ModuleType, name: str) -> list[Row]:
    """One run, in a database that goes with it."""
    with scratch_database(name):
        rows: list[Row] = module.run()
        return rows


def main() -> int:
    """Run one after the other, on servers of our own unless some are named; what was measured is kept.

    One that fails does not take the others with it: 1 in the end, if any did.
    """
    failed = []
    for name in names():
        print(f"{name} ...", flush=True)
        try:
            module, rows, usage = measured(name)
        except Exception:  # whatever it is: the others are worth their time
            traceback.print_exc()
            failed.append(name)
            continue
        for row in rows:
            print(f"  {row.what}: {number(row.value)} {row.unit}  {row.bar} {row.verdict}", flush=True)
        write([(name, inspect.getdoc(module) or "", rows, usage)])
    if failed:
        print(f"Failed: {', '.join(failed)}", flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
