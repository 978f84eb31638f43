"""The import page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.page_tools import SignedInRequest, page
from annotate.versions import ontology_of
from exchange.services.imports import KIND
from exchange.services.job_views import views_of
from exchange.services.previews import is_plain
from formats.registry import readers
from formats.writers.base import region_fields
from projects.access import access_project
from projects.models import Job, Project
from projects.shell import shell

HISTORY = 30


@page
def import_page(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Drop a file, see its first rows, say where the columns go, start; and all imports so far."""
    access = access_project(request, project_id)
    jobs = Job.objects.filter(project=access.project, kind=KIND).select_related("created_by").order_by("-pk")
    context = shell(
        access,
        "import",
        history=views_of(jobs[:HISTORY]),
        setup=_setup(access.project),
        takes_coco=_takes_coco(access.project),
        accept=",".join(ending for reader in readers().values() for ending in reader.extensions)
        + ",.jpg,.jpeg,.png,.webp,.gif,.bmp,.tif,.tiff",
    )
    return render(request, "exchange/import.html", context)


def _takes_coco(project: Project) -> bool:
    """Whether there are fields for what a COCO file says of images."""
    if project.ontology_id is None:
        return False
    return bool(region_fields(ontology_of(project.ontology_id).ontology, "image"))


def _setup(project: Project) -> dict[str, Any] | None:
    """What the script needs; None while nobody can tell what the data must hold."""
    if project.ontology_id is None:
        return None
    ontology = ontology_of(project.ontology_id).ontology
    return {
        "imports": reverse("api-imports", kwargs={"project_id": project.pk}),
        "preview": reverse("api-imports-preview", kwargs={"project_id": project.pk}),
        "media": reverse("api-media", kwargs={"project_id": project.pk}),
        "coco": reverse("api-imports-coco", kwargs={"project_id": project.pk}),
        "job": "/jobs/{id}/",
        "sources": [{"source": spec.source, "kind": spec.kind} for spec in ontology.media],
        "fields": [
            {"name": field.name, "title": field.title, "json": not is_plain(field)}
            for field in ontology.fields
        ],
    }
