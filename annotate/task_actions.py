"""What can be done to many tasks at once, each with the way back where there is one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.errors import DomainError, FieldError
from accounts.models import User
from annotate.models import QueueEntry
from annotate.services.experts import give_to_everybody, give_to_experts, has_experts
from annotate.services.ranking import prioritize
from annotate.services.slots import archive, requeue, restore, send_to_review
from annotate.task_list import View, ids_after, read_view
from projects.jobs import JobContext, job_handler
from projects.models import Project, Task, TaskState, TaskSummary

KIND = "task_action"
MOST_AT_ONCE = 1_000
PRIORITIES = range(-100, 101)


@dataclass(frozen=True)
class Outcome:
    """How many tasks were changed, and the requests that take it back (empty: it cannot be)."""

    changed: int
    undo: list[dict[str, Any]] = field(default_factory=list)


Act = Callable[[Project, list[int], User | None, int], Outcome]
_actions: dict[str, Act] = {}


def register_task_action(name: str, act: Act) -> None:
    """Let a floor above add an action (marking tasks as gold, say). Called once at start-up."""
    _actions[name] = act


def action_names() -> list[str]:
    """All actions there are."""
    return sorted(_actions)


def check_action(name: str, value: int) -> None:
    """Raise DomainError for an unknown action or a value out of range."""
    if name not in _actions:
        raise DomainError(
            "No such action.", fields=[FieldError("action", f"one of {', '.join(action_names())}")]
        )
    if value not in PRIORITIES:
        raise DomainError("Out of range.", fields=[FieldError("value", "from -100 to 100")])


@transaction.atomic
def act_on(
    *,
    project: Project,
    action: str,
    task_ids: Sequence[int],
    by: User | None,
    value: int = 0,
) -> Outcome:
    """Do one thing to these tasks of the project. Raises DomainError, and does nothing, if one is missing."""
    check_action(action, value)
    ids = sorted(set(task_ids))
    if len(ids) > MOST_AT_ONCE:
        raise DomainError(
            "Too many.", fields=[FieldError("tasks", f"at most {MOST_AT_ONCE:,}: use a filter")]
        )
    if Task.objects.filter(project=project, pk__in=ids).count() != len(ids):
        raise DomainError("Some tasks are not in this project.", fields=[FieldError("tasks", "not found")])
    outcome = _actions[action](project, ids, by, value)
    record(
        organization=project.organization_id,
        actor=by,
        verb=f"tasks.{action}",
        subject=f"{outcome.changed} tasks",
        project_id=project.pk,
        tasks=ids[:100],
        value=value,
    )
    return outcome


@job_handler(KIND)
def run_task_action(context: JobContext) -> dict[str, Any]:
    """Do something to all tasks that a filter matches, a thousand at a time; survives a killed worker."""
    params, cursor = context.params, context.cursor
    view: View = read_view(params["filter"])
    after, changed = int(cursor.get("after", 0)), int(cursor.get("changed", 0))
    done = context.job.done
    while ids := ids_after(context.project, view, after, MOST_AT_ONCE):
        with transaction.atomic():
            outcome = act_on(
                project=context.project,
                action=params["action"],
                task_ids=ids,
                by=context.job.created_by,
                value=params["value"],
            )
            after, changed, done = ids[-1], changed + outcome.changed, done + len(ids)
            context.progress(done, after=after, changed=changed)
        context.let_others()
    return {"changed": changed, "action": params["action"]}


def _prioritize(project: Project, ids: list[int], by: User | None, value: int) -> Outcome:
    groups: dict[int, list[int]] = {}
    rows = TaskSummary.objects.filter(project=project, task__in=ids).order_by("task_id")
    for task_id, old in rows.values_list("task_id", "priority"):
        groups.setdefault(old, []).append(task_id)
    prioritize(project_id=project.pk, task_ids=ids, priority=value)
    return Outcome(len(ids), [_request("prioritize", tasks, old) for old, tasks in groups.items()])


def _archive(project: Project, ids: list[int], by: User | None, value: int) -> Outcome:
    rows = TaskSummary.objects.filter(project=project, task__in=ids).exclude(state=TaskState.ARCHIVED)
    affected = sorted(rows.values_list("task_id", flat=True))
    changed = archive(project_id=project.pk, task_ids=affected)
    return Outcome(changed, [_request("restore", affected)] if affected else [])


def _restore(project: Project, ids: list[int], by: User | None, value: int) -> Outcome:
    rows = TaskSummary.objects.filter(project=project, task__in=ids, state=TaskState.ARCHIVED)
    affected = sorted(rows.values_list("task_id", flat=True))
    changed = restore(project_id=project.pk, task_ids=affected)
    return Outcome(changed, [_request("archive", affected)] if affected else [])


def _review(project: Project, ids: list[int], by: User | None, value: int) -> Outcome:
    return Outcome(send_to_review(project_id=project.pk, task_ids=ids))


def _requeue(project: Project, ids: list[int], by: User | None, value: int) -> Outcome:
    return Outcome(requeue(project_id=project.pk, task_ids=ids, more=max(1, min(value, 10))))


def _to_experts(project: Project, ids: list[int], by: User | None, value: int) -> Outcome:
    if not has_experts(project.pk):
        raise DomainError("Nobody here is an expert: make somebody one on the page of people.")
    kept = QueueEntry.objects.filter(project=project, pk__in=ids, for_experts=True)
    before = set(kept.values_list("pk", flat=True))
    changed = give_to_experts(project_id=project.pk, task_ids=ids)
    new = sorted(set(kept.values_list("pk", flat=True)) - before)
    return Outcome(changed, [_request("everybody", new)] if new else [])


def _to_everybody(project: Project, ids: list[int], by: User | None, value: int) -> Outcome:
    kept = QueueEntry.objects.filter(project=project, pk__in=ids, for_experts=True)
    affected = sorted(kept.values_list("pk", flat=True))
    changed = give_to_everybody(project=project, task_ids=affected)
    return Outcome(changed, [_request("experts", affected)] if affected else [])


def _request(action: str, tasks: list[int], value: int = 0) -> dict[str, Any]:
    return {"action": action, "tasks": [str(task) for task in tasks], "value": value}


register_task_action("prioritize", _prioritize)
register_task_action("archive", _archive)
register_task_action("restore", _restore)
register_task_action("review", _review)
register_task_action("requeue", _requeue)
register_task_action("experts", _to_experts)
register_task_action("everybody", _to_everybody)
