"""Triage: what a model's scores are worth, and what would be accepted at a target. For managers only."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, form_problems, in_percent, page
from accounts.replica import from_replica
from annotate.services.experts import has_experts
from projects.access import ProjectAccess, access_project
from projects.models import Project
from quality.api.triage import TARGET, read_limit, read_target
from quality.models import TriageRun, TriageState
from quality.pages.frame import quality_shell
from quality.reports.triage import curve_plot, measure_of, outlook, score_plot
from quality.reports.triage_run import run_report
from quality.services import triage as triage_run
from quality.services.rounds import learnable_fields
from quality.services.triage import measuring, returning
from quality.services.triage_measure import scored_models, start_measure

MOST_CURVES = 4
MOST_CLASSES = 100  # rows shown, and the critical ones; the API has them all


@page
def triage(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Scores, curves and thresholds for a target, and the promise in force; POST does one thing about it."""
    access = access_project(request, project_id)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, access))
        except DomainError as refusal:
            if request.POST.get("action") == "start":
                return _show(request, access, refusal)
            details = "; ".join(f"{problem.path}: {problem.message}" for problem in refusal.fields)
            messages.error(request, f"{refusal.message} {details}".strip())
        return HttpResponseRedirect(request.get_full_path())
    return from_replica(lambda: _show(request, access))


def _act(request: SignedInRequest, access: ProjectAccess) -> str:
    """Do what the form asks for; return what to say of it. Raises DomainError."""
    shared: Any = {"project": access.project, "by": access.user}
    action = request.POST.get("action", "")
    if action == "start":
        triage_run.start_run(
            **shared,
            target=read_target(_share(request.POST.get("error", ""))),
            critical=request.POST.getlist("critical")[:10_000],
            audit_share=_number(request.POST.get("audit", "")) / 100,
            expert_below=read_limit(request.POST.get("experts", "").replace(",", ".")),
        )
        return "The triage has started: what the model is sure of is left to it."
    if action == "more":
        triage_run.accept_more(**shared)
        return "What has come in since is gone through."
    if action == "back":
        triage_run.put_back(**shared, classes=request.POST.getlist("class")[:10_000])
        return "The tasks go back to people."
    if action == "end":
        triage_run.end_run(**shared)
        return "The triage has ended. What the model answered stays."
    model, _, version = request.POST.get("model", "").partition("\n")
    start_measure(
        **shared,
        field=request.POST.get("field", "")[:100],
        model=model.strip()[:100],
        version=version.strip()[:100],
    )
    return "The measurement was started."


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return -1.0


def _show(
    request: SignedInRequest, access: ProjectAccess, refusal: DomainError | None = None
) -> HttpResponse:
    """The page; with a refusal what was sent stands in the form of the start, and what is wrong beside it."""
    project = access.project
    job, measured = measuring(project), measure_of(project)
    run = triage_run.active_run(project)
    promised = run.target if run else TARGET
    wrong = ""
    try:
        target = read_target(_share(request.GET.get("error", f"{100 * promised:g}")))
    except DomainError:
        target, wrong = promised, "From 0.05 to 50."
    below, badly = None, ""
    try:
        below = read_limit(request.GET.get("experts", "").replace(",", "."))
    except DomainError:
        badly = "From 0 to 1, or nothing."
    if run and "error" not in request.GET:
        below = run.expert_below
    asked = request.GET.getlist("critical")
    critical = frozenset(run.critical if run and "error" not in request.GET else asked)
    context: dict[str, Any] = {
        "fields": learnable_fields(project),
        "models": scored_models(project),
        "job": job,
        "at_work": triage_run.is_unfinished(job),
        "measured": measured,
        **_in_force(project, run),
        "accepting": run is not None and triage_run.is_unfinished(run.job),
        "returning": returning(project),
        **_start_form(request, refusal),
        "shows_predictions": project.show_predictions,
        "error": request.GET.get("error", f"{100 * target:g}"),
        "wrong": wrong,
        "has_experts": has_experts(project.pk),
        "experts": request.GET.get("experts", "" if below is None else f"{below:g}"),
        "badly": badly,
    }
    if measured is not None:
        found = outlook(project, measured, target, critical, below)
        title = next(each.field.title for each in learnable_fields(project) if each.name == measured.field)
        shown = [row for place, row in enumerate(found.rows) if place < MOST_CLASSES or row.is_critical]
        context |= {
            "outlook": found,
            "rows": shown,
            "more_rows": len(found.rows) - len(shown),
            "target_percent": f"{100 * target:g}",
            "share_percent": None if found.share is None else 100 * found.share,
            "scores": score_plot(title, measured),
            "curves": [curve_plot(row, target) for row in found.rows if row.choice.checked][:MOST_CURVES],
        }
    status = refusal.status if refusal else 200
    return render(request, "quality/triage.html", quality_shell(access, "triage", **context), status=status)


def _start_form(request: SignedInRequest, refusal: DomainError | None) -> dict[str, Any]:
    """What stands in the form of the start: the default, or what was refused and why."""
    if refusal is None:
        return {"audit": f"{100 * triage_run.AUDIT_SHARE:g}", "refused": None}
    problems = form_problems(refusal)
    about_share = problems["fields"].pop("audit_share", "")
    others = "; ".join(f"{path}: {words}" for path, words in problems["fields"].items())
    return {
        "audit": request.POST.get("audit", "")[:20],
        "audit_wrong": in_percent(about_share),
        "refused": f"{problems['message']} {others}".strip(),
    }


def _in_force(project: Project, run: TriageRun | None) -> dict[str, Any]:
    """The report of the triage in force, and its classes: first those that the model answers, or did."""
    if run is None:
        return {"report": None}
    report = run_report(project, run)
    classes = sorted(report.classes, key=lambda each: each.row.state == TriageState.PEOPLE)
    more = max(0, len(classes) - MOST_CLASSES)
    return {"report": report, "run_classes": classes[:MOST_CLASSES], "more_run_classes": more}


def _share(percent: str) -> str:
    """A number in percent as a share; what is none stays none."""
    try:
        return str(float(percent.replace(",", ".")) / 100)
    except ValueError:
        return ""
