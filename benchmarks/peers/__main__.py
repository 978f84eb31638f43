"""Touchstone beside Label Studio: the same work, one after the other, on this machine in this run.

Each figure says how many times better ours is. Both stand on Debian's PostgreSQL with the settings of our
embedded one (config/embedded/postgres.py), each on a cluster of its own. Touchstone runs as `make run` starts
it (gunicorn with two processes, a worker); Label Studio as its container does (uWSGI with two processes for
each core, nginx where it is installed), without analytics.

`next` and `submit` are single requests; answers a second are sent as the product's own page sends them: Label
Studio's asks twice for each answer, ours once. Answers that are exported were imported there, and written by
SQL here, as neither is measured. A page is cold in a new browser, warm at the third visit.
TASKS, ROUNDS, SECONDS, BOXES and REPEATS change the size.
"""

import inspect
import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.peers.install import ensure
from benchmarks.peers.label_studio import LabelStudio
from benchmarks.peers.measures import Found, compared, measures
from benchmarks.peers.product import Product
from benchmarks.peers.scenarios import Sizes, Work
from benchmarks.peers.touchstone import Touchstone
from benchmarks.processes import Usage, watched
from benchmarks.report import number, write

SERVERS = ("web", "proxy", "worker", "postgres", "redis")


def main() -> int:
    """Measure both, print the ratios, and write the section `peers`; 1 if something is missing there."""
    for name in ("DATABASE_URL", "REDIS_URL"):  # both stand on servers of their own
        os.environ.pop(name, None)
    venv = ensure()
    sizes = Sizes()
    folder = Path(tempfile.mkdtemp(prefix="touchstone-peers-"))
    folder.chmod(0o711)  # the database's user, when we are root, passes through
    try:
        theirs, their_usage, versions = measured(LabelStudio(_sub(folder, "theirs"), venv), sizes, folder)
        ours, our_usage, own = measured(Touchstone(_sub(folder, "ours")), sizes, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    wanted = measures(sizes.tasks, sizes.boxes)
    rows = [compared(one, ours.get(one.key, ()), theirs.get(one.key, ())) for one in wanted]
    for row in rows:
        print(f"  {row.what}: {number(row.value)} {row.unit}  {row.bar} {row.verdict}  {row.note}")
    write([("peers", inspect.cleandoc(__doc__ or ""), rows, our_usage | their_usage)], also=own | versions)
    return int(any(not row.repeats for row in rows))


def measured(product: Product, sizes: Sizes, folder: Path) -> tuple[Found, Usage, dict[str, str]]:
    """Start it, do all the work, stop it; what was found, what it cost, and what ran."""
    print(f"{product.name} ...", flush=True)
    try:
        product.start()
        with watched() as watch:
            work = Work(product, sizes, folder)
            work.run()
        versions = product.versions()
    finally:
        product.stop()
    peaks = watch.usage.peaks
    work.found["memory"] = [sum(peaks[kind].together for kind in SERVERS if kind in peaks)]
    return work.found, watch.usage, versions


def _sub(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir(mode=0o711)
    return made


if __name__ == "__main__":
    sys.exit(main())
