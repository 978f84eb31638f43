"""Settings of a project: name, quality plan, and the things that end it."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.errors import DomainError, FieldError
from accounts.page_tools import SignedInRequest, form_problems, page
from projects.access import ProjectAccess, access_project
from projects.models import Project
from projects.services import projects as services
from projects.settings import BY_NAME, SETTINGS, Setting
from projects.shell import shell

GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Quality",
        "How sure the answers will be, and what that costs.",
        (
            *("overlap", "dynamic_overlap", "overlap_max", "overlap_until", "overlap_worth", "overlap_field"),
            *("consensus_method", "assignment_policy"),
            *("gold_share", "gold_share_most", "gold_exposures", "feedback"),
        ),
    ),
    (
        "Test of people by gold",
        "A sequential test reads each person's gold answers in order and stops as soon as they say enough.",
        ("gold_test", "gold_test_good", "gold_test_bad", "gold_test_error"),
    ),
    (
        "Review",
        "What reviewers get to see.",
        ("review_share", "review_below_agreement", "review_below_trust", "blind_review"),
    ),
    (
        "Labeling",
        "How people work.",
        (
            *("auto_submit", "show_predictions", "allow_corrections", "lease_minutes"),
            *("hold_size", "skip_limit", "rework_hours"),
        ),
    ),
    (
        "What people are told",
        "Before they accept an invitation, with what is recorded about them; later on My work.",
        ("pay", "sensitive"),
    ),
    (
        "Model",
        "Whether a model chooses what comes first.",
        ("active_learning", "random_share", "retrain_after"),
    ),
)
UNITS = {
    "lease_minutes": "minutes",
    "rework_hours": "hours",
    "hold_size": "tasks",
    "gold_exposures": "answers",
    "skip_limit": "people",
    "overlap": "people",
    "overlap_max": "people",
}


@page
def project_settings(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Show the settings; POST saves name, description and plan, also while people work."""
    access = access_project(request, project_id)
    if request.method != "POST":
        return _show(request, access)
    try:
        changes = read_settings(request.POST)
        services.change_project(
            project=access.project,
            by=access.user,
            name=request.POST.get("name", ""),
            description=request.POST.get("description", "").replace("\r\n", "\n"),
            settings=changes,
        )
    except DomainError as refusal:
        return _show(request, access, given=request.POST, refusal=refusal)
    messages.success(request, "Settings saved.")
    return redirect("project-settings", project_id=access.project.pk)


def _show(
    request: SignedInRequest,
    access: ProjectAccess,
    *,
    given: Mapping[str, Any] | None = None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    refused = refusal.fields if refusal else ()
    wrong = {problem.path.removeprefix("settings."): problem.message for problem in refused}
    context = {
        "groups": _groups(access.project, given, wrong),
        "problems": form_problems(refusal) if refusal else None,
        "wrong": wrong,
        "name": given.get("name", "") if given else access.project.name,
        "description": given.get("description", "") if given else access.project.description,
        "actions": SIMPLE,
    }
    status = refusal.status if refusal else 200
    return render(request, "projects/settings.html", shell(access, "settings", **context), status=status)


def _groups(
    project: Project, given: Mapping[str, Any] | None, wrong: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "help": text,
            "rows": [_row(BY_NAME[name], project, given, wrong.get(name, "")) for name in names],
        }
        for title, text, names in GROUPS
    ]


def _row(setting: Setting, project: Project, given: Mapping[str, Any] | None, error: str) -> dict[str, Any]:
    """One setting for the template; shares are shown as percent."""
    value: Any = getattr(project, setting.name)
    percent = is_percent(setting)
    if given is not None:
        value = setting.name in given if setting.type is bool else given.get(setting.name, "")
    elif percent:
        value = f"{value * 100:g}"
    scale = 100 if percent else 1
    kind = {bool: "switch", str: "text" if setting.longest else "choice"}.get(setting.type, "number")
    return {
        "setting": setting,
        "kind": kind,
        "value": value,
        "unit": "%" if percent else UNITS.get(setting.name, ""),
        "low": None if setting.low is None else f"{setting.low * scale:g}",
        "high": None if setting.high is None else f"{setting.high * scale:g}",
        "step": "any" if percent else "1",
        "choices": _choices(setting, project),
        "error": error,
    }


def _choices(setting: Setting, project: Project) -> list[tuple[str, str]]:
    if not setting.names_field:
        return [(choice, choice.replace("_", " ").capitalize()) for choice in setting.choices]
    fields = project.ontology.parsed().fields if project.ontology else ()
    return [("", "The least certain of those that must be answered"), *((f.name, f.title) for f in fields)]


def is_percent(setting: Setting) -> bool:
    """Whether people read and write this share as percent."""
    return setting.type is float


def read_settings(form: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that a form sent, as the service wants them. Raises DomainError for what is no number."""
    values: dict[str, Any] = {}
    problems: list[FieldError] = []
    for setting in SETTINGS:
        raw = str(form.get(setting.name, "")).strip()
        if setting.type is bool:
            values[setting.name] = setting.name in form
        elif setting.type is str:
            values[setting.name] = raw
        else:
            try:
                values[setting.name] = _number(setting, raw)
            except ValueError as problem:
                problems.append(FieldError(f"settings.{setting.name}", str(problem)))
    if problems:
        raise DomainError("Some settings are not valid.", fields=problems)
    return values


def _number(setting: Setting, raw: str) -> float:
    """The number that somebody typed; percent become shares. Raises ValueError with what to tell them."""
    try:
        number = float(raw.replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("must be a number")
    if not is_percent(setting):
        return number
    low, high = (setting.low or 0) * 100, (1 if setting.high is None else setting.high) * 100
    if not low <= number <= high:
        raise ValueError(f"must be from {low:g} to {high:g} %")
    return round(number / 100, 6)


Act = Callable[..., Project]
SIMPLE: dict[str, tuple[Act, str]] = {
    "launch": (services.launch_project, "The project is live: people get tasks."),
    "archive": (services.archive_project, "The project is archived."),
    "restore": (services.restore_project, "The deletion is taken back."),
}


@page
def project_act(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Launch, pause, archive, clone, delete, restore: what the buttons and the state banner send."""
    access = access_project(request, project_id)
    landing = access.project
    try:
        landing, text = _act(request, access, request.POST.get("action", ""))
    except DomainError as refusal:
        details = "; ".join(problem.message for problem in refusal.fields)
        messages.error(request, f"{refusal.message} {details}".strip())
    else:
        messages.success(request, text)
    return redirect("project-settings", project_id=landing.pk)


def _act(request: SignedInRequest, access: ProjectAccess, action: str) -> tuple[Project, str]:
    project, by = access.project, access.user
    if action in SIMPLE:
        act, text = SIMPLE[action]
        return act(project=project, by=by), text
    if action == "pause":
        reason = request.POST.get("reason", "").strip()[:500]
        if not reason:
            raise DomainError("Say why: people see the reason.")
        return services.pause_project(project=project, by=by, reason=reason), "The project is paused."
    if action == "clone":
        clone = services.clone_project(project=project, by=by, name=request.POST.get("name", ""))
        return clone, "This is the copy: a draft without tasks."
    if action == "delete":
        if request.POST.get("name", "").strip() != project.name:
            raise DomainError("The name does not match; nothing was deleted.")
        services.delete_project(project=project, by=by)
        return project, "The project will be deleted in seven days. Until then this can be taken back."
    raise DomainError("Nothing was chosen.")
