"""Which tasks a view lets through, as conditions on what is known of a task and on the item itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from annotate.models import Annotation
from annotate.task_list.views import View
from formats.strictjson import JsonProblem, parse
from projects.models import Project, Task, TaskState, TaskSummary

# A limit that is never reached: the planner plans what stands inside for itself, from the index of the words,
# and cannot come to walk over all tasks because it believes that matches stand everywhere.
EVERY = 2**31
TASK = "projects_task.id = ANY(%s::bigint[])"
SUMMARY = "projects_tasksummary.task_id = ANY(%s::bigint[])"


def states_of(view: View) -> tuple[str, ...]:
    """The states that the view shows; archived tasks only when they are asked for."""
    asked = view.state or tuple(state for state in TaskState.values if state != TaskState.ARCHIVED)
    return tuple(dict.fromkeys(asked))


def matching(project: Project, view: View) -> QuerySet[TaskSummary]:
    """The summaries of all tasks that the filters let through, in no order."""
    rows = filtered(TaskSummary.objects.filter(project=project, state__in=states_of(view)), project, view)
    return rows.filter(pk__in=items_of(project, view).values("pk")[:EVERY]) if asks_items(view) else rows


def kept(project: Project, view: View, ids: Sequence[int]) -> set[int]:
    """Those of these tasks, which are of states that the view shows, that all its filters let through."""
    if asks_items(view):
        ids = list(items_of(project, view).filter(among(TASK, ids)).values_list("pk", flat=True))
    if not without_items(view).searches:
        return set(ids)
    rows = filtered(TaskSummary.objects.filter(among(SUMMARY, ids)), project, view)
    return set(rows.values_list("pk", flat=True))


def asks_items(view: View) -> bool:
    """Whether a filter asks the items themselves: their words, their metadata."""
    return bool(view.meta or view.q)


def without_items(view: View) -> View:
    """The view without what it asks the items themselves."""
    return replace(view, meta=(), q="")


def items_of(project: Project, view: View) -> QuerySet[Task]:
    """The items with these words and metadata."""
    items = Task.objects.filter(project=project)
    for key, value in view.meta:
        items = items.filter(_meta(key, value))
    return items.matching(view.q) if view.q else items


def filtered(rows: QuerySet[TaskSummary], project: Project, view: View) -> QuerySet[TaskSummary]:
    """All filters but the states and what is asked of the items."""
    rows = rows.filter(ranges_of(view))
    if view.person is not None:
        rows = rows.filter(Exists(answers_of(project, view).filter(task=OuterRef("pk"))))
    if view.late:
        late = Annotation.objects.filter(project=project, is_extra=True, discarded_at__isnull=True)
        rows = rows.filter(pk__in=late.values("task"))
    if view.class_name:
        rows = rows.filter(classes__contains=[view.class_name])
    return rows


def answers_of(project: Project, view: View) -> QuerySet[Annotation]:
    """What the person of the view answered."""
    return Annotation.objects.counted().filter(project=project, user=view.person)


def ranges_of(view: View, *, only: str | None = "") -> Q:
    """The ranges of figures, or those of one column alone."""
    found = Q()
    for name, limit in view.ranges.items():
        column, _, end = name.partition("_")
        if only in ("", column):
            found &= Q((f"{column}__{'gte' if end == 'from' else 'lte'}", limit))
    return found


def among(key: str, ids: Sequence[int]) -> RawSQL:
    """That ``TASK`` or ``SUMMARY`` is one of these: as one array, far cheaper to read than many numbers."""
    return RawSQL(key, [f"{{{','.join(map(str, ids))}}}"], BooleanField())  # noqa: S611 - a constant of ours


def _meta(key: str, value: str) -> Q:
    """Metadata by containment, which its index serves: as text, and as the number or truth it may be."""
    condition = Q(meta__contains={key: value})
    try:
        other: Any = parse(value)
    except JsonProblem:
        return condition
    if isinstance(other, str | dict | list):
        return condition
    return condition | Q(meta__contains={key: other})
