"""The first page: one line per project."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import signed_in
from accounts.page_tools import SignedInRequest, page
from projects.access import projects_of
from projects.queries import count_states

MOST = 200


@page
def home(request: SignedInRequest) -> HttpResponse:
    """The projects of this person, in all their organizations."""
    user = signed_in(request)
    projects = list(projects_of(request).select_related("organization").order_by("-created_at")[:MOST])
    counts = count_states(projects)
    rows = [{"project": project, **_progress(counts.get(project.pk, {}))} for project in projects]
    owned = user.organization_memberships.filter(role="owner").select_related("organization")
    return render(request, "projects/home.html", {"rows": rows, "owned": owned})


def _progress(states: dict[str, int]) -> dict[str, int]:
    total = sum(states.values())
    return {"total": total, "done": states.get("done", 0) + states.get("answered", 0)}
