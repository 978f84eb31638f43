"""The guideline: to read for everybody, to write for managers, and what is new since somebody read it."""

from difflib import unified_diff
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import clean_id
from accounts.errors import Conflict, DomainError, Missing
from accounts.models import User
from accounts.page_tools import SignedInRequest, form_problems, page
from projects.access import Capability, ProjectAccess, access_project
from projects.markdown import render_changes, render_markdown
from projects.models import Guideline, GuidelineAcknowledgement, Project
from projects.services.guidelines import acknowledge_guideline, add_guideline, needs_acknowledgement
from projects.shell import shell

MOST_VERSIONS = 200
UNKNOWN_VERSION = "-1"


@page
def guideline(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Show it; a manager's POST publishes a new version."""
    access = access_project(request, project_id)
    if request.method == "POST":
        return _publish(request, access)
    return _show(request, access)


def _show(request: SignedInRequest, access: ProjectAccess, *, status: int = 200, **more: Any) -> HttpResponse:
    project = access.project
    current = project.guideline
    shown = _version(project, request.GET["version"]) if "version" in request.GET else current
    context: dict[str, Any] = {
        "current": current,
        "shown": shown,
        "html": render_markdown(shown.body) if shown else "",
        "unread": shown == current and needs_acknowledgement(project, access.user),
        "can_write": access.can(Capability.CONFIGURE),
        **_history(project, shown),
        **more,
    }
    if access.can(Capability.CONFIGURE):
        context |= _readers(project)
    elif shown and context["before"]:
        context["changes"] = render_changes(context["before"].body, shown.body, anchors=False)
    active = "settings" if access.can(Capability.CONFIGURE) else "guideline"
    return render(request, "projects/guideline.html", shell(access, active, **context), status=status)


def _history(project: Project, shown: Guideline | None) -> dict[str, Any]:
    """Versions with who and when, and what the shown one changed."""
    versions = project.guidelines.select_related("created_by").defer("body").order_by("-version")
    before = shown and project.guidelines.filter(version__lt=shown.version).order_by("-version").first()
    return {
        "versions": list(versions[:MOST_VERSIONS]),
        "before": before,
        "lines": _diff(before.body, shown.body) if shown and before else [],
    }


def _readers(project: Project) -> dict[str, Any]:
    """Who has read the current version."""
    read = dict(
        GuidelineAcknowledgement.objects.filter(guideline=project.guideline_id).values_list("user_id", "at")
    )
    people = project.memberships.select_related("user").order_by("user__name", "user__email")
    readers = [
        {"user": member.user, "role": member.role, "at": read.get(member.user_id)} for member in people
    ]
    return {"readers": readers, "read_count": sum(1 for reader in readers if reader["at"])}


def _publish(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    body = request.POST.get("body", "").replace("\r\n", "\n")
    note = request.POST.get("note", "").strip()[:500]
    current = access.project.guideline
    try:
        if "body" not in request.POST:
            raise DomainError("Nothing was sent.")
        if str(current.version if current else 0) != request.POST.get("base", UNKNOWN_VERSION):
            raise Conflict("Somebody published another version meanwhile. Compare, then publish again.")
        published = add_guideline(project=access.project, body=body, by=access.user, note=note)
    except DomainError as refusal:
        problems = form_problems(refusal)
        return _show(request, access, status=refusal.status, problems=problems, draft=body, note=note)
    messages.success(request, f"Version {published.version} is published. People read it before they go on.")
    return redirect("guideline", project_id=access.project.pk)


@page
def guideline_preview(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The text as it will look, for the editor."""
    access_project(request, project_id)
    html = render_markdown(request.POST.get("body", "")[:200_000])
    return render(request, "projects/guideline_preview.html", {"html": html})


@page
def guideline_acknowledge(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The button under the guideline: this person has read the version that was shown."""
    access = access_project(request, project_id)
    current = access.project.guideline
    if current is None or str(current.version) != request.POST.get("version"):
        messages.error(request, "There is a newer version; please read that one.")
    else:
        acknowledge_guideline(guideline=current, user=access.user)
        messages.success(request, "Thank you. On you go.")
    return redirect("guideline", project_id=access.project.pk)


@page
def guideline_changes(request: SignedInRequest, project_id: str) -> HttpResponse:
    """A fragment: the current guideline, with what changed since the version this person acknowledged."""
    access = access_project(request, project_id)
    current, known = access.project.guideline, last_read(access.project, access.user)
    body = current.body if current else ""
    changed = known is not None and current is not None and known.version != current.version
    context = {
        "current": current,
        "known": known,
        "changed": changed,
        "html": render_changes(known.body, body) if known and changed else render_markdown(body),
    }
    return render(request, "projects/guideline_changes.html", context)


def last_read(project: Project, user: User) -> Guideline | None:
    """The newest version that this person has acknowledged."""
    read = Guideline.objects.filter(project=project, acknowledgements__user=user)
    return read.order_by("-version").first()


def _diff(old: str, new: str) -> list[tuple[str, str]]:
    """Lines as the diff partial wants them, with three lines around each change."""
    lines = unified_diff(old.splitlines(), new.splitlines(), n=3, lineterm="")
    return [(line[0], line[1:]) if line[0] in " +-" else (" ", "⋯") for line in list(lines)[2:]]


def _version(project: Project, number: str) -> Guideline:
    found = project.guidelines.filter(version=clean_id(number)).first() if len(number) < 10 else None
    if found is None:
        raise Missing
    return found
