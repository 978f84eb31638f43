"""The gate: every check, two at a time where they do not disturb each other. `make test`, `make lint`

Prints one line for each step, the whole output of a step that fails, and ends with one line that says it all.
"""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.chromium import SHELL, WHOLE, chromium
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
COVERAGE = ("--cov", "--cov-append", "--cov-report=")
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


def test_steps() -> list[Step]:
    """Return the test runs: without a database, with it, in the browser."""
    fast = [folder for folder in NO_DATABASE if (ROOT / folder).is_dir()]
    ignored = [f"--ignore={folder}" for folder in fast]
    collected = {"STATIC_DIR": str(ROOT / "staticfiles")}  # browsers see what production serves
    two = ("-n2", "--dist=worksteal")
    return [
        python(
            "tests without database",
            "pytest",
            "-q",
            *fast,
            *two,
            *COVERAGE,
            show=True,
            TOUCHSTONE_TEST_SERVICES="none",
        ),
        python("tests", "pytest", "-q", *ignored, "-m", "not browser", *two, *COVERAGE, show=True),
        Step(
            "static files",
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
            environment=collected,
        ),
        python(
            "browser tests",
            "pytest",
            "-q",
            "tests",
            *ignored,
            "-m",
            "browser",
            *two,  # not measured: the program runs in other processes, only tests run here
            show=True,
            **collected,
        ),
        python("coverage", "coverage", "report", "--format=total", show=True),
    ]


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


def tell(outcome: Outcome) -> None:
    """Print how a step went."""
    mark = "ok  " if outcome.passed else "FAIL"
    print(f"{mark} {outcome.step.name} ({outcome.seconds:.1f} s)", flush=True)
    if not outcome.passed:
        print(outcome.output, flush=True)
    elif outcome.step.show:
        print(f"       {last_words(outcome)}", flush=True)


def last_words(outcome: Outcome) -> str:
    """Return the summary of a step that passed."""
    lines = [line.strip() for line in outcome.output.splitlines() if line.strip()]
    matching = [line for line in lines if LAST_WORDS.match(line)]
    return matching[-1].strip("= ") if matching else (lines[-1] if lines else "")


def ensure_chromium() -> None:
    """Install Chromium's headless shell where we may, else say what to install; raises SystemExit."""
    if SHELL.exists():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {SHELL.name} ...", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-qq", "-y", "--no-install-recommends", SHELL.name, "fonts-liberation"],
        ):
            subprocess.run(command, check=not WHOLE.exists(), env=environment, stdout=subprocess.DEVNULL)
    if not chromium().exists():
        raise SystemExit(f"The browser tests need {SHELL}: apt install {SHELL.name} (or chromium)")


def main(parts: list[str]) -> int:
    """Run the named parts; return 0 if everything passed."""
    begin = time.monotonic()
    outcomes: list[Outcome] = []
    if "lint" in parts:
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            for outcome in pool.map(run, lint_steps()):
                tell(outcome)
                outcomes.append(outcome)
    if "test" in parts and all(outcome.passed for outcome in outcomes):
        ensure_chromium()
        (ROOT / ".coverage").unlink(missing_ok=True)
        for step in test_steps():
            outcomes.append(run(step))
            tell(outcomes[-1])
    failed = [outcome.step.name for outcome in outcomes if not outcome.passed]
    seconds = time.monotonic() - begin
    summary = f"{len(failed)} failed: {', '.join(failed)}" if failed else f"all {len(outcomes)} steps passed"
    print(f"=== {' + '.join(parts)}: {summary} in {seconds:.0f} s ===")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["lint", "test"]))
