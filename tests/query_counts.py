"""How many queries things may cost: reviewed data in query_counts.json, compared with or written anew."""

import json
import os
from pathlib import Path

FILE = Path(__file__).resolve().parent / "query_counts.json"


def known_counts() -> dict[str, int]:
    """The reviewed counts by name."""
    return dict(json.loads(FILE.read_text()))


def check_count(name: str, few: int, many: int) -> None:
    """One row must cost as many queries as many rows do, and as many as the file says.

    With UPDATE_QUERY_COUNTS=1 in the environment the file is written anew.
    """
    assert few == many, f"{name}: {few} queries for one row, {many} for many"
    known = known_counts()
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        FILE.write_text(json.dumps(dict(sorted((known | {name: few}).items())), indent=2) + "\n")
    else:
        assert few == known.get(name), f"{name}: {few} queries, {known.get(name)} in {FILE.name}"
