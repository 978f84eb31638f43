"""The report of the benchmarks."""

from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.report import Row, percentile, write


def test_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "RESULTS.md")
    write([("queue", "Twenty clients.", [Row("next, p95", 12.5, "ms", "≤ 15 ms")])])
    write([("import", "A file.", [Row("rows", 1_000_000, "rows")])])
    write([("queue", "Fifty clients.", [Row("next, p95", 13.25, "ms", "≤ 15 ms")])])
    text = (tmp_path / "RESULTS.md").read_text()
    assert text.count("## ") == 2
    assert "| next, p95 | 13.25 ms | ≤ 15 ms |" in text
    assert "Twenty" not in text
    assert "A file." in text


def test_percentile_is_nearest_rank() -> None:
    values = [15, 20, 35, 40, 50]
    assert [percentile(values, percent) for percent in (5, 30, 40, 50, 100)] == [15, 20, 20, 35, 50]


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 95)
