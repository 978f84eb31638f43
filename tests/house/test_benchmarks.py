"""The report of the benchmarks: what it judges, what it compares, and what every benchmark must have."""

import importlib
import inspect
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import benchmarks
from benchmarks import report
from benchmarks.bars import Bar, Figure, is_worse
from benchmarks.processes import Peak, Process, Sampler, Usage, kind_of, watched
from benchmarks.report import Row, merged, percentile, write

MODULES = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__))


@pytest.fixture
def folder(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for the files, which no commit has; the versions name the database, so there is one."""
    monkeypatch.setattr(report, "FOLDER", tmp_path)
    monkeypatch.setattr(report, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(report, "FIGURES", tmp_path / "results.json")
    return tmp_path


def test_it_works(folder: Path) -> None:
    usage = Usage(10.0, 0.4, 0.0, {"web": Peak(3, 200.0, 90.5, 7.0)})
    write([("queue", "Twenty clients.", [Row("next, p95", 12.5, "ms", "≤ 15 ms")])])
    write([("import", "A file.", [Row("rows", 1_000_000, "rows"), Row("time", 60, "s", "<= 45")], usage)])
    write([("queue", "Fifty clients.", [Row("next, p95", 13.25, "ms", "≤ 15 ms")])])
    text = (folder / "RESULTS.md").read_text()
    assert text.count("\n## ") == 2
    assert "| next, p95 | 13.25 ms |  | ≤ 15 ms | met |" in text
    assert "**1 of 2 bars met.**" in text
    why = "**MISSED**, [why](../docs/contributing/misses.md#import)"
    assert f"| [import](#import) | time | 60 s | <= 45 | {why} |" in text
    assert "| web | 3 | 200 MB | 90 MB | 7.0 s |" in text
    assert "Others used 40% of the cores meanwhile" in text
    assert "NOISY" in text
    assert "Twenty" not in text
    assert "A file." in text


@pytest.mark.parametrize(
    ("bar", "unit", "good", "bad"),
    [
        ("<= 15", "ms", 15, 15.1),
        ("≤ 15 ms", "ms", 15, 15.1),
        ("≤ 4.5 s (45 s a million)", "s", 4.5, 4.51),
        ("< 1.5", "times", 1.49, 1.5),
        (">= 200", "per second", 200, 199),
        ("≥ 1,000 per second", "per second", 1000, 999),
        ("0", "tasks", 0, 1),
        ("<= 0.523", "", 0.5, 0.6),
    ],
)
def test_a_bar_judges_by_itself(bar: str, unit: str, good: float, bad: float) -> None:
    assert Row("it", good, unit, bar).verdict == "met"
    assert Row("it", bad, unit, bar).verdict == "MISSED"


@pytest.mark.parametrize("bar", ["", "flat", "as fast as before"])
def test_words_are_no_bar(bar: str) -> None:
    assert not Row("it", 1, "MB", bar).verdict


def test_a_bar_in_another_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="'s'"):
        Bar.read("≤ 2 s", "ms")


@pytest.mark.parametrize(
    ("new", "old", "better", "worse"),
    [
        (Figure(14, 13.5, 15), Figure(10, 9, 11), "less", True),
        (Figure(12.9, 12, 13), Figure(10, 9, 11), "less", False),  # apart, but little
        (Figure(14, 10.5, 15), Figure(10, 9, 11), "less", False),  # much, but within what a run varies
        (Figure(14, 14, 14), Figure(10, 10, 10), "more", False),
        (Figure(100, 90, 110), Figure(200, 190, 210), "more", True),
        (Figure(100, 90, 195), Figure(200, 190, 210), "more", False),
        (Figure(100, 100, 100), Figure(1, 1, 1), "", False),
    ],
)
def test_worse_is_much_and_beyond_the_spread(new: Figure, old: Figure, better: str, worse: bool) -> None:
    assert is_worse(new, old, better) is worse


def test_a_run_is_compared_with_the_last_commit(folder: Path) -> None:
    write([("queue", "It.", [Row("next", 10, "ms"), Row("answers", 300, "per second", ">= 200")])])
    _git(folder, "init", "-q")
    _git(folder, "add", "results.json")
    _git(folder, "-c", "user.name=Max", "-c", "user.email=max@example.org", "commit", "-qm", "Measure")
    rows = [Row("next", 20, "ms"), Row("answers", 330, "per second", ">= 200"), Row("new", 1, "ms")]
    write([("queue", "It.", rows)])
    write([("queue", "It.", rows)])  # not with the run before, which nobody has committed
    text = (folder / "RESULTS.md").read_text()
    assert "**× 2.00 WORSE**" in text
    assert "| met | × 1.10 |" in text
    assert "| new | 1 ms |  |  |  |  |  |" in text


def test_runs_become_medians_with_extremes() -> None:
    runs = [
        [Row("next", value, "ms", "<= 5", low=value - 1, high=value + 1, repeats=2)] for value in (4, 9, 3)
    ]
    (row,) = merged(runs)
    assert (row.value, row.low, row.high, row.repeats, row.verdict) == (4, 2, 10, 6, "met")


def test_repeated_measurements_become_a_median_with_extremes() -> None:
    row = Row.of("next", [4, 9, 3], "ms")
    assert (row.value, row.low, row.high, row.repeats, row.direction) == (4, 3, 9, 3, "less")


def test_what_is_kept_comes_back() -> None:
    row = Row("next", 0, "tasks", "0", usage=Usage(1.5, 0.25, 0.0, {"load": Peak(1, 20.0, 25.0, 1.0)}))
    again = Row.from_json(json.loads(json.dumps(row.as_json())))
    assert again == row
    assert again.usage == row.usage


@pytest.mark.django_db
def test_a_watched_block_knows_what_its_processes_cost() -> None:
    hungry = "import time; block = bytearray(80_000_000); sum(range(5_000_000)); time.sleep(0.6)"
    with watched() as watch:
        subprocess.run([sys.executable, "-c", hungry], check=True)
    assert watch.usage.seconds >= 0.6
    assert watch.usage.peaks["load"].largest > 80
    assert watch.usage.peaks["load"].processes >= 2
    assert watch.usage.peaks["load"].cpu > 0
    assert {"postgres", "redis"} <= set(watch.usage.peaks), "also servers that somebody else started"
    assert 0 <= watch.usage.foreign <= 1


def test_an_ended_process_keeps_its_kind() -> None:
    """Until its parent has waited for it, it is there without a command line."""
    sampler = Sampler([os.getpid()])
    command = [sys.executable, "-c", "input(); sum(range(3_000_000))", "celery"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        while (found := Process.read(child.pid)) is None or found.kind != "worker":
            pass
        sampler.look()
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.flush()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert sampler.usage().peaks["worker"].cpu > 0


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("/usr/bin/python\0-m\0gunicorn\0--config\0config/gunicorn.py", "web"),
        ("python\0-m\0celery\0-A\0config\0worker", "worker"),
        ("postgres: touchstone touchstone [local] idle", "postgres"),
        ("redis-server 127.0.0.1:6379", "redis"),
        ("/usr/bin/chromium-headless-shell\0--type=renderer", "browser"),
        ("python\0-m\0benchmarks", "load"),
    ],
)
def test_processes_have_a_kind(command: str, kind: str) -> None:
    assert kind_of(command) == kind


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("bench_")])
def test_every_benchmark_can_be_run(name: str) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    assert inspect.getdoc(module), "its docstring is the description of its section"
    assert not inspect.signature(module.run).parameters


def test_percentile_is_nearest_rank() -> None:
    values = [15, 20, 35, 40, 50]
    assert [percentile(values, percent) for percent in (5, 30, 40, 50, 100)] == [15, 20, 20, 35, 50]


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 95)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
