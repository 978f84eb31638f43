"""Filters on the items themselves, where few match: found, counted and sorted in one statement.

The words are looked up once. What is known of the items is read by their ids, which come as one array: that
is the same plan before the database has statistics of what was imported a moment ago.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from annotate.task_list import counts
from annotate.task_list.filters import answers_of, filtered, items_of, states_of, without_items
from annotate.task_list.views import View
from projects.models import Project, TaskSummary

# Nothing of this is read when more were found than are counted.
_FEW = "ARRAY(SELECT id FROM matched WHERE (SELECT count(*) FROM matched) < %s)"
_AMONG = f'"projects_tasksummary"."task_id" = ANY({_FEW})'
STATEMENT = """
WITH matched (id) AS MATERIALIZED ({items}), shown (task_id, key) AS MATERIALIZED ({known})
SELECT counted.items, counted.shown, page.task_id, page.key
FROM (SELECT (SELECT count(*) FROM matched) AS items, (SELECT count(*) FROM shown) AS shown) AS counted
LEFT JOIN (
    SELECT task_id, key FROM shown WHERE {beyond} ORDER BY key {way}, task_id {way} LIMIT %s
) AS page ON true
ORDER BY page.key {way}, page.task_id {way}
"""


class Place(NamedTuple):
    """A row's id, and the key by which it is sorted."""

    task_id: int
    key: Any


@dataclass(frozen=True)
class Few:
    """How many match, and the next rows of the view."""

    count: int
    places: Sequence[Place]


def few_of(project: Project, view: View, wanted: int, *, down: bool, whose: bool = False) -> Few | None:
    """The next rows in order among all that match; None if more items match than are counted.

    ``whose``: of the items only those that the person answered. Both are read to the end if they hardly meet.
    """
    most = counts.COUNT_EXACTLY + 1
    asked = items_of(project, view)
    if whose:
        asked = asked.filter(pk__in=answers_of(project, view).values("task"))
    items = asked.order_by().values("pk")[:most].query
    known = TaskSummary.objects.filter(project=project, state__in=states_of(view))
    known = known.filter(RawSQL(_AMONG, [most], BooleanField()))  # noqa: S611 - a constant of ours
    column = view.sorting[0].column or "task_id"
    rows = filtered(known, project, without_items(view)).values_list("task_id", column).query
    (found, found_values), (shown, shown_values) = items.sql_with_params(), rows.sql_with_params()
    beyond, beyond_values = _beyond(view, down=down)
    statement = STATEMENT.format(  # of Django's making and of constants, values apart
        items=found, known=shown, beyond=beyond, way="DESC" if down else "ASC"
    )
    with connections[known.db].cursor() as cursor:
        cursor.execute(statement, [*found_values, *shown_values, *beyond_values, wanted])
        page = cursor.fetchall()
    in_all, count, *_ = page[0]
    if in_all == most:
        return None
    return Few(count, [Place(task_id, key) for _, _, task_id, key in page if task_id is not None])


def _beyond(view: View, *, down: bool) -> tuple[str, list[Any]]:
    """That a row has the key and is beyond the cursor."""
    order, _ = view.sorting
    if view.cursor is None:
        return "key IS NOT NULL", []
    _, key, task_id = view.cursor
    start = [task_id if order.column is None else key, task_id]
    return f"(key, task_id) {'<' if down else '>'} (%s, %s)", start
