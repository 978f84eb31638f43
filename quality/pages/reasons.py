"""Reasons to look at somebody's answers: the list, and one with its tasks, where it is settled."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, page
from projects.access import Capability, access_project, access_row
from projects.models import Membership
from quality.models import Reason, ReasonKind, ReasonState
from quality.pages.contests import problem_of
from quality.pages.frame import below_quality_shell, quality_shell
from quality.reports.reasons import MOST_ROWS, false_alarms, shown
from quality.services.reasons import TOLD, offers_quiz, settle_reason

STATES = {
    ReasonState.OPEN: "to look at",
    ReasonState.FINE: "fine",
    ReasonState.TALK: "to talk about",
    ReasonState.OTHER: "other",
    ReasonState.REQUIZ: "quiz again",
    ReasonState.WITHDRAWN: "no longer found",
}
SAID = {
    ReasonState.FINE: "Noted: it is fine.",
    ReasonState.TALK: "Noted: somebody talks with them.",
    ReasonState.OTHER: "Noted.",
    ReasonState.REQUIZ: "The certificate is withdrawn. They read why, and take the quiz again.",
}


@page
def reasons(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Those that wait for somebody to look; ``?state=`` for the others."""
    access = access_project(request, project_id)
    state = request.GET.get("state", ReasonState.OPEN)
    state = state if state in ReasonState.values else ReasonState.OPEN
    rows = Reason.objects.filter(project=access.project, state=state).select_related(
        "user", "other", "settled_by"
    )
    context = {
        "rows": shown(access.project, list(rows.order_by("-pk")[:MOST_ROWS])),
        "most": MOST_ROWS,
        "state": state,
        "states": STATES.items(),
        "expected": false_alarms(access.project),
    }
    return render(request, "quality/reasons.html", quality_shell(access, "reasons", **context))


@page
def reason(request: SignedInRequest, reason_id: str) -> HttpResponse:
    """The evidence and the very tasks; a POST settles it. Refused, the note stays where it was typed."""
    rows = Reason.objects.select_related("project", "user", "other", "settled_by")
    found, access = access_row(request, rows, reason_id)
    problem, status = "", 200
    if request.method == "POST":
        verdict, note = request.POST.get("verdict", ""), request.POST.get("note", "")
        try:
            settle_reason(reason=found, project=access.project, by=access.user, verdict=verdict, note=note)
        except DomainError as refusal:
            problem, status = problem_of(refusal), refusal.status
            found.refresh_from_db()
        else:
            messages.success(request, SAID[ReasonState(verdict)])
            return HttpResponseRedirect(reverse("reasons", kwargs={"project_id": access.project.pk}))
    (one,) = shown(access.project, [found], pictured=True)
    people = [pk for pk in (found.user_id, found.other_id) if pk]
    members = Membership.objects.filter(project=access.project, user__in=people).select_related("user")
    can_settle = access.can(Capability.MANAGE) and access.user.pk not in people
    context = {
        "one": one,
        "members": list(members.order_by("pk")),
        "state": STATES[ReasonState(found.state)],
        "can_settle": can_settle,
        "told": TOLD.get(ReasonKind(found.kind), ""),
        "can_requiz": can_settle and offers_quiz(found, access.project),
        "expected": false_alarms(access.project),
        "problem": problem,
        "note": request.POST.get("note", ""),
    }
    return render(
        request, "quality/reason.html", below_quality_shell(access, "reasons", **context), status=status
    )
