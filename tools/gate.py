"""The gate: every check, two at a time where they do not disturb each other. `make test`, `make lint`

First what needs no server, the tests without a database included: they keep both cores busy while the types
are checked on one. Then two lanes beside each other: the tests with a database, and those in the browser,
which wait for frames and timers while the others compute. Prints one line for each step, the whole output of
a step that fails, and ends with one line that says it all.

`make coverage` runs the tests of Python again, one lane alone, and says which statements they reach: to
watch costs them two fifths more, and nothing is decided by the figure.
"""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.services import SHARED
from tools.node import environment as node_environment

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = [
    "accounts",
    "annotate",
    "config",
    "exchange",
    "formats",
    "labeltypes",
    "projects",
    "quality",
    "stats",
]
NO_DATABASE = ("tests/stats", "tests/labeltypes", "tests/formats")
PYTEST = ("pytest", "-q", "--dist=worksteal", "--durations=20", "--durations-min=4")
BOTH_CORES = "-n2"
# Tests with a database wait much of their time: for servers that start, locks, processes that end.
AND_ONE_THAT_WAITS = "-n3"
COVERAGE = ("--cov", "--cov-append", "--cov-report=")
SLOWEST = re.compile(r"^\d+\.\d+s (call|setup|teardown) +\S+")
LAST_WORDS = re.compile(r"^(=+ .* in [\d.]+s.*=+|# (tests|pass|fail) \d+|TOTAL .*)$")


@dataclass(frozen=True)
class Step:
    """One command; `show` prints its last lines also when it passes."""

    name: str
    command: Sequence[str | Path]
    show: bool = False
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a step went."""

    step: Step
    passed: bool
    seconds: float
    output: str


def python(name: str, *arguments: str, show: bool = False, **environment: str) -> Step:
    """Return a step that runs a Python module."""
    return Step(name, [sys.executable, "-m", *arguments], show, environment)


def lint_steps() -> list[Step]:
    """Return the checks that need no server."""
    return [
        python(
            "types (mypy)",
            "mypy",
            *(package for package in PACKAGES if (ROOT / package).is_dir()),
            "manage.py",
        ),
        python("format (ruff)", "ruff", "format", "--check", "--quiet", "."),
        python("lint (ruff)", "ruff", "check", "--quiet", "."),
        Step("import direction", [BIN / "lint-imports", "--no-cache"]),
        python("templates (djlint)", "djlint", "templates", "--lint", "--quiet"),
        Step("browser code (biome)", ["biome", "ci", "--reporter=summary"]),
        Step("browser types (tsc)", ["tsc", "--project", "."]),
        python("sizes", "tools.sizes"),
        python("forbidden patterns", "tools.forbidden"),
        python("documentation", "tools.docs"),
        Step("migrations complete", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Step("deployment check", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]),
        *node_tests(),
    ]


def node_tests() -> list[Step]:
    """Return the tests of pure browser modules (file names are spelled out: Node 20 knows no patterns)."""
    files = sorted(str(file.relative_to(ROOT)) for file in ROOT.glob("tests/js/**/*.test.js"))
    return [Step("browser modules (node --test)", ["node", "--test", *files], show=True)] if files else []


def install_steps() -> list[Step]:
    """Return what the tests need besides packages; it waits for the network, so it stands beside the lint."""
    return [python("Chromium", "tools.chromium"), python("pooler and proxy", "tools.debian")]


def tests_without_database(*options: str) -> Step:
    """Return the tests of mathematics, label types and formats."""
    return python(
        "tests without database",
        *PYTEST,
        BOTH_CORES,
        *fast_folders(),
        *options,
        show=True,
        **{SHARED: "none"},
    )


def tests_with_database(*options: str) -> Step:
    """Return the other tests of Python."""
    ignored = [f"--ignore={folder}" for folder in fast_folders()]
    return python("tests", *PYTEST, AND_ONE_THAT_WAITS, *ignored, "-m", "not browser", *options, show=True)


def browser_tests() -> list[Step]:
    """Return the tests in the browser, which sees what production serves."""
    ignored = [f"--ignore={folder}" for folder in fast_folders()]
    collected = {"STATIC_DIR": str(ROOT / "staticfiles")}
    return [
        python("static files", "manage", "collectstatic", "--noinput", "-v0", **collected),
        python(
            "browser tests", *PYTEST, BOTH_CORES, "tests", *ignored, "-m", "browser", show=True, **collected
        ),
    ]


def coverage_steps() -> list[Step]:
    """Return the tests of Python, watched; the program of those in the browser runs in other processes."""
    return [
        python("coverage from nothing", "coverage", "erase"),
        tests_without_database(*COVERAGE),
        tests_with_database(*COVERAGE),
        python("coverage", "coverage", "report", "--format=total", show=True),
    ]


def fast_folders() -> list[str]:
    """Return the folders of tests that need no database."""
    return [folder for folder in NO_DATABASE if (ROOT / folder).is_dir()]


@contextmanager
def test_servers() -> Iterator[Mapping[str, str]]:
    """Yield the addresses of servers for all test runs: their template is migrated once, which takes 20 s."""
    from config.embedded.services import Services

    if SHARED in os.environ:  # a developer keeps some running
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="touchstone-gate-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the servers' user (when we are root) passes through
        with Services(Path(folder) / "servers", forgetful=True, makes_databases=True) as services:
            yield services.environment() | {SHARED: "shared"}


def on_servers(lane: list[Step], servers: Mapping[str, str]) -> list[Step]:
    """Return the steps with the servers' addresses, where they say nothing else."""
    return [replace(step, environment={**servers, **step.environment}) for step in lane]


