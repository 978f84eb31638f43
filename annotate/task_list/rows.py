"""Pages of the task list, each at the cost of a page: no matter how deep or how many match.

Rows come state by state, each from an index that has them in order, and are merged. A filter that no such
index knows is tried on the next ``LOOKED_AT`` rows in order first, then, if some match, on ten times
as many: enough for what is frequent. What is not found there stands together elsewhere: it comes from the
filter's own index (docs/adr/0009-lists-and-counters.md), as what the count has found to be rare does at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import connections
from django.db.models import BooleanField, F, OrderBy, QuerySet, Value
from django.db.models.expressions import RawSQL

from annotate.task_list.counts import Count, count_of
from annotate.task_list.few import Place, few_of
from annotate.task_list.filters import (
    SUMMARY,
    TASK,
    among,
    asks_items,
    filtered,
    items_of,
    kept,
    matching,
    states_of,
    without_items,
)
from annotate.task_list.items import tasks_of
from annotate.task_list.views import View, cursor_at
from projects.models import Project, Task, TaskSummary

LOOKED_AT = 1_000
# That a task is among those of the statement's ``found``, which stand between its ends.
_FOUND = """
"projects_tasksummary"."task_id" IN (SELECT id FROM found)
AND "projects_tasksummary"."task_id" BETWEEN (SELECT min(id) FROM found) AND (SELECT max(id) FROM found)
"""
_IS_FOUND = RawSQL(_FOUND, [], BooleanField())  # noqa: S611 - names of our own


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of the pages beside them."""

    tasks: Sequence[Task]
    next: str | None
    previous: str | None


def listed(project: Project, view: View) -> tuple[Page, Count]:
    """One page of the view, and how many tasks it has in all."""
    down = _goes_down(view)
    is_large = False
    if asks_items(view):
        few = few_of(project, view, view.limit + 1, down=down)
        if few is not None:
            return _page_of(view, few.places), Count(few.count, exact=True)
        is_large = True
    count = count_of(project, view, is_large=is_large)
    return _page_of(view, _places(project, view, count, down=down)), count


def _page_of(view: View, places: Sequence[Place]) -> Page:
    """The page that these are, and one more if there are so many."""
    order, _ = view.sorting
    backwards = view.cursor is not None and view.cursor[0] == "p"
    more, found = len(places) > view.limit, list(places[: view.limit])
    if backwards:
        found.reverse()
    tasks = tasks_of([place.task_id for place in found])
    return Page(
        tasks,
        next=cursor_at("n", order, tasks[-1]) if tasks and (more or backwards) else None,
        previous=cursor_at("p", order, tasks[0]) if tasks and (more if backwards else view.cursor) else None,
    )


def ids_after(project: Project, view: View, after: int, limit: int) -> list[int]:
    """Ids of matching tasks in import order, for going through all of them."""
    rows = matching(project, view).filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def _goes_down(view: View) -> bool:
    """Whether keys fall in the direction in which the view is read."""
    backwards = view.cursor is not None and view.cursor[0] == "p"
    return view.sorting[1] != backwards


def _places(project: Project, view: View, count: Count, *, down: bool) -> list[Place]:
    """The next rows of the view and one more, if there are so many."""
    wanted = view.limit + 1
    if not _needs_more_than_order(view):
        return _in_order(project, view, wanted, down=down)
    if count.exact:  # then they are few, and counting them has just read them all
        return _from_filters(project, view, count, down=down) if count.number else []
    for look in (max(LOOKED_AT, 2 * wanted), max(10 * LOOKED_AT, 2 * wanted)):
        window = _in_order(project, view, look, down=down)
        let_through = kept(project, view, [place.task_id for place in window])
        found = [place for place in window if place.task_id in let_through]
        if len(found) >= wanted or len(window) < look:
            return found[:wanted]
        if not found:  # many match, and none of a thousand: they stand together
            break
    if asks_items(view) and view.person is not None:
        few = few_of(project, view, wanted, down=down, whose=True)
        if few is not None:
            return list(few.places)
    return _from_filters(project, view, count, down=down)


def _needs_more_than_order(view: View) -> bool:
    """Whether a filter is set that the index of the order does not know."""
    column = view.sorting[0].column
    others = [name for name in view.ranges if name.partition("_")[0] != column]
    return replace(view, state=(), ranges=dict.fromkeys(others, 0.0)).is_narrowed


def _in_order(project: Project, view: View, count: int, *, down: bool) -> list[Place]:
    """The next rows in order: a few of each state, merged. Of the filters only states and the key's range."""
    column = view.sorting[0].column
    conditions, values = ["project_id = %(project)s", "state = %(state_{0})s"], dict[str, Any]()
    for name, limit in view.ranges.items():
        key, _, end = name.partition("_")
        if key == column:
            conditions.append(f"{key} {'>=' if end == 'from' else '<='} %({name})s")
            values[name] = limit
    if view.sorting[0].optional:
        conditions.append(f"{column} IS NOT NULL")
    keys = [column, "task_id"] if column else ["task_id"]
    if view.cursor is not None:
        sign, given = "<" if down else ">", [f"%({name}_after)s" for name in keys]
        conditions.append(f"({', '.join(keys)}) {sign} ({', '.join(given)})")
        values |= dict(zip((f"{name}_after" for name in keys), view.cursor[-len(keys) :], strict=True))
    states = {f"state_{number}": state for number, state in enumerate(states_of(view))}
    order = ", ".join(f"{name} {'DESC' if down else 'ASC'}" for name in keys)
    part = f"""SELECT {", ".join(reversed(keys))} FROM projects_tasksummary
        WHERE {" AND ".join(conditions)} ORDER BY {order} LIMIT %(count)s"""  # noqa: S608 - names of ours
    union = " UNION ALL ".join(f"({part.format(number)})" for number in range(len(states)))
    statement = f"SELECT * FROM ({union}) AS found ORDER BY {order} LIMIT %(count)s"  # noqa: S608
    with connections[TaskSummary.objects.all().db].cursor() as cursor:
        cursor.execute(statement, values | states | {"project": project.pk, "count": count})
        return _read(cursor.fetchall())


