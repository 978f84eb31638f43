"""Reads that several pages share."""

from collections.abc import Iterable

from django.db.models import Count

from projects.models import Project, TaskState, TaskSummary


def count_states(projects: Iterable[Project]) -> dict[int, dict[str, int]]:
    """Tasks per project and state, archived ones left out; one query for all projects given."""
    rows = (
        TaskSummary.objects.filter(project__in=[project.pk for project in projects])
        .exclude(state=TaskState.ARCHIVED)
        .values_list("project_id", "state")
        .annotate(n=Count("task_id"))
    )
    counts: dict[int, dict[str, int]] = {}
    for project_id, state, number in rows:
        counts.setdefault(project_id, {})[state] = number
    return counts
