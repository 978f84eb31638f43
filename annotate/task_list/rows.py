"""Pages of the task list, each at the cost of a page: no matter how deep or how many match.

Rows come state by state, each from an index that has them in order, and are merged. Filters that no such
index knows are met from the one that lets the fewest through, if these are no more than ``MOST_READ``. What
is more frequent is tried on the next rows in order first (docs/adr/0009-lists-and-counters.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connections

from annotate.task_list import counts
from annotate.task_list.counts import Count, count_of, estimate_of
from annotate.task_list.filters import EVERY, asks_items, matching
from annotate.task_list.items import tasks_of
from annotate.task_list.meet import Place, meet
from annotate.task_list.order import in_order
from annotate.task_list.sources import Source, Work, sources_of
from annotate.task_list.views import View, cursor_at
from projects.models import Project, Task, TaskSummary

LOOKED_AT = 1_000
SURELY_MORE = 4  # times what is counted: where that many are expected, nobody tries whether they are few


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of the pages beside them."""

    tasks: Sequence[Task]
    next: str | None
    previous: str | None


def listed(project: Project, view: View) -> tuple[Page, Count]:
    """One page of the view, and how many tasks it has in all."""
    down = _goes_down(view)
    if _needs_more_than_order(view):
        places, count = _found(project, view, down=down)
        if view.cursor is None and len(places) <= view.limit and not view.sorting[0].optional:
            count = Count(len(places), exact=True)  # all that there are, whatever was expected
    else:
        count, places = count_of(project, view), _ordered(project, view, view.limit + 1, down=down)
    return _page_of(view, places), count


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


def _needs_more_than_order(view: View) -> bool:
    """Whether a filter is set that the index of the order does not know."""
    figure = view.sorting[0].ranged
    others = [name for name in view.ranges if name.partition("_")[0] != figure]
    return replace(view, state=(), ranges=dict.fromkeys(others, 0.0)).is_narrowed


def _ordered(project: Project, view: View, count: int, *, down: bool) -> list[Place]:
    """The next rows in order, whatever the filters that the order's index does not know."""
    with connections[TaskSummary.objects.all().db].cursor() as cursor:
        cursor.execute(*in_order(project, view, count, down=down))
        return _read(cursor.fetchall())


def _found(project: Project, view: View, *, down: bool) -> tuple[Sequence[Place], Count]:
    """The next rows of a view that the order's index does not know, and one more, if there are so many."""
    first, *others = sources = sources_of(project, view)
    if first.expected <= SURELY_MORE * counts.COUNT_EXACTLY:
        few = meet(project, view, first, others, counts.COUNT_EXACTLY, down=down)
        if few.read <= counts.COUNT_EXACTLY:
            return few.places, Count(few.count, exact=True)
    is_bounded = first.expected <= counts.MOST_READ
    # There are more than are counted, unless the person's were all put into the archive.
    is_large = not others and not isinstance(first, Work)
    if asks_items(view) or is_large or not is_bounded:
        near = _ahead(project, view, sources, (LOOKED_AT, 10 * LOOKED_AT), down=down)
        if near is not None:
            return near, _guess(project, view, sources)
    if is_bounded:
        many = meet(project, view, first, others, counts.MOST_READ, down=down, counted=not is_large)
        if many.read <= counts.MOST_READ:
            exact = Count(many.count, exact=True)
            return many.places, _guess(project, view, sources) if is_large else exact
    far = _ahead(project, view, sources, (100 * LOOKED_AT,), down=down)
    if far is not None:
        return far, _guess(project, view, sources)
    whole = meet(project, view, first, others, EVERY, down=down)
    return whole.places, Count(whole.count, exact=True)


def _ahead(
    project: Project, view: View, sources: Sequence[Source], looks: Sequence[int], *, down: bool
) -> Sequence[Place] | None:
    """The page, if the filters let enough of the next rows in order through."""
    for look in [max(look, 2 * view.limit + 2) for look in looks]:
        window = in_order(project, view, look, down=down)
        met = meet(project, view, window, sources, look, down=down, counted=False)
        if len(met.places) > view.limit or met.read < look:
            return met.places
        if not met.places:  # many match, and none of these: they stand together
            break
    return None


def _guess(project: Project, view: View, sources: Sequence[Source]) -> Count:
    """How many match where the first source holds more than are counted."""
    if len(sources) > 1 or isinstance(sources[0], Work):
        return estimate_of(project, view) if asks_items(view) else count_of(project, view)
    return Count(max(counts.COUNT_EXACTLY + 1, sources[0].expected), exact=False)


def _read(rows: Iterable[tuple[Any, ...]]) -> list[Place]:
    return [Place(row[0], row[1] if len(row) > 1 else None) for row in rows]