def _from_filters(project: Project, view: View, count: Count, *, down: bool) -> list[Place]:
    """The next rows among all that match. The order is hidden (``+ 0``): the planner must not walk it."""
    wanted, (order, _) = view.limit + 1, view.sorting
    found = None
    if asks_items(view) and not count.exact:
        if _needs_more_than_order(without_items(view)):
            found = _from_known(project, view, wanted, down=down)
        elif order.column is None:
            found = _from_first_items(project, view, wanted, down=down)
    if found is not None:
        return found
    if asks_items(view) and count.is_known_to_be_large:
        return _from_many_items(project, view, wanted, down=down)
    return _read(_hidden_order(matching(project, view), view, wanted, down=down))


def _hidden_order(rows: QuerySet[TaskSummary], view: View, count: int, *, down: bool) -> QuerySet[Any, Any]:
    order, _ = view.sorting
    nothing = Value(timedelta(0) if order.is_time else 0)
    hidden = [OrderBy(F(name) + nothing, descending=down) for name in [order.column] if name]
    by_id = OrderBy(F("task_id") + Value(0), descending=down)
    names = [order.column] if order.column else []
    found = _from_cursor(rows, view, down=down).order_by(*hidden, by_id)
    return found.values_list("task_id", *names)[:count]


def _from_many_items(project: Project, view: View, count: int, *, down: bool) -> list[Place]:
    """The same where more items match than are counted: what is known of them is read as one stretch.

    The planner would take them to stand anywhere, and look at all rows that have the key.
    """
    items = items_of(project, view).order_by().values("pk").query
    shown = without_items(view)
    known = TaskSummary.objects.filter(project=project, state__in=states_of(view)).filter(_IS_FOUND)
    rows = _hidden_order(filtered(known, project, shown), view, count, down=down)
    (inner, inner_values), (outer, outer_values) = items.sql_with_params(), rows.query.sql_with_params()
    statement = f"WITH found (id) AS MATERIALIZED ({inner}) {outer}"  # of Django's making, values apart
    with connections[rows.db].cursor() as cursor:
        cursor.execute(statement, [*inner_values, *outer_values])
        return _read(cursor.fetchall())


def _from_known(project: Project, view: View, count: int, *, down: bool) -> list[Place] | None:
    """The same among the first of those that what is known lets through; None if their items do not do."""
    rows = _hidden_order(matching(project, without_items(view)), view, 10 * LOOKED_AT, down=down)
    known, found = _read(rows), list[Place]()
    for part in (known[:LOOKED_AT], known[LOOKED_AT:]):
        items = items_of(project, view).filter(among(TASK, [place.task_id for place in part]))
        let_through = set(items.values_list("pk", flat=True))
        found += [place for place in part if place.task_id in let_through]
        if len(found) >= count or len(known) < LOOKED_AT:
            return found[:count]
        if not found:  # see above
            break
    return found if found and len(known) < 10 * LOOKED_AT else None


def _from_first_items(project: Project, view: View, count: int, *, down: bool) -> list[Place] | None:
    """The same in import order among the first few items alone; None if the view shows too few of these."""
    look, items = 4 * count, items_of(project, view)
    if view.cursor is not None:
        items = items.filter(**{f"pk__{'lt' if down else 'gt'}": view.cursor[2]})
    ordered = items.order_by(OrderBy(F("pk") + Value(0), descending=down))
    ids = list(ordered.values_list("pk", flat=True)[:look])
    shown = matching(project, without_items(view)).filter(among(SUMMARY, ids))
    let_through = set(shown.values_list("pk", flat=True))
    found = [Place(pk, None) for pk in ids if pk in let_through][:count]
    return found if len(found) == count or len(ids) < look else None


def _read(rows: Iterable[tuple[Any, ...]]) -> list[Place]:
    return [Place(row[0], row[1] if len(row) > 1 else None) for row in rows]


def _signed(view: View, *, down: bool) -> list[str]:
    column = view.sorting[0].column
    return [f"-{name}" if down else name for name in (column, "task_id") if name]


def _from_cursor(rows: QuerySet[TaskSummary], view: View, *, down: bool) -> QuerySet[TaskSummary]:
    """Rows that have the key, beyond the cursor: one comparison of rows, at which an index can begin."""
    order, _ = view.sorting
    if order.optional:
        rows = rows.filter(**{f"{order.column}__isnull": False})
    if view.cursor is None:
        return rows
    _, key, task_id = view.cursor
    sign, table = "<" if down else ">", TaskSummary._meta.db_table
    if order.column is None:
        return rows.filter(**{f"task_id__{'lt' if down else 'gt'}": task_id})
    columns = f"({table}.{order.column}, {table}.task_id)"
    return rows.filter(RawSQL(f"{columns} {sign} (%s, %s)", [key, task_id], BooleanField()))  # noqa: S611
