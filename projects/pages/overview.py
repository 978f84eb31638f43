"""A project at a glance: how far, what needs somebody, what is next."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from projects.access import Capability, ProjectAccess, access_project
from projects.attention import attention
from projects.models import Job, JobState, ProjectState, TaskState
from projects.queries import count_states
from projects.shell import shell

# In the order in which a task goes through them; the tone says which need somebody.
STATES = (
    (TaskState.OPEN, "Open", "neutral"),
    (TaskState.ANSWERED, "Answered", "good"),
    (TaskState.REVIEW, "In review", "neutral"),
    (TaskState.REWORK, "In rework", "warn"),
    (TaskState.BLOCKED, "Blocked", "bad"),
    (TaskState.DONE, "Done", "good"),
)
JOBS_SHOWN = 5


@page
def overview(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Figures for those who may see them; for annotators the way to their work."""
    access = access_project(request, project_id)
    return from_replica(lambda: _show(request, access))


def _show(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    more = _figures(access) if access.can(Capability.SEE_TASKS) else {}
    return render(request, "projects/overview.html", shell(access, "overview", **more))


def _figures(access: ProjectAccess) -> dict[str, Any]:
    project = access.project
    counts = count_states([project]).get(project.pk, {})
    total = sum(counts.values())
    finished = sum(counts.get(state, 0) for state in (TaskState.ANSWERED, TaskState.REVIEW, TaskState.DONE))
    return {
        "total": total,
        "finished": finished,
        "states": [
            {
                "name": name,
                "count": counts.get(state, 0),
                "tone": tone if counts.get(state) else "neutral",
                "url": f"{_url('task-list', access)}?state={state}",
            }
            for state, name, tone in STATES
        ],
        "needs": attention({project.pk: access.rights}, access.user).get(project.pk, []),
        "steps": _steps(access, total),
        "jobs": _jobs(access),
    }


def _steps(access: ProjectAccess, total: int) -> list[dict[str, Any]]:
    """What is left to do before people can start; empty once they can."""
    project = access.project
    if not access.can(Capability.CONFIGURE) or (total and project.state != ProjectState.DRAFT):
        return []
    has_guideline = project.guideline is not None and bool(project.guideline.body.strip())
    return [
        {"text": "Import data", "done": total > 0, "url": _url("import", access)},
        {
            "text": "Say what can be answered",
            "done": project.ontology is not None and bool(project.ontology.definition["fields"]),
            "url": _url("ontology", access),
        },
        {"text": "Write the guideline", "done": has_guideline, "url": _url("guideline", access)},
        {"text": "Add people", "done": project.memberships.count() > 1, "url": _url("people", access)},
        {
            "text": "Launch",
            "done": project.state != ProjectState.DRAFT,
            "url": _url("project-settings", access),
        },
    ]


def _jobs(access: ProjectAccess) -> list[Job]:
    recent = access.project.jobs.exclude(state=JobState.DONE).order_by("-pk")
    return list(recent[:JOBS_SHOWN])


def _url(route: str, access: ProjectAccess) -> str:
    return reverse(route, kwargs={"project_id": access.project.pk})
