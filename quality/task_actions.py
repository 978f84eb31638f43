"""What this floor adds to the bulk actions of the task list: gold from final answers, and the way back."""

from accounts.errors import DomainError, FieldError
from accounts.models import User
from annotate.task_actions import Outcome, register_task_action
from projects.models import Project, TaskSummary
from quality.models import GoldItem
from quality.services.gold import GoldInput, make_many
from quality.services.retiring import retire


def register() -> None:
    """Plug both in, once at start-up."""
    register_task_action("gold", mark_as_gold)
    register_task_action("ungold", unmark)


def mark_as_gold(project: Project, ids: list[int], by: User | None, value: int) -> Outcome:
    """Make the final answers of these tasks their gold answers; tasks that have none stay as they are.

    Raises DomainError if none of them could be made gold.
    """
    known = GoldItem.objects.filter(project=project, retired_at__isnull=True).values("task")
    rows = TaskSummary.objects.filter(project=project, task__in=ids, value__isnull=False)
    items = [
        GoldInput(task, [answer])
        for task, answer in rows.exclude(task__in=known).order_by("task_id").values_list("task_id", "value")
    ]
    problems = {index for index, _ in make_many(project=project, items=items, by=by)}
    made = [str(item.task) for index, item in enumerate(items) if index not in problems]
    if not made:
        words = "have no final answer that the ontology allows, or are gold already"
        raise DomainError("None of these tasks can be made gold.", fields=[FieldError("tasks", words)])
    return Outcome(len(made), [{"action": "ungold", "tasks": made, "value": 0}])


def unmark(project: Project, ids: list[int], by: User | None, value: int) -> Outcome:
    """Take tasks out of the gold pool; their grades stay."""
    if by is None:
        return Outcome(0)
    rows = GoldItem.objects.filter(project=project, task__in=ids, retired_at__isnull=True)
    found = list(rows.select_related("project"))
    for gold in found:
        retire(gold=gold, by=by)
    return Outcome(len(found))
