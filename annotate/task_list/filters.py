"""Which tasks a view lets through, as conditions on what is known of a task and on the item itself."""

from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotate.models import Annotation
from annotate.services.experts import waiting_for_experts
from annotate.task_list.views import View
from formats.strictjson import JsonProblem, loads, parse
from projects.models import Project, Task, TaskState, TaskSummary
from projects.sureness import at_least, at_most

# A limit that is never reached: the planner plans what stands inside for itself, from the index of the words,
# and cannot come to walk over all tasks because it believes that matches stand everywhere.
EVERY = 2**31


def states_of(view: View) -> tuple[str, ...]:
    """The states that the view shows; archived tasks only when they are asked for."""
    asked = view.state or tuple(state for state in TaskState.values if state != TaskState.ARCHIVED)
    return tuple(dict.fromkeys(asked))


def matching(project: Project, view: View) -> QuerySet[TaskSummary]:
    """The summaries of all tasks that the filters let through, in no order."""
    rows = filtered(TaskSummary.objects.filter(project=project, state__in=states_of(view)), project, view)
    return rows.filter(pk__in=items_of(project, view).values("pk")[:EVERY]) if asks_items(view) else rows


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
    if view.person is not None:
        rows = rows.filter(Exists(answers_of(project, view).filter(task=OuterRef("pk"))))
    if view.late:
        rows = rows.filter(pk__in=late_of(project).values("task"))
    if view.experts:
        rows = rows.filter(pk__in=waiting_for_experts(project.pk).values("pk"))
    return _narrowed(rows, view)


def known_of(project: Project, view: View) -> QuerySet[TaskSummary]:
    """The summaries that the view's states, class and figures let through."""
    return _narrowed(TaskSummary.objects.filter(project=project, state__in=states_of(view)), view)


def _narrowed(rows: QuerySet[TaskSummary], view: View) -> QuerySet[TaskSummary]:
    rows = rows.filter(ranges_of(view))
    return rows.filter(classes__contains=[view.class_name]) if view.class_name else rows


def late_of(project: Project) -> QuerySet[Annotation]:
    """Answers that came after the slot was given away."""
    return Annotation.objects.filter(project=project, is_extra=True, discarded_at__isnull=True)


def answers_of(project: Project, view: View) -> QuerySet[Annotation]:
    """What the person of the view answered."""
    return Annotation.objects.counted().filter(project=project, user=view.person)


def ranges_of(view: View) -> Q:
    """The ranges of figures."""
    found = Q()
    for name, limit in view.ranges.items():
        column, _, end = name.partition("_")
        if column == "probability":
            found &= at_least(limit) if end == "from" else at_most(limit)
        else:
            found &= Q((f"{column}__{'gte' if end == 'from' else 'lte'}", limit))
    return found


def expected(rows: QuerySet[Any, Any]) -> int:
    """How many rows the planner expects."""
    plan: Any = loads(rows.explain(format="json").encode())
    return int(plan[0]["Plan"]["Plan Rows"])


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
