"""What a page costs in the database: its statements, their plans, the buffers they touch."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

Plan = dict[str, Any]


def statements_of(action: Callable[[], object]) -> list[str]:
    """The statements that read which the action sends, with their values in them; a union begins with (."""
    with CaptureQueriesContext(connection) as caught:
        action()
    sent = [str(one["sql"]) for one in caught]
    return [one for one in sent if one.lstrip("( \n").upper().startswith(("SELECT", "WITH"))]


def plan_of(statement: str) -> Plan:
    """The plan of a statement that is carried out for it, with buffers."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {statement.replace('%', '%%')}", []
        )
        found = cursor.fetchone()
    return dict(found[0][0]["Plan"])


def buffers(plan: Plan) -> int:
    """Pages of 8 kB that the statement looked at."""
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def rows_read(plan: Plan) -> int:
    """Rows and entries of indexes that the statement took up, also those that it threw away."""
    scans = [node for node in nodes(plan) if "Scan" in node["Node Type"] and "Plans" not in node]
    return sum(
        int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        for node in scans
    )


def nodes(plan: Plan) -> Iterator[Plan]:
    """The plan and all that stands below."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def read_whole(plan: Plan, *, rows: int = 2_000) -> set[str]:
    """Tables that the plan reads from the beginning without an index, over more than so many rows."""
    scans = [node for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
    return {
        str(node["Relation Name"])
        for node in scans
        if node["Actual Rows"] + node.get("Rows Removed by Filter", 0) > rows
    }
