"""Triage: what a model's scores are worth, and what would be accepted at a target. For managers only."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from projects.access import ProjectAccess, access_project
from projects.shell import shell
from quality.api.triage import TARGET, read_target
from quality.reports.triage import (
    curve_plot,
    is_at_work,
    last_measure,
    measure_of,
    outlook,
    score_plot,
)
from quality.services.rounds import learnable_fields
from quality.services.triage_measure import scored_models, start_measure

MOST_CURVES = 4


@page
def triage(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Scores, curves and thresholds for a target; POST measures anew."""
    access = access_project(request, project_id)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, access))
        except DomainError as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(request.get_full_path())
    return from_replica(lambda: _show(request, access))


def _act(request: SignedInRequest, access: ProjectAccess) -> str:
    model, _, version = request.POST.get("model", "").partition("\n")
    start_measure(
        project=access.project,
        by=access.user,
        field=request.POST.get("field", "")[:100],
        model=model.strip()[:100],
        version=version.strip()[:100],
    )
    return "The measurement was started."


def _show(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    project = access.project
    wrong = ""
    try:
        target = read_target(_share(request.GET.get("error", f"{100 * TARGET:g}")))
    except DomainError:
        target, wrong = TARGET, "From 0.05 to 50."
    critical = frozenset(request.GET.getlist("critical"))
    job, measured = last_measure(project), measure_of(project)
    context: dict[str, Any] = {
        "fields": learnable_fields(project),
        "models": scored_models(project),
        "job": job,
        "at_work": is_at_work(job),
        "measured": measured,
        "error": request.GET.get("error", f"{100 * target:g}"),
        "wrong": wrong,
    }
    if measured is not None:
        found = outlook(project, measured, target, critical)
        title = next(each.field.title for each in learnable_fields(project) if each.name == measured.field)
        context |= {
            "outlook": found,
            "target_percent": f"{100 * target:g}",
            "share_percent": None if found.share is None else 100 * found.share,
            "scores": score_plot(title, measured),
            "curves": [curve_plot(row, target) for row in found.rows if row.choice.checked][:MOST_CURVES],
        }
    return render(request, "quality/triage.html", shell(access, "quality", **context))


def _share(percent: str) -> str:
    """A number in percent as a share; what is none stays none."""
    try:
        return str(float(percent.replace(",", ".")) / 100)
    except ValueError:
        return ""
