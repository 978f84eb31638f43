"""The tasks that all filters let through: found, counted, sorted and cut in one statement.

The first source is read to its end, or until it has given more than the caller wants read; then nothing else
is looked at. Its ids go as one array from source to source, and what is left is read of the summaries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connections

from annotate.task_list.filters import known_of
from annotate.task_list.sources import Known, Source, Sql, among, hashed
from annotate.task_list.views import View
from projects.models import Project, TaskSummary

STATEMENT = """
WITH {parts}
SELECT {read}, {count}, page.task_id, page.key
FROM (VALUES (1)) AS one LEFT JOIN (
    SELECT task_id, key FROM shown WHERE {beyond} ORDER BY key {way}, task_id {way} LIMIT %s
) AS page ON true
ORDER BY page.key {way}, page.task_id {way}
"""
_COUNT = "(SELECT count(*) FROM shown)"
# Nothing is read by these when the first source holds more than may be read.
_FEW = "(SELECT cardinality(ids) FROM taken) <= %s"
_TAKEN = "(SELECT ids FROM taken WHERE cardinality(ids) <= %s)::bigint[]"


class Place(NamedTuple):
    """A row's id, and the key by which it is sorted."""

    task_id: int
    key: Any


@dataclass(frozen=True)
class Met:
    """How many the first source gave, how many of them match (if asked), and the next rows of the view."""

    read: int
    count: int
    places: Sequence[Place]


def meet(
    project: Project,
    view: View,
    first: Source | Sql,
    others: Sequence[Source],
    most: int,
    *,
    down: bool,
    counted: bool = True,
) -> Met:
    """Of the first source's tasks those that the view lets through; none if it gives more than ``most``.

    ``first`` may be a statement that gives ids in its first column. Without ``counted`` the count is 0.
    """
    checks = [source for source in others if not isinstance(source, Known)]
    if isinstance(first, Known):
        parts = _from_known(project, view, first, checks, most)
        read = "(SELECT count(*) FROM known)"
    else:
        parts = _from_ids(project, view, first, checks, most)
        read = "(SELECT coalesce(cardinality(ids), 0) FROM taken)"
    beyond, last = _beyond(view, down=down)
    statement = STATEMENT.format(  # of Django's making and of constants, values apart
        parts=",\n".join(text for text, _ in parts),
        read=read,
        count=_COUNT if counted else "0",
        beyond=beyond,
        way="DESC" if down else "ASC",
    )
    values = [*(value for _, given in parts for value in given), *last, view.limit + 1]
    with connections[TaskSummary.objects.all().db].cursor() as cursor:
        cursor.execute(statement, values)
        page = cursor.fetchall()
    number, count, *_ = page[0]
    return Met(number, count, [Place(task_id, key) for _, _, task_id, key in page if task_id is not None])


def _from_known(project: Project, view: View, first: Known, checks: Sequence[Source], most: int) -> list[Sql]:
    """The parts where summaries are the first source: they have given the keys by then."""
    sql, values = _limited(_known(project, view), most)
    parts: list[Sql] = [(f"known (task_id, key) AS MATERIALIZED ({sql})", values)]
    parts.append(("taken (ids) AS MATERIALIZED (SELECT array_agg(task_id) FROM known)", []))
    parts += _checked(first, checks, most)
    # Names of ours; of a hash of all, see there.
    rest = hashed("task_id", f"SELECT id FROM left_{len(checks)}") if checks else _FEW  # noqa: S608
    some = f"SELECT task_id, key FROM known WHERE {rest}"  # noqa: S608
    return [*parts, (f"shown AS ({some})", [] if checks else [most])]


def _from_ids(
    project: Project, view: View, first: Source | Sql, checks: Sequence[Source], most: int
) -> list[Sql]:
    """The parts where another source is the first."""
    sql, values = _limited(first.everything() if isinstance(first, Source) else first, most)
    taken = f"taken (ids) AS MATERIALIZED (SELECT array_agg(id) FROM ({sql}) AS some_of (id))"  # noqa: S608 - ours
    parts = [(taken, values), *_checked(first, checks, most)]
    ids, given = (_left_by(len(checks)), []) if checks else (_TAKEN, [most])
    sql, values = _known(project, view)
    start = among("projects_tasksummary", "task_id", ids)
    return [*parts, (f"shown (task_id, key) AS ({start} {sql})", [*given, *values])]


def _limited(rows: Sql, most: int) -> Sql:
    """One more than may be read."""
    sql, values = rows
    return f"SELECT * FROM ({sql}) AS rows_of LIMIT %s", [*values, most + 1]  # noqa: S608 - of Django's making


def _known(project: Project, view: View) -> Sql:
    """Ids and keys of the summaries that the view lets through."""
    column = view.sorting[0].column or "task_id"
    return known_of(project, view).order_by().values_list("task_id", column).query.sql_with_params()


def _checked(first: Source | Sql, checks: Sequence[Source], most: int) -> list[Sql]:
    """For each source the part that leaves, of the ids so far, those that it lets through."""
    expected = min(first.expected, most) if isinstance(first, Source) else most
    parts: list[Sql] = []
    for number, source in enumerate(checks, start=1):
        ids, given = (_left_by(number - 1), []) if number > 1 else (_TAKEN, [most])
        sql, values = source.among(ids, expected)
        parts.append((f"left_{number} (id) AS MATERIALIZED ({sql})", [*given, *values]))
    return parts


def _left_by(number: int) -> str:
    return f"ARRAY(SELECT id FROM left_{number})"  # noqa: S608 - a number of ours


def _beyond(view: View, *, down: bool) -> Sql:
    """That a row has the key and is beyond the cursor."""
    order, _ = view.sorting
    if view.cursor is None:
        return "key IS NOT NULL", []
    _, key, task_id = view.cursor
    start = [task_id if order.column is None else key, task_id]
    return f"(key, task_id) {'<' if down else '>'} (%s, %s)", start
