"""The first page: one line per project."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import signed_in
from accounts.models import OrganizationRole, User
from accounts.page_tools import SignedInRequest, page
from projects.access import ROLE_CAPABILITIES, Capability, projects_of
from projects.models import Project, ProjectState, Role
from projects.queries import count_states, daily_answers

MOST = 200
TONES = {
    ProjectState.DRAFT: "neutral",
    ProjectState.LIVE: "good",
    ProjectState.PAUSED: "warn",
    ProjectState.ARCHIVED: "neutral",
}


@page
def home(request: SignedInRequest) -> HttpResponse:
    """The projects of this person, in all their organizations; figures only where their role may see them."""
    user = signed_in(request)
    projects = list(projects_of(request).select_related("organization").order_by("-created_at")[:MOST])
    roles = _roles(user)
    seen = [project for project in projects if _may_count(roles, project)]
    counts, days = count_states(seen), daily_answers(seen)
    rows = [
        _row(project, counts.get(project.pk, {}), days.get(project.pk, []), counted=project in seen)
        for project in projects
    ]
    owned = user.organization_memberships.filter(role=OrganizationRole.OWNER).select_related("organization")
    context = {"rows": rows, "owned": owned, "any_counted": bool(seen)}
    return render(request, "projects/home.html", context)


def _roles(user: User) -> dict[str, dict[int, str]]:
    """The person's role by project, and which organizations they own."""
    return {
        "project": dict(user.project_memberships.values_list("project_id", "role")),
        "owned": dict(
            user.organization_memberships.filter(role=OrganizationRole.OWNER).values_list(
                "organization_id", "role"
            )
        ),
    }


def _may_count(roles: dict[str, dict[int, str]], project: Project) -> bool:
    """Annotators must not learn what others have done; everybody else may."""
    role = roles["project"].get(project.pk, Role.ANNOTATOR)
    return project.organization_id in roles["owned"] or Capability.SEE_TASKS in ROLE_CAPABILITIES[role]


def _row(project: Project, states: dict[str, int], days: list[int], *, counted: bool) -> dict[str, Any]:
    leaving = project.delete_after is not None
    return {
        "project": project,
        "counted": counted,
        "state": "being deleted" if leaving else project.state,
        "tone": "bad" if leaving else TONES[ProjectState(project.state)],
        "total": sum(states.values()),
        "done": states.get("done", 0) + states.get("answered", 0) + states.get("review", 0),
        "review": states.get("review", 0),
        "days": days,
    }
