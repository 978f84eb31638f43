"""Agreement in parts of the data, as plots with their tables."""

from collections.abc import Mapping, Sequence
from math import floor
from typing import Any

from quality.reports.agreement import is_finding
from quality.services.agreement_slices import GUIDELINE, META, WEEK

LABEL = "Krippendorff's alpha (95 % interval)"


def dimensions(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of the slices: one group for each way to part the data."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in stored.get("slices", []):
        groups.setdefault((each["kind"], each["key"]), []).append({**each, "differs": is_finding(each)})
    found = [
        {
            "name": f"slices-{number}",
            "title": _title(kind, key),
            "head": {META: key, GUIDELINE: "Guideline", WEEK: "Week from"}[kind],
            "rows": rows,
            "findings": sum(row["differs"] for row in rows),
            "is_series": kind == WEEK,
            "plot": _series(kind, key, rows) if kind == WEEK else _intervals(kind, key, rows),
        }
        for number, ((kind, key), rows) in enumerate(groups.items())
    ]
    return {
        "dimensions": found,
        "slice_tasks": stored.get("tasks", 0),
        "slice_tests": stored.get("tests", 0),
        "findings": sum(each["findings"] for each in found),
    }


def _title(kind: str, key: str) -> str:
    return {
        META: f"By {key} (metadata)",
        GUIDELINE: "By version of the guideline",
        WEEK: "Over time, by the week of a task's last answer",
    }[kind]


def _lowest(rows: Sequence[Mapping[str, Any]]) -> float:
    """Where the axis begins: zero, or the next fifth below what is negative."""
    ends = [each for row in rows for each in (row["alpha"], row["low"]) if each is not None]
    low = min(ends, default=0.0)
    return 0.0 if low >= 0 else max(-1.0, floor(low * 5) / 5)


def _intervals(kind: str, key: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "title": _title(kind, key),
        "label": LABEL,
        "min": _lowest(rows),
        "max": 1.0,
        "reference": 0.8,
        "rows": [
            {
                "name": f"{row['name']} ≠" if row["differs"] else row["name"],
                "value": row["alpha"],
                "lo": row["low"],
                "hi": row["high"],
                "n": row["items"],
            }
            for row in rows
        ],
    }


def _series(kind: str, key: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "title": _title(kind, key),
        "x": {"label": "Week from", "values": [row["name"] for row in rows], "time": True},
        "y": {"label": "Alpha", "min": _lowest(rows), "max": 1.0},
        "series": [
            {
                "label": "Alpha",
                "values": [_rounded(row["alpha"]) for row in rows],
                "lo": [_rounded(row["low"]) for row in rows],
                "hi": [_rounded(row["high"]) for row in rows],
            }
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
