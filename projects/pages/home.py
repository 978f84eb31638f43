"""The first page: one line per project."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import signed_in
from accounts.models import OrganizationRole, User
from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from projects.access import Capability, projects_of, rights_in
from projects.attention import attention
from projects.models import Project, ProjectState, Role
from projects.queries import accuracies, count_states, daily_answers

MOST = 200
MOST_NEEDS = 3  # of the kinds of things that wait: a line has room for no more
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
    roles = _roles(user, projects)
    rights = {project.pk: rights_in(project, roles[project.pk]) for project in projects}
    seen = [project for project in projects if Capability.SEE_TASKS in rights[project.pk]]
    going = {project.pk: rights[project.pk] for project in projects if not project.is_over}
    counts, days, measured, needs = from_replica(
        lambda: (count_states(seen), daily_answers(seen), accuracies(seen), attention(going, user))
    )
    rows = [
        _row(project, counts.get(project.pk, {}), days.get(project.pk, []), counted=project in seen)
        | {"needs": needs.get(project.pk, [])[:MOST_NEEDS], "accepted": measured.get(project.pk)}
        for project in projects
    ]
    owned = user.organization_memberships.filter(role=OrganizationRole.OWNER).select_related("organization")
    context = {"rows": rows, "owned": owned, "any_counted": bool(seen), "any_needs": bool(needs)}
    return render(request, "projects/home.html", context)


def _roles(user: User, projects: list[Project]) -> dict[int, str]:
    """The person's role in each project; owners of the organization count as managers."""
    roles = dict(user.project_memberships.values_list("project_id", "role"))
    owned = set(
        user.organization_memberships.filter(role=OrganizationRole.OWNER).values_list(
            "organization_id", flat=True
        )
    )
    managed = {project.pk: Role.MANAGER for project in projects if project.organization_id in owned}
    return {project.pk: roles.get(project.pk, Role.ANNOTATOR) for project in projects} | managed


def _row(project: Project, states: dict[str, int], days: list[int], *, counted: bool) -> dict[str, Any]:
    leaving = project.delete_after is not None
    return {
        "project": project,
        "counted": counted,
        "state": "being deleted" if leaving else project.state,
        "tone": "bad" if leaving else TONES[ProjectState(project.state)],
        "total": sum(states.values()),
        "done": states.get("done", 0) + states.get("answered", 0) + states.get("review", 0),
        "days": days,
    }
