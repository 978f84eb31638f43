"""A project at a glance."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.page_tools import SignedInRequest, page
from projects.access import access_project
from projects.queries import count_states
from projects.shell import shell


@page
def overview(request: SignedInRequest, project_id: str) -> HttpResponse:
    """How far, and what is next."""
    access = access_project(request, project_id)
    states = count_states([access.project]).get(access.project.pk, {})
    return render(request, "projects/overview.html", shell(access, "overview", states=states))
