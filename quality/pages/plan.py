"""How many answers, by whom: what the plan took so far, and what other plans would cost and reach."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.errors import DomainError, FieldError
from accounts.page_tools import SignedInRequest, in_percent, page
from accounts.replica import from_replica
from projects.access import Capability, ProjectAccess, access_project
from projects.models import Project
from quality.models import GoalStep
from quality.pages.frame import quality_shell
from quality.reports.goals import goal_report
from quality.reports.overlap import overlap_report
from quality.reports.runs import runs_of
from quality.reports.simulated import simulated
from quality.services import planning
from quality.services.fields import asked_fields

PERCENT = ("accuracy", "spread", "gold_share", "review_share")


@page
def plan(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The plan in force, how many answers tasks took under it, and others to compare it with."""
    access = access_project(request, project_id)
    return from_replica(lambda: show_plan(request, access))


@page
def simulate(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Try plans on simulated people."""
    access = access_project(request, project_id)
    try:
        setup = planning.clean_setup(access.project, read_form(request.POST))
        planning.start_simulation(project=access.project, by=access.user, setup=setup)
    except DomainError as refusal:
        return show_plan(request, access, given=request.POST, refusal=refusal)
    return redirect("plan", project_id=access.project.pk)


@page
def apply(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Make a plan of the newest simulation the project's."""
    access = access_project(request, project_id)
    setup = simulated(access.project).setup
    try:
        if setup is None:
            raise DomainError("There is no simulation to take a plan from.")
        number = int(request.POST.get("plan", "")) if request.POST.get("plan", "").isdecimal() else -1
        planning.apply_plan(project=access.project, by=access.user, setup=setup, number=number)
        messages.success(request, "The plan is in force. Tasks follow within seconds.")
    except DomainError as refusal:
        details = "; ".join(problem.message for problem in refusal.fields)
        messages.error(request, f"{refusal.message} {details}".strip())
    return redirect("plan", project_id=access.project.pk)


def show_plan(
    request: SignedInRequest,
    access: ProjectAccess,
    *,
    given: Mapping[str, Any] | None = None,
    refusal: DomainError | None = None,
    goal_given: Mapping[str, Any] | None = None,
    goal_refusal: DomainError | None = None,
) -> HttpResponse:
    """The page; with a refusal what was sent stands in its form, and what is wrong beside it."""
    report = overlap_report(access.project)
    found = simulated(access.project)
    titles = {asked.name: asked.field.title for asked in asked_fields(access.project)}
    context = {
        "report": report,
        "field": titles.get(report.field, ""),
        "runs": runs_of(access.project),
        "simulated": found,
        "simulated_field": titles.get(found.setup.field, "") if found.setup else "",
        "form": _form(access.project, given, found.setup),
        "wrong": {problem.path: problem.message for problem in refusal.fields} if refusal else {},
        "refusal": refusal,
        "can_configure": access.can(Capability.CONFIGURE),
        "can_run": access.can(Capability.TRAIN),
        **_goal(access.project, titles, goal_given, goal_refusal),
    }
    refused = refusal or goal_refusal
    status = refused.status if refused else 200
    return render(request, "quality/plan.html", quality_shell(access, "plan", **context), status=status)


def _goal(
    project: Project,
    titles: Mapping[str, str],
    given: Mapping[str, Any] | None,
    refusal: DomainError | None,
) -> dict[str, Any]:
    report = goal_report(project)
    form: dict[str, Any] = {"field": "", "target": "95", "budget": 3_000, "follows": False}
    words: dict[str, str] = {}
    if report is not None:
        goal = report.goal
        form = {"field": goal.field, "target": f"{goal.target * 100:g}", "budget": goal.budget}
        form["follows"] = goal.follows
        words = {"field": titles.get(goal.field, goal.field), "target": f"{goal.target * 100:g} %"}
    if report is not None and report.latest is not None:
        words["plan"] = plan_in_words(report.latest)
        words["gold"] = f"{report.latest.gold_share * 100:g} %"
        words["reviews"] = f"{report.latest.review_share * 100:g} %"
    if given is not None:
        form = {name: given.get(name, "") for name in form}
    steps = report.steps if report is not None else []
    return {
        "goal": report,
        "goal_words": words,
        "goal_rows": [{"step": step, "plan": plan_in_words(step)} for step in steps],
        "goal_form": form,
        "goal_refusal": refusal,
        "goal_wrong": {
            each.path: in_percent(each.message) if each.path == "target" else each.message
            for each in (refusal.fields if refusal else ())
        },
    }


def plan_in_words(step: GoalStep) -> str:
    """How many people about each task."""
    if step.least < step.most:
        return f"{step.least} to {step.most} people, until {step.until * 100:g} % sure"
    return f"{step.least} {'person' if step.least == 1 else 'people'} each"


def _form(
    project: Project, given: Mapping[str, Any] | None, last: planning.Setup | None
) -> dict[str, Any] | None:
    """What stands in the form: what was sent, else the last simulation's, else the project's own plan."""
    try:
        setup = last or planning.default_setup(project)
    except DomainError:
        return None
    dynamic = next((each for each in setup.plans if each.dynamic), planning.PlanSetup(2, 5))
    fields = planning.planable_fields(project)
    chosen = next((asked for asked in fields if asked.name == setup.field), fields[0] if fields else None)
    if chosen is None:
        return None
    values: dict[str, Any] = {
        "field": setup.field,
        "crowd": "measured" if setup.measured else "assumed",
        "people": setup.people,
        "tasks": setup.tasks,
        "shares": ", ".join(f"{share:g}" for share in setup.shares),
        "fixed": ", ".join(str(each.least) for each in setup.plans if not each.dynamic),
        "least": dynamic.least,
        "most": dynamic.most,
        "until": f"{dynamic.until * 100:g}",
        "worth": f"{dynamic.worth * 100:g}",
    }
    values |= {name: f"{getattr(setup, name) * 100:g}" for name in PERCENT}
    if given is not None:
        values |= {name: given.get(name, "") for name in values}
    known = len(planning.measured(project, chosen)[0])
    return {
        **values,
        "fields": [{"name": asked.name, "title": asked.field.title} for asked in fields],
        "classes": ", ".join(chosen.codes),
        "measured_people": known if known >= planning.LEAST_MEASURED else 0,
    }


def read_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """The setup that a form sent, as the service wants it. Raises DomainError for what is no number."""
    problems: list[FieldError] = []

    def number(name: str) -> float:
        try:
            return float(str(form.get(name, "")).strip().replace(",", "."))
        except ValueError:
            problems.append(FieldError(name, "must be a number"))
            return 0.0

    def numbers(name: str) -> list[float]:
        words = str(form.get(name, "")).replace(";", ",").replace(",", " ").split()
        try:
            return [float(word) for word in words]
        except ValueError:
            problems.append(FieldError(name, "must be numbers"))
            return []

    values: dict[str, Any] = {name: round(number(name) / 100, 6) for name in PERCENT}
    for name in PERCENT:
        low, high = planning.BOUNDS[name]
        if not low <= values[name] <= high:
            problems.append(FieldError(name, f"must be from {low * 100:g} to {high * 100:g} %"))
    values |= {"people": number("people"), "tasks": number("tasks"), "field": str(form.get("field", ""))}
    values |= {"measured": form.get("crowd") == "measured", "shares": numbers("shares")}
    plans: list[dict[str, float]] = [{"least": count, "most": count} for count in numbers("fixed")]
    until, worth = (round(number(name) / 100, 6) for name in ("until", "worth"))
    plans.append({"least": number("least"), "most": number("most"), "until": until, "worth": worth})
    if problems:
        raise DomainError("The simulation cannot be run so.", fields=problems)
    return values | {"plans": plans}
