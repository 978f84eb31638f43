"""Run the benchmarks: every module benchmarks/bench_<name>.py with a function `run() -> list[Row]`.

ONLY=queue,import runs a part. Each benchmark's docstring becomes the description of its section.
"""

import importlib
import inspect
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import benchmarks
from benchmarks.report import write
from tests import services

PREFIX = "bench_"
ROOT = Path(__file__).resolve().parent.parent


def names() -> list[str]:
    """Return the wanted benchmarks, all without ONLY; raises SystemExit for an unknown name."""
    found = sorted(
        module.name.removeprefix(PREFIX)
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if module.name.startswith(PREFIX)
    )
    wanted = [name.strip() for name in os.environ.get("ONLY", "").split(",") if name.strip()]
    if unknown := set(wanted) - set(found):
        raise SystemExit(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(found)}")
    return wanted or found


def main() -> None:
    """Run one after the other, on servers of our own unless some are named; what was measured is kept."""
    services.prepare(forgetful=False)
    subprocess.run([sys.executable, "manage.py", "migrate", "--noinput", "-v0"], cwd=ROOT, check=True)
    for name in names():
        print(f"{name} ...", flush=True)
        module = importlib.import_module(f"benchmarks.{PREFIX}{name}")
        rows = module.run()
        for row in rows:
            print(f"  {row.what}: {row.value:,.4g} {row.unit}  {row.bar}", flush=True)
        write([(name, inspect.getdoc(module) or "", rows)])


if __name__ == "__main__":
    sys.exit(main())
