"""Active learning: rounds, the learning curve, and the button."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, page
from projects.access import ProjectAccess, access_project
from projects.models import Project
from projects.shell import shell
from quality.models import Round, RoundState
from quality.services.labels import LEAST_LABELS, MOST_LABELED, check_enough, label_counts
from quality.services.rounds import choose_field, learnable_fields, start_round
from stats.learning.curve import CurvePoint, has_plateaued, learning_curve

MOST_ROUNDS = 200


@page
def model(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The rounds so far; a POST starts one."""
    access = access_project(request, project_id)
    if request.method == "POST":
        return _start(request, access)
    rounds = list(access.project.rounds.select_related("started_by", "job").order_by("-number")[:MOST_ROUNDS])
    measured = [each for each in reversed(rounds) if each.accuracy is not None]
    points = learning_curve(
        [(each.labeled, float(each.details.get("right", 0)), each.evaluated) for each in measured]
    )
    context = {
        "rounds": rounds,
        "running": any(each.state in {RoundState.QUEUED, RoundState.RUNNING} for each in rounds),
        "curve": _curve(points) if points else None,
        "plateau": has_plateaued(points),
        "fields": learnable_fields(access.project),
        "readiness": readiness(access.project, rounds[0] if rounds else None),
        "least": LEAST_LABELS,
    }
    return render(request, "quality/model.html", shell(access, "model", **context))


def readiness(project: Project, last: Round | None) -> dict[str, Any]:
    """How many labels there are, and why a round cannot start, if so."""
    try:
        asked = choose_field(project, last.field if last else "")
    except DomainError as refusal:
        return {"labels": 0, "refusal": refusal.message, "due_in": None}
    classes = label_counts(project, asked)
    labels = sum(classes.values())
    refusal_text = ""
    try:
        check_enough(asked, classes)
    except DomainError as refusal:
        refusal_text = refusal.message
    news = labels - (last.labeled if last else 0)
    due = max(0, project.retrain_after - news) if project.active_learning and project.retrain_after else None
    return {
        "labels": labels,
        "most": labels >= MOST_LABELED,
        "news": news,
        "refusal": refusal_text,
        "due_in": due,
    }


def _curve(points: tuple[CurvePoint, ...]) -> dict[str, Any]:
    return {
        "title": "Accuracy on tasks drawn at random",
        "x": {"label": "Labeled tasks", "values": [point.labels for point in points]},
        "y": {"label": "Accuracy", "min": 0.0, "max": 1.0},
        "series": [
            {
                "label": "Accuracy",
                "values": [None if point.accuracy is None else round(point.accuracy, 4) for point in points],
                "lo": [round(point.interval.low, 4) for point in points],
                "hi": [round(point.interval.high, 4) for point in points],
            }
        ],
    }


def _start(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    try:
        found = start_round(project=access.project, by=access.user, field=request.POST.get("field", ""))
        messages.success(request, f"Round {found.number} was started.")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(reverse("model", kwargs={"project_id": access.project.pk}))