def run(step: Step) -> Outcome:
    """Run a step to its end and keep what it said."""
    begin = time.monotonic()
    done = subprocess.run(
        [str(part) for part in step.command],
        cwd=ROOT,
        env=node_environment() | step.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(step, done.returncode == 0, time.monotonic() - begin, done.stdout)


def run_lanes(lanes: list[list[Step]]) -> list[Outcome]:
    """Run lanes two at a time, the steps of each in order; tell of every step when it ends."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        return [outcome for outcomes in pool.map(run_lane, lanes) for outcome in outcomes]


def run_lane(steps: list[Step]) -> list[Outcome]:
    """Run one step after the other, to the end also when one fails."""
    outcomes = []
    for step in steps:
        outcomes.append(run(step))
        tell(outcomes[-1])
    return outcomes


def tell(outcome: Outcome) -> None:
    """Print how a step went."""
    mark = "ok  " if outcome.passed else "FAIL"
    print(f"{mark} {outcome.step.name} ({outcome.seconds:.1f} s)", flush=True)
    if not outcome.passed:
        print(outcome.output, flush=True)
    elif outcome.step.show:
        slowest = [line for line in outcome.output.splitlines() if SLOWEST.match(line)]
        for line in [*slowest, last_words(outcome)]:
            print(f"       {line}", flush=True)


def last_words(outcome: Outcome) -> str:
    """Return the summary of a step that passed."""
    lines = [line.strip() for line in outcome.output.splitlines() if line.strip()]
    matching = [line for line in lines if LAST_WORDS.match(line)]
    return matching[-1].strip("= ") if matching else (lines[-1] if lines else "")


def main(parts: list[str]) -> int:
    """Run the named parts; return 0 if everything passed."""
    begin = time.monotonic()
    first = [] if parts == ["lint"] else [install_steps()]
    first += [[tests_without_database()]] if "test" in parts else []
    first += [[step] for step in lint_steps()] if "lint" in parts else []
    outcomes = run_lanes(first)
    lanes = [[tests_with_database()], browser_tests()] if "test" in parts else []
    lanes += [coverage_steps()] if "coverage" in parts else []
    if lanes and all(outcome.passed for outcome in outcomes):
        with test_servers() as servers:
            outcomes += run_lanes([on_servers(lane, servers) for lane in lanes])
    failed = [outcome.step.name for outcome in outcomes if not outcome.passed]
    seconds = time.monotonic() - begin
    summary = f"{len(failed)} failed: {', '.join(failed)}" if failed else f"all {len(outcomes)} steps passed"
    print(f"=== {' + '.join(parts)}: {summary} in {seconds:.0f} s ===")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["lint", "test"]))
