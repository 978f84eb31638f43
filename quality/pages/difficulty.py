"""Disagreement: what it comes from, and what to do about it."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from projects.access import Capability, ProjectAccess, access_project
from quality.pages.frame import quality_shell
from quality.reports.difficulty import advice


@page
def difficulty(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Per field: hard tasks, unsure tasks, mixed-up classes, people to train."""
    access = access_project(request, project_id)
    return from_replica(lambda: _show(request, access))


def _show(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    context = {
        "advice": advice(access.project, names=access.can(Capability.SEE_PEOPLE)),
        "can_run": access.can(Capability.TRAIN),
    }
    return render(request, "quality/difficulty.html", quality_shell(access, "difficulty", **context))
