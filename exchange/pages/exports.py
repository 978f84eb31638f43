"""The export page."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from exchange.exporting.request import ExportRequest, selected
from exchange.services.exports import KIND, losses_of, request_for, start_export
from exchange.services.job_views import views_of
from formats.registry import writers
from projects.access import Capability, ProjectAccess, access_project
from projects.models import Job, Project, TaskState
from projects.queries import count_all_states
from projects.shell import shell

HISTORY = 30
COUNTED = 10_000
NOT_THE_QUERY = ("csrfmiddlewaretoken",)


@page
def export_page(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Formats with what each would lose, filters with a count, the same as a curl line; POST starts a job."""
    access = access_project(request, project_id)
    source = request.POST if request.method == "POST" else request.GET
    query = {name: value for name, value in source.dict().items() if name not in NOT_THE_QUERY and value}
    wanted, problems = _wanted(access, query)
    if request.method == "POST" and wanted is not None:
        return redirect("job", job_id=start_export(project=access.project, by=access.user, wanted=wanted).pk)
    context = shell(
        access,
        "export",
        has_ontology=access.project.ontology_id is not None,
        problems=problems,
        query=query,
        formats=_formats(access, query),
        count=from_replica(lambda: _count(access.project, wanted)) if wanted else None,
        states=TaskState.values,
        can_name=access.can(Capability.SEE_PEOPLE),
        download=_download(access, query),
        curl=_curl(request, access, query),
        fields=_fields(access),
        history=views_of(_history(access)),
    )
    return render(request, "exchange/export.html", context, status=400 if problems else 200)


def _wanted(access: ProjectAccess, query: dict[str, str]) -> tuple[ExportRequest | None, Any]:
    """The request that the form describes, or what is wrong with it."""
    try:
        return request_for(access, query), ()
    except DomainError as refusal:
        if access.project.ontology_id is None:
            return None, ()
        return None, refusal.fields or [{"path": refusal.code, "message": refusal.message}]


def _count(project: Project, wanted: ExportRequest) -> dict[str, Any]:
    """How many tasks: from the counters where only states are chosen, else counted up to ten thousand."""
    if wanted.reviewed or wanted.min_probability is not None or wanted.times:
        number = selected(project, wanted).order_by()[: COUNTED + 1].count()
        return {"number": min(number, COUNTED), "is_least": number > COUNTED}
    states = count_all_states([project]).get(project.pk, {})
    shown = wanted.state or tuple(state for state in states if state != TaskState.ARCHIVED)
    return {"number": sum(states.get(state, 0) for state in set(shown)), "is_least": False}


def _formats(access: ProjectAccess, query: dict[str, str]) -> list[dict[str, Any]]:
    if access.project.ontology_id is None:
        return []
    losses, chosen = losses_of(access.project), query.get("format", "jsonl")
    return [
        {"name": name, "title": writer.title, "losses": losses[name], "on": name == chosen}
        for name, writer in writers().items()
    ]


def _fields(access: ProjectAccess) -> list[str]:
    version = access.project.ontology
    return [field.name for field in version.parsed().fields if field.type == "span"] if version else []


def _download(access: ProjectAccess, query: dict[str, str]) -> str:
    address = reverse("api-export", kwargs={"project_id": access.project.pk})
    return f"{address}?{urlencode({'format': 'jsonl', **query})}"


def _curl(request: SignedInRequest, access: ProjectAccess, query: dict[str, str]) -> str:
    address = request.build_absolute_uri(_download(access, query))
    return f'curl --fail -OJ -H "Authorization: Bearer $TOKEN" \\\n  "{address}"'


def _history(access: ProjectAccess) -> Any:
    jobs = Job.objects.filter(project=access.project, kind=KIND).select_related("created_by")
    return jobs.order_by("-pk")[:HISTORY]
