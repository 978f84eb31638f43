"""The people of a project: how much, how fast, how well; pause, resume, discard, roles, invitations."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, form_problems, page
from accounts.replica import from_replica
from accounts.services.invitations import invite
from annotate.services.discards import count_discard, discard_answers, restore_answers
from projects.access import ProjectAccess, access_project
from projects.api.members import find_in_organization, find_member
from projects.models import Membership, Role
from projects.services import memberships
from projects.shell import shell
from quality.pages.alarms import about_test
from quality.reports.people import MOST_ROWS, fields_with_classes, per_class
from quality.reports.people import people as people_of
from quality.reports.progress import progress
from quality.services.alarms import waiting_alarms

ROLES = [
    (Role.ANNOTATOR, "labels"),
    (Role.REVIEWER, "reviews, gives gold answers"),
    (Role.ENGINEER, "imports, exports, trains"),
    (Role.MANAGER, "everything"),
]
SMALL_SAMPLE = 20


@page
def people(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Everybody with their figures; a POST adds somebody of the organization."""
    access = access_project(request, project_id)
    if request.method == "POST":
        return _add(request, access)
    return from_replica(lambda: _show(request, access))


@page
def progress_panel(request: SignedInRequest, project_id: str) -> HttpResponse:
    """How far, how fast, until when: a part that other pages bring in by htmx."""
    access = access_project(request, project_id)
    shown = from_replica(lambda: progress(access.project))
    return render(request, "quality/progress.html", {"project": access.project, "progress": shown})


@page
def class_accuracy(request: SignedInRequest, project_id: str) -> HttpResponse:
    """How right everybody is on each class of a field: a table that the page brings in when it is opened."""
    access = access_project(request, project_id)
    field = request.GET.get("field", "")[:100]
    rows = from_replica(lambda: per_class(access.project, field))
    context = {"rows": rows, "field": field, "most": MOST_ROWS if len(rows) == MOST_ROWS else 0}
    return render(request, "quality/class_accuracy.html", context)


def _show(request: SignedInRequest, access: ProjectAccess, **more: Any) -> HttpResponse:
    rows = people_of(access.project)
    context = {
        "people": rows,
        "plot": _plot(rows),
        "class_fields": fields_with_classes(access.project),
        "progress": progress(access.project),
        "roles": ROLES,
        "small": SMALL_SAMPLE,
        "alarms": waiting_alarms(access.project),
        "about_test": about_test(access.project),
    }
    return render(request, "quality/people.html", shell(access, "people", **context, **more))


def _plot(rows: list[Any]) -> dict[str, Any]:
    judged = [(row, row.gold or row.consensus) for row in rows if row.gold or row.consensus]
    return {
        "title": "Accuracy per person, by gold where there is any, else by the others' consensus",
        "label": "Accuracy (95 % credible interval)",
        "min": 0.0,
        "max": 1.0,
        "rows": [
            {"name": row.name, "value": found.value, "lo": found.low, "hi": found.high, "n": round(found.n)}
            for row, found in sorted(judged, key=lambda pair: -pair[1].value)
        ],
    }


def _back(access: ProjectAccess) -> HttpResponse:
    return HttpResponseRedirect(reverse("people", kwargs={"project_id": access.project.pk}))


def _add(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    """Add somebody; what cannot be done stands in the form again, with what is wrong beside it."""
    role = request.POST.get("role", "")
    try:
        user = find_in_organization(access, request.POST.get("user", "").strip())
        member = memberships.add_member(project=access.project, user=user, role=role, by=access.user)
    except DomainError as refusal:
        refused = form_problems(refusal)
        if not refused["fields"]:
            refused["fields"] = {"user": refusal.message}
        shown = _show(request, access, refused=refused, given=request.POST)
        shown.status_code = refusal.status
        return shown
    messages.success(request, f"{member.user.display_name} is in the project as {member.role}.")
    return _back(access)


def _do(request: SignedInRequest, access: ProjectAccess, action: Callable[[], str]) -> HttpResponse:
    """Run one action and say how it ended."""
    try:
        messages.success(request, action())
    except DomainError as refusal:
        details = "; ".join(field.message for field in refusal.fields)
        messages.error(request, f"{refusal.message} {details}".strip())
    return _back(access)


@page
def people_invite(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Make an invitation link; it is shown this once."""
    access = access_project(request, project_id)
    role = request.POST.get("role", Role.ANNOTATOR)
    if role not in Role.values:
        messages.error(request, "Unknown role.")
        return _back(access)
    _, secret = invite(
        organization=access.project.organization,
        by=access.user,
        project_id=access.project.pk,
        project_role=role,
    )
    return _show(request, access, link=request.build_absolute_uri(f"/invitations/{secret}/"), link_role=role)


@page
def person(request: SignedInRequest, project_id: str, membership_id: str) -> HttpResponse:
    """Pause, resume, make an expert, change the role of, remove a person, or set their answers aside."""
    access = access_project(request, project_id)
    member = find_member(access, membership_id)
    actions: dict[str, Callable[[], str]] = {
        "pause": lambda: _pause(access, member, request.POST.get("reason", "")),
        "resume": lambda: _resume(access, member),
        "expert": lambda: _expert(access, member, is_expert=request.POST.get("is_expert") == "1"),
        "role": lambda: _role(access, member, request.POST.get("role", "")),
        "discard": lambda: _discard(access, member, request.POST.get("confirm", "")),
        "restore": lambda: _restore(access, member),
        "remove": lambda: _remove(access, member),
    }
    action = actions.get(request.POST.get("action", ""))
    if action is None:
        messages.error(request, "Unknown action.")
        return _back(access)
    return _do(request, access, action)


def _pause(access: ProjectAccess, member: Membership, reason: str) -> str:
    memberships.pause_member(membership=member, by=access.user, reason=reason)
    return f"{member.user.display_name} gets no more tasks and sees the reason."


def _resume(access: ProjectAccess, member: Membership) -> str:
    memberships.resume_member(membership=member, by=access.user)
    return f"{member.user.display_name} can work again."


def _expert(access: ProjectAccess, member: Membership, *, is_expert: bool) -> str:
    memberships.set_expert(membership=member, by=access.user, is_expert=is_expert)
    if is_expert:
        return f"{member.user.display_name} gets first what others find too hard."
    return f"{member.user.display_name} is no expert any more."


def _role(access: ProjectAccess, member: Membership, role: str) -> str:
    memberships.add_member(project=access.project, user=member.user, role=role, by=access.user)
    return f"{member.user.display_name} is {role} now."


def _discard(access: ProjectAccess, member: Membership, confirm: str) -> str:
    expected = count_discard(project=access.project, user=member.user).answers
    if confirm != member.user.email:
        raise DomainError(f"Type the address {member.user.email} to discard {expected} answers.")
    count = discard_answers(project=access.project, user=member.user, by=access.user)
    return f"{count} answers were set aside and their tasks asked again. Restore brings them back for 7 days."


def _restore(access: ProjectAccess, member: Membership) -> str:
    count = restore_answers(project=access.project, user=member.user, by=access.user)
    return f"{count} answers count again."


def _remove(access: ProjectAccess, member: Membership) -> str:
    memberships.remove_member(membership=member, by=access.user)
    return f"{member.user.display_name} left the project; the answers stay."
