"""Pages of the task list, each at the cost of a page: no matter how deep or how many match.

Rows come state by state, each from an index that has them in order, and are merged. A filter that no such
index knows is tried on the next ``LOOKED_AT`` rows in order first, then on ten times as many: enough for what
is frequent. What is not found there is rare, or stands together elsewhere: it comes from the filter's own
index (docs/adr/0009-lists-and-counters.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, F, OrderBy, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from annotate.models import Annotation
from annotate.task_list.views import View, cursor_at
from formats.strictjson import JsonProblem, parse
from projects.models import Project, Task, TaskState, TaskSummary

LOOKED_AT = 1_000
# A limit that is never reached: the planner plans what stands inside for itself, from the index of the words,
# and cannot come to walk over all tasks because it believes that matches stand everywhere.
EVERY = 2**31


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of the pages beside them."""

    tasks: Sequence[Task]
    next: str | None
    previous: str | None


class Place(NamedTuple):
    """A row's id, and the key by which it is sorted."""

    task_id: int
    key: Any


def states_of(view: View) -> tuple[str, ...]:
    """The states that the view shows; archived tasks only when they are asked for."""
    asked = view.state or tuple(state for state in TaskState.values if state != TaskState.ARCHIVED)
    return tuple(dict.fromkeys(asked))


def matching(project: Project, view: View) -> QuerySet[TaskSummary]:
    """The summaries of all tasks that the filters let through, in no order."""
    return _filtered(TaskSummary.objects.filter(project=project, state__in=states_of(view)), project, view)


def page_of(project: Project, view: View) -> Page:
    """One page of the view, in three queries at most."""
    order, _ = view.sorting
    backwards = view.cursor is not None and view.cursor[0] == "p"
    found = _places(project, view, down=_goes_down(view))
    more, found = len(found) > view.limit, found[: view.limit]
    if backwards:
        found.reverse()
    known = Task.objects.select_related("summary").in_bulk([place.task_id for place in found])
    tasks = [known[place.task_id] for place in found if place.task_id in known]
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


def _places(project: Project, view: View, *, down: bool) -> list[Place]:
    """The next rows of the view and one more, if there are so many."""
    wanted = view.limit + 1
    if not _needs_more_than_order(view):
        return _in_order(project, view, wanted, down=down)
    for look in (max(LOOKED_AT, 2 * wanted), max(10 * LOOKED_AT, 2 * wanted)):
        window = _in_order(project, view, look, down=down)
        kept = _kept(project, view, [place.task_id for place in window])
        found = [place for place in window if place.task_id in kept]
        if len(found) >= wanted or len(window) < look:
            return found[:wanted]
    return _from_filters(project, view, wanted, down=down)


def _kept(project: Project, view: View, ids: Sequence[int]) -> set[int]:
    """Those of these few tasks that the filters let through."""
    if asks_items(view):
        ids = list(items_of(project, view).filter(pk__in=ids).values_list("pk", flat=True))
        view = replace(view, meta=(), q="")
    if not view.searches:
        return set(ids)
    rows = TaskSummary.objects.filter(pk__in=ids)
    return set(_filtered(rows, project, view).values_list("pk", flat=True))


def _needs_more_than_order(view: View) -> bool:
    """Whether a filter is set that the index of the order does not know."""
    column = view.sorting[0].column
    others = [name for name in view.ranges if name.partition("_")[0] != column]
    return replace(view, state=(), ranges=dict.fromkeys(others, 0.0)).is_narrowed


def _in_order(project: Project, view: View, count: int, *, down: bool) -> list[Place]:
    """The next rows in order: a few of each state, merged. Of the filters only states and the key's range."""
    column = view.sorting[0].column
    ranges = _ranges(view, only=column)
    each = [
        _from_cursor(TaskSummary.objects.filter(ranges, project=project, state=state), view, down=down)
        .order_by(*_signed(view, down=down))
        .values_list("task_id", *([column] if column else []))[:count]
        for state in states_of(view)
    ]
    if len(each) == 1:
        return _read(each[0])
    return _read(each[0].union(*each[1:], all=True).order_by(*_signed(view, down=down))[:count])


