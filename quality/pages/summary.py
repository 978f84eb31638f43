"""The few figures that the overview of a project shows of its quality."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from annotate.versions import ontology_of
from projects.access import ProjectAccess, access_project
from projects.models import Project
from quality.models import Agreement
from quality.reports.accuracy import estimated_accuracy
from quality.services.agreement import ALPHA


@page
def summary(request: SignedInRequest, project_id: str) -> HttpResponse:
    """A fragment: estimated accuracy and alpha per field, each with its interval."""
    access = access_project(request, project_id)
    return from_replica(lambda: _show(request, access))


def _show(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    estimates = [estimate for estimate in estimated_accuracy(access.project) if estimate.value is not None]
    rows = Agreement.objects.filter(project=access.project, coefficient=ALPHA).order_by("field")
    titles = _titles(access.project)
    alphas = [{"row": row, "title": titles.get(row.field, row.field)} for row in rows]
    context = {"project": access.project, "estimates": estimates, "alphas": alphas}
    return render(request, "quality/summary.html", context)


def _titles(project: Project) -> dict[str, str]:
    if project.ontology_id is None:
        return {}
    return {field.name: field.title for field in ontology_of(project.ontology_id).ontology.fields}
