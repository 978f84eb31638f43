"""The ontology editor, and the versions with what changed between them."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import clean_id
from accounts.errors import Missing
from accounts.page_tools import SignedInRequest, page
from labeltypes.changes import diff_ontologies
from projects.access import access_project
from projects.kinds import describe_kinds
from projects.models import OntologyVersion, Project
from projects.samples import sample_items, sample_media
from projects.shell import shell

MOST_VERSIONS = 200


@page
def ontology(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The editor; ``?version=3`` starts from an earlier version, which is saved as a new one."""
    access = access_project(request, project_id)
    project = access.project
    current = project.ontology
    start = _version(project, request.GET["version"]) if "version" in request.GET else current
    setup = {
        "project": str(project.pk),
        "version": current.version if current else 0,
        "saved": current.definition if current else None,
        "start": start.definition if start else None,
        "kinds": describe_kinds(),
        "items": sample_items(project),
        "samples": sample_media(),
    }
    context = shell(access, "settings", setup=setup, current=current, start=start)
    return render(request, "projects/ontology.html", context)


@page
def ontology_versions(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Who changed what when; ``?version=3`` shows what that version changed."""
    access = access_project(request, project_id)
    project = access.project
    versions = list(
        project.ontologies.select_related("created_by")
        .defer("definition")
        .order_by("-version")[:MOST_VERSIONS]
    )
    shown = _version(project, request.GET["version"]) if "version" in request.GET else project.ontology
    before = shown and project.ontologies.filter(version__lt=shown.version).order_by("-version").first()
    changes = diff_ontologies(before.parsed(), shown.parsed()) if shown and before else []
    context = shell(access, "settings", versions=versions, shown=shown, before=before, changes=changes)
    return render(request, "projects/ontology_versions.html", context)


def _version(project: Project, number: str) -> OntologyVersion:
    found = project.ontologies.filter(version=clean_id(number)).first() if len(number) < 10 else None
    if found is None:
        raise Missing
    return found
