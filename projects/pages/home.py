"""The first page: one line per project."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import signed_in
from accounts.page_tools import SignedInRequest, page
from projects.access import projects_of
from projects.models import Project, ProjectState
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
    """The projects of this person, in all their organizations."""
    user = signed_in(request)
    projects = list(projects_of(request).select_related("organization").order_by("-created_at")[:MOST])
    counts, days = count_states(projects), daily_answers(projects)
    rows = [_row(project, counts.get(project.pk, {}), days.get(project.pk, [])) for project in projects]
    owned = user.organization_memberships.filter(role="owner").select_related("organization")
    return render(request, "projects/home.html", {"rows": rows, "owned": owned})


def _row(project: Project, states: dict[str, int], days: list[int]) -> dict[str, Any]:
    leaving = project.delete_after is not None
    return {
        "project": project,
        "state": "being deleted" if leaving else project.state,
        "tone": "bad" if leaving else TONES[ProjectState(project.state)],
        "total": sum(states.values()),
        "done": states.get("done", 0) + states.get("answered", 0) + states.get("review", 0),
        "review": states.get("review", 0),
        "days": days,
    }
