"""Contests of gold answers, for those who decide them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, page
from annotate.pages.my_answers import summary
from labeltypes.base import Invalid, JsonObject
from projects.access import ProjectAccess, access_project, access_row
from projects.models import Project
from quality.models import ContestState, GoldContest
from quality.pages.frame import below_quality_shell
from quality.reports.gold_health import missed_share
from quality.reports.items import items
from quality.services.fields import asked_fields
from quality.services.verdicts import Verdict, decide

MOST = 50
DONE = {
    Verdict.UPHOLD: "The gold stays. Whoever contested it is told why.",
    Verdict.ACCEPT: "Both answers are right now. Everybody who was graded on it is graded anew.",
    Verdict.REPLACE: "The gold says something else now. Everybody who was graded on it is graded anew.",
    Verdict.RETIRE: "The item is withdrawn: it counts for nobody. Whoever was graded on it is told.",
}


@page
def contests(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Open contests, oldest first; or the newest that were decided."""
    return _show(request, access_project(request, project_id))


def _show(
    request: SignedInRequest, access: ProjectAccess, refused: int = 0, problem: str = "", status: int = 200
) -> HttpResponse:
    """The list; what was sent about ``refused`` stands in its form, with what is wrong beside it."""
    decided = request.GET.get("decided") == "1"
    rows = GoldContest.objects.filter(project=access.project).select_related("gold__task", "decided_by")
    rows = rows.defer("gold__task__search")
    if decided:
        rows = rows.exclude(state=ContestState.OPEN).order_by("-id")
    else:
        rows = rows.filter(state=ContestState.OPEN).order_by("id")
    found = list(rows[: MOST + 1])
    context = {
        "rows": _rows(access, found[:MOST]),
        "decided": decided,
        "most": MOST if len(found) > MOST else 0,
        "refused": refused,
        "problem": problem,
        "typed": request.POST.get("explanation", ""),
    }
    return render(
        request, "quality/contests.html", below_quality_shell(access, "gold", **context), status=status
    )


def _rows(access: ProjectAccess, found: list[GoldContest]) -> list[dict[str, Any]]:
    project = access.project
    shown = items(project, [row.gold.task for row in found], {})
    return [
        {
            "contest": row,
            "item": item,
            "accepted": [described(project, answer) for answer in row.gold.answers],
            "theirs": described(project, row.answer),
            "missed": missed_share(row.gold.missed, row.gold.graded),
            "is_own": row.user_id == access.user.pk,
        }
        for row, item in zip(found, shown, strict=True)
    ]


def described(project: Project, answer: JsonObject) -> list[dict[str, str]]:
    """An answer as titles and a few words each, in the order of the fields."""
    return [
        {
            "title": asked.field.title,
            "text": summary(answer[asked.name], asked.field),
        }
        for asked in asked_fields(project)
        if asked.name in answer
    ]


@page
def contest_decide(request: SignedInRequest, contest_id: str) -> HttpResponse:
    """Decide one; back to the list. Refused, while it is open, its words stay where they were typed."""
    found, access = access_row(request, GoldContest.objects.all(), contest_id)
    verdict = request.POST.get("verdict", "")
    explanation = request.POST.get("explanation", "")
    try:
        decide(
            contest=found, project=access.project, by=access.user, verdict=verdict, explanation=explanation
        )
    except (DomainError, Invalid) as refusal:
        found.refresh_from_db()
        if found.state == ContestState.OPEN:
            status = refusal.status if isinstance(refusal, DomainError) else 400
            return _show(request, access, found.pk, problem_of(refusal), status)
        messages.error(request, problem_of(refusal))
    else:
        messages.success(request, DONE[Verdict(verdict)])
    return HttpResponseRedirect(reverse("contests", kwargs={"project_id": access.project.pk}))


def problem_of(refusal: DomainError | Invalid) -> str:
    """What to tell somebody on a page."""
    if isinstance(refusal, Invalid):
        return "; ".join(f"{each.path}: {each.message}" for each in refusal.problems)
    details = "; ".join(field.message for field in refusal.fields)
    return f"{refusal.message} {details}".strip()
