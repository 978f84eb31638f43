"""How many answers, by whom: what the plan has cost and reached so far."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from projects.access import Capability, ProjectAccess, access_project
from projects.shell import shell
from quality.reports.overlap import overlap_report
from quality.reports.runs import runs_of
from quality.services.fields import asked_fields


@page
def plan(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The plan in force, and how many answers tasks took under it."""
    access = access_project(request, project_id)
    return from_replica(lambda: _show(request, access))


def _show(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    report = overlap_report(access.project)
    titles = {asked.name: asked.field.title for asked in asked_fields(access.project)}
    context = {
        "report": report,
        "field": titles.get(report.field, ""),
        "runs": runs_of(access.project),
        "can_configure": access.can(Capability.CONFIGURE),
        "can_run": access.can(Capability.TRAIN),
    }
    return render(request, "quality/plan.html", shell(access, "quality", **context))
