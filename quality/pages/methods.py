"""How answers become one: which method is in force, and what another would change."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from projects.access import Capability, ProjectAccess, access_project
from projects.models import ConsensusMethod
from projects.services.projects import change_project
from quality.pages.frame import quality_shell
from quality.reports.methods import changed_by, methods_of
from quality.reports.runs import runs_of


@page
def methods(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The methods side by side; ``?method=`` lists what one would change; POST makes one the project's."""
    access = access_project(request, project_id)
    if request.method == "POST":
        chosen = {"consensus_method": request.POST.get("method", "")}
        try:
            change_project(project=access.project, by=access.user, settings=chosen)
            messages.success(request, "Consensus is computed anew by this method.")
        except DomainError as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(request.path)
    return from_replica(lambda: _show(request, access))


def _show(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    named = request.GET.get("method", "")
    method = named if named in ConsensusMethod.values else ""
    found = methods_of(access.project)
    context = {
        "found": found,
        "runs": runs_of(access.project),
        "method": next((row for row in found.rows if row.name == method), None),
        "changed": changed_by(access.project, method) if method else [],
        "can_configure": access.can(Capability.CONFIGURE),
    }
    return render(request, "quality/methods.html", quality_shell(access, "methods", **context))
