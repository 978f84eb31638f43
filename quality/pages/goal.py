"""A project's goal, on the page of answers per task: set it, forget it, take the plan proposed for it."""

import math

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.errors import DomainError, FieldError
from accounts.page_tools import SignedInRequest, page
from projects.access import access_project
from quality.pages.plan import show_plan
from quality.reports.goals import goal_report
from quality.services.goals import apply_step, drop_goal, set_goal


@page
def goal(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Set or change the goal."""
    access = access_project(request, project_id)
    try:
        set_goal(
            project=access.project,
            by=access.user,
            field=request.POST.get("field", ""),
            target=round(_number(request, "target") / 100, 6),
            budget=int(_number(request, "budget")),
            follows="follows" in request.POST,
        )
    except DomainError as refusal:
        return show_plan(request, access, goal_given=request.POST, goal_refusal=refusal)
    return redirect("plan", project_id=access.project.pk)


@page
def goal_drop(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Forget the goal; the plan in force stays."""
    access = access_project(request, project_id)
    drop_goal(project=access.project, by=access.user)
    messages.success(request, "The goal is forgotten. The plan in force stays.")
    return redirect("plan", project_id=access.project.pk)


@page
def goal_apply(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Put the newest proposed plan in force."""
    access = access_project(request, project_id)
    report = goal_report(access.project)
    try:
        if report is None or report.latest is None or str(report.latest.pk) != request.POST.get("step"):
            raise DomainError("There is a newer plan: look at it first.")
        apply_step(project=access.project, by=access.user, step=report.latest)
        messages.success(request, "The plan is in force. Tasks follow within seconds.")
    except DomainError as refusal:
        details = "; ".join(problem.message for problem in refusal.fields)
        messages.error(request, f"{refusal.message} {details}".strip())
    return redirect("plan", project_id=access.project.pk)


def _number(request: SignedInRequest, name: str) -> float:
    try:
        number = float(request.POST.get(name, "").strip().replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DomainError("The goal cannot be set so.", fields=[FieldError(name, "must be a number")])
    return number