def _from_filters(project: Project, view: View, count: int, *, down: bool) -> list[Place]:
    """The next rows among all that match. The order is hidden (``+ 0``): the planner must not walk it."""
    order, _ = view.sorting
    if order.column is None and asks_items(view):
        return _from_items(project, view, count, down=down)
    rows = _from_cursor(matching(project, view), view, down=down)
    nothing = Value(timedelta(0) if order.is_time else 0)
    hidden = [OrderBy(F(name) + nothing, descending=down) for name in [order.column] if name]
    by_id = OrderBy(F("task_id") + Value(0), descending=down)
    names = [order.column] if order.column else []
    return _read(rows.order_by(*hidden, by_id).values_list("task_id", *names)[:count])


def _from_items(project: Project, view: View, count: int, *, down: bool) -> list[Place]:
    """The same in import order: items first, and what is known of each only for as many as it takes."""
    found: list[Place] = []
    look, last = 4 * count, view.cursor[2] if view.cursor else None
    while True:
        items = items_of(project, view)
        if last is not None:
            items = items.filter(**{f"pk__{'lt' if down else 'gt'}": last})
        ordered = items.order_by(OrderBy(F("pk") + Value(0), descending=down))
        ids = list(ordered.values_list("pk", flat=True)[:look])
        shown = matching(project, replace(view, meta=(), q="")).filter(pk__in=ids)
        kept = set(shown.values_list("pk", flat=True))
        found += [Place(pk, None) for pk in ids if pk in kept]
        if len(found) >= count or len(ids) < look:
            return found[:count]
        look, last = 10 * look, ids[-1]


def _read(rows: Iterable[tuple[Any, ...]]) -> list[Place]:
    return [Place(row[0], row[1] if len(row) > 1 else None) for row in rows]


def _signed(view: View, *, down: bool) -> list[str]:
    column = view.sorting[0].column
    return [f"-{name}" if down else name for name in (column, "task_id") if name]


def _filtered(rows: QuerySet[TaskSummary], project: Project, view: View) -> QuerySet[TaskSummary]:
    """All filters but the states."""
    rows = rows.filter(_ranges(view))
    if view.person is not None:
        answers = Annotation.objects.counted().filter(task=OuterRef("pk"), project=project, user=view.person)
        rows = rows.filter(Exists(answers))
    if view.late:
        late = Annotation.objects.filter(project=project, is_extra=True, discarded_at__isnull=True)
        rows = rows.filter(pk__in=late.values("task"))
    if view.class_name:
        rows = rows.filter(classes__contains=[view.class_name])
    if asks_items(view):
        rows = rows.filter(pk__in=items_of(project, view).values("pk")[:EVERY])
    return rows


def asks_items(view: View) -> bool:
    """Whether a filter asks the items themselves: their words, their metadata."""
    return bool(view.meta or view.q)


def items_of(project: Project, view: View) -> QuerySet[Task]:
    """The items with these words and metadata."""
    items = Task.objects.filter(project=project)
    for key, value in view.meta:
        items = items.filter(_meta(key, value))
    return items.matching(view.q) if view.q else items


def _ranges(view: View, *, only: str | None = "") -> Q:
    """The ranges of figures, or those of one column alone."""
    found = Q()
    for name, limit in view.ranges.items():
        column, _, end = name.partition("_")
        if only in ("", column):
            found &= Q((f"{column}__{'gte' if end == 'from' else 'lte'}", limit))
    return found


def _meta(key: str, value: str) -> Q:
    """Metadata by containment, which its index serves: as text, and as the number or truth it may be."""
    condition = Q(meta__contains={key: value})
    try:
        other = parse(value)
    except JsonProblem:
        return condition
    if isinstance(other, str | dict | list):
        return condition
    return condition | Q(meta__contains={key: other})


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
