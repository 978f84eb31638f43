"""Why a task's answer is what it is: a part of the page of a task."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from annotate.api.people import hides_authors
from projects.access import access_project, access_row
from projects.models import Task
from quality.reports.why import why


@page
def task_why(request: SignedInRequest, project_id: str, task_id: str) -> HttpResponse:
    """A fragment: who said what, and what that weighs."""
    project = access_project(request, project_id).project
    task, access = access_row(request, Task.objects.filter(project=project), task_id)
    names = not hides_authors(access)
    return from_replica(
        lambda: render(request, "quality/why.html", {"fields": why(access.project, task, names=names)})
    )
