"""What waits for a person in a project: work sent back, answers, guidelines, feedback."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import clean_id
from accounts.page_tools import SignedInRequest, page
from annotate.api.own_work import unread
from annotate.models import Assignment, AssignmentState, Drawn, Notice, NoticeKind
from annotate.services.notices import acknowledge
from projects.access import ProjectAccess, access_project
from projects.markdown import render_remark
from projects.shell import shell

MOST_READ = 50
KINDS = {
    "rework": ("undo-2", "Sent back", "warn"),
    "answer": ("message-square", "Answer to your question", "neutral"),
    "guideline": ("book-open", "New guideline", "neutral"),
    "feedback": ("target", "Feedback", "neutral"),
    "paused": ("pause", "Paused", "warn"),
    "resumed": ("play", "Resumed", "good"),
    "alarm": ("user-plus", "Somebody needs a decision", "warn"),
    "triage": ("triangle-alert", "A model is wrong too often", "bad"),
}
# Where a kind of notice is dealt with: route, part of the page, and what the button says.
PLACES = {
    "alarm": ("people", "alarms", "Look at the evidence"),
    "triage": ("triage", "run", "Look at the triage"),
    "feedback": ("my-work", "misses", "Look at it in My work"),
}


@page
def inbox(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The inbox; POST marks notices as done."""
    access = access_project(request, project_id)
    if request.method == "POST":
        ids = [clean_id(one) for one in request.POST.getlist("notice")[:500]]
        acknowledge(project_id=access.project.pk, user_id=access.user.pk, notice_ids=ids)
        return redirect("inbox", project_id=access.project.pk)
    waiting = unread(access)
    read = Notice.objects.filter(user=access.user, project=access.project, read_at__isnull=False)
    open_rework = set(
        Assignment.objects.filter(
            project=access.project, user=access.user, state=AssignmentState.ACTIVE, drawn=Drawn.REWORK
        ).values_list("pk", flat=True)
    )
    rows = [_row(access, notice, open_rework) for notice in waiting]
    context = {
        "waiting": rows,
        "feedback": [row for row in rows if row["kind"] == NoticeKind.FEEDBACK],
        "read": [_row(access, notice, open_rework) for notice in read.order_by("-read_at")[:MOST_READ]],
    }
    return render(request, "annotate/inbox.html", shell(access, "work", **context))


def _row(access: ProjectAccess, notice: Notice, open_rework: set[int]) -> dict[str, Any]:
    icon, title, tone = KINDS.get(notice.kind, ("info", notice.kind, "neutral"))
    return {
        "id": notice.pk,
        "kind": notice.kind,
        "icon": icon,
        "title": title,
        "tone": tone,
        "text": notice.text,
        "html": render_remark(notice.text) if notice.kind == NoticeKind.ANSWER else "",
        "payload": notice.payload,
        "at": notice.created_at,
        **_way(access, notice, open_rework),
    }


def _way(access: ProjectAccess, notice: Notice, open_rework: set[int]) -> dict[str, str]:
    """Where a notice leads."""
    here = {"project_id": access.project.pk}
    if notice.kind == "rework":
        assignment = str(notice.payload.get("assignment", ""))
        if assignment.isdigit() and int(assignment) in open_rework:
            return {"url": f"{reverse('label', kwargs=here)}?assignment={assignment}", "action": "Mend it"}
        return {"url": "", "action": "", "note": "Answered again, or its time ran out."}
    if notice.kind in {"guideline", "answer"} and notice.payload.get("guideline_version"):
        return {"url": reverse("guideline", kwargs=here), "action": "Read the guideline"}
    was_right = notice.kind == NoticeKind.FEEDBACK and notice.payload.get("correct")
    if notice.kind in PLACES and not was_right:  # My work lists only what was missed
        route, part, action = PLACES[notice.kind]
        return {"url": f"{reverse(route, kwargs=here)}#{part}", "action": action}
    if notice.kind == "guideline":
        return {"url": reverse("guideline", kwargs=here), "action": "Read it"}
    return {"url": "", "action": ""}
