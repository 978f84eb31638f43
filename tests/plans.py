"""What the database does for a piece of work: every statement explained as it runs, and what it touched.

Each statement is carried out under EXPLAIN and taken back, then run as it is. So the plans are those of the
values, of the transaction and of the prepared statements that people get; ``force_generic_plan`` in the
settings makes them generic.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "
VERBS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "EXECUTE")


@dataclass(frozen=True)
class Explained:
    """One statement and the plan by which it ran."""

    sql: str
    plan: dict[str, Any]

    @property
    def name(self) -> str:
        """The prepared statement's name, or the first words of the text."""
        words = self.sql.split()
        return words[1].rsplit("_", 1)[0] if words[0] == "EXECUTE" else " ".join(words[:6])

    @property
    def buffers(self) -> int:
        """Pages of tables and indexes that it looked at, planning left out."""
        return _pages(self.plan) + sum(_pages(node) for node in self._run_at_the_end())

    @property
    def rows(self) -> int:
        """Rows that it read from tables and indexes, with those it threw away."""
        return sum(_rows(node) for node in self.nodes() if "Relation Name" in node)

    def nodes(self) -> Iterator[dict[str, Any]]:
        """All steps of the plan."""
        waiting = [self.plan]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", [])

    def _run_at_the_end(self) -> list[dict[str, Any]]:
        """Parts that write and that no other part reads from: the whole does not count them."""
        read = {f"CTE {node['CTE Name']}" for node in self.nodes() if "CTE Name" in node}
        writing = [node for node in self.nodes() if node["Node Type"] == "ModifyTable"]
        return [node for node in writing if node.get("Subplan Name", "") not in {"", *read}]

    def scanned(self) -> set[str]:
        """Tables that were read from one end to the other."""
        return {str(node["Relation Name"]) for node in self.nodes() if node["Node Type"] == "Seq Scan"}


def explained(act: Callable[[], Any]) -> list[Explained]:
    """Run ``act`` in one transaction; return what each of its statements did, in their order."""
    found: list[Explained] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.extend(
            Explained(statement, _plan(context["connection"], statement, params))
            for statement in sql.split(";\n")
            if statement.split(None, 1)[0].upper() in VERBS
        )
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(explain):
        act()
    return found


def _plan(wrapper: Any, statement: str, params: Any) -> dict[str, Any]:
    with wrapper.connection.cursor() as cursor:  # the driver's own: this is not seen by ``explain``
        cursor.execute("SAVEPOINT explained")
        cursor.execute(EXPLAIN + statement, params)
        (found,) = cursor.fetchone()[0]
        cursor.execute("ROLLBACK TO SAVEPOINT explained; RELEASE SAVEPOINT explained")
    return dict(found["Plan"])


def _pages(node: dict[str, Any]) -> int:
    return int(node["Shared Hit Blocks"]) + int(node["Shared Read Blocks"])


def _rows(node: dict[str, Any]) -> int:
    removed = sum(int(node.get(f"Rows Removed by {why}", 0)) for why in ("Filter", "Index Recheck"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])
