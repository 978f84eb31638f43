"""Seeded errors: how many there are, and who catches them. For managers only."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import clean_id
from accounts.errors import DomainError, Missing
from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from projects.access import Capability, ProjectAccess, access_project
from quality.models.seed_plan import MOST_A_DAY, MOST_REVIEW_SHARE, MOST_SHARE
from quality.pages.frame import below_quality_shell, quality_shell
from quality.reports.seeded_errors import catches, met_by, met_in_review, review_catches
from quality.services.seed_plans import plan_of, set_plan
from quality.services.seeding import what_can_be_seeded
from quality.services.seeding_reviews import in_the_way


@page
def seeded_errors(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Catch rates with intervals, one person's items where asked; POST changes the plan."""
    access = access_project(request, project_id)
    if request.method == "POST":
        try:
            set_plan(project=access.project, by=access.user, **_read(request))
        except DomainError as refusal:
            return _show(request, access, refusal)
        messages.success(
            request, "The plan is in force: people meet errors seeded under it from the next minute on."
        )
        return redirect("seeded-errors", project_id=access.project.pk)
    return from_replica(lambda: _show(request, access))


def _read(request: SignedInRequest) -> dict[str, Any]:
    """What the form says; what is no number is out of every range."""
    return {
        "prelabel_share": _number(request.POST.get("prelabel_percent", "")) / 100,
        "review_share": _number(request.POST.get("review_percent", "0")) / 100,
        "most_a_day": int(min(_number(request.POST.get("most_a_day", "")), 10_000)),
    }


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return -1.0
    return found if -1e9 < found < 1e9 else -1.0


def _show(
    request: SignedInRequest, access: ProjectAccess, refusal: DomainError | None = None
) -> HttpResponse:
    project, plan = access.project, plan_of(access.project)
    rows, reviewers = catches(project), review_catches(project)
    context: dict[str, Any] = {
        "plan": plan,
        "prelabel_percent": f"{100 * plan.prelabel_share:g}",
        "review_percent": f"{100 * plan.review_share:g}",
        "most_percent": 100 * MOST_SHARE,
        "most_review_percent": 100 * MOST_REVIEW_SHARE,
        "most_a_day": MOST_A_DAY,
        "of_all": plan.prelabel_share * project.gold_share,
        "material": what_can_be_seeded(project),
        "review_material": in_the_way(project),
        "people": rows,
        "reviewers": reviewers,
        "plot": _plot(rows),
        "can_manage": access.can(Capability.MANAGE),
        "wrong": {problem.path: problem.message for problem in refusal.fields} if refusal else {},
        "given": request.POST if refusal else {},
    }
    if "person" in request.GET:
        user_id = clean_id(request.GET["person"])
        person = [row for row in (*rows, *reviewers) if row.user.pk == user_id]
        if not person:
            raise Missing
        user = person[0].user
        context |= {"person": user, "items": [*met_by(project, user), *met_in_review(project, user)]}
    framed = below_quality_shell if "person" in context else quality_shell
    return render(
        request,
        "quality/seeded_errors.html",
        framed(access, "seeded-errors", **context),
        status=refusal.status if refusal else 200,
    )


def _plot(rows: list[Any]) -> dict[str, Any]:
    return {
        "title": "Share of seeded errors caught",
        "label": "Caught (95 % interval)",
        "min": 0.0,
        "max": 1.0,
        "rows": [
            {
                "name": row.user.display_name,
                "value": row.rate,
                "lo": row.interval.low,
                "hi": row.interval.high,
                "n": row.met,
            }
            for row in rows[:50]
        ],
    }
