"""The quality of a project: how right, how much people agree, where they do not."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from projects.access import Capability, ProjectAccess, access_project
from projects.models import Task
from quality.models import Agreement
from quality.pages.frame import below_quality_shell, quality_shell
from quality.reports import truth
from quality.reports.accuracy import estimated_accuracy
from quality.reports.coefficients import COEFFICIENTS
from quality.reports.confusion import confusions, matrix_data, tasks_in_cell
from quality.reports.difficulty import tasks_mixed_up
from quality.reports.gold_health import gold_health, gold_totals
from quality.reports.items import disagreements, items
from quality.reports.runs import runs_of
from quality.reports.state import state_of
from quality.services.agreement import ALPHA
from quality.services.difficulty import MOST_EXAMPLES
from quality.services.fields import asked_fields
from quality.services.figures import MOST_TASKS
from quality.services.full_run import start_full_run

MOST_MATRICES = 3


@page
def quality(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Everything about the labels as a whole."""
    access = access_project(request, project_id)
    return from_replica(lambda: _show(request, access))


def _show(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    project = access.project
    matrices = confusions(project, most=MOST_MATRICES)
    agreement = _agreement(access)
    context: dict[str, Any] = {
        "state": state_of(
            project,
            user=access.user,
            rights=access.rights,
            names=access.can(Capability.SEE_PEOPLE),
        ),
        "estimates": estimated_accuracy(project),
        "agreement": agreement,
        "compared": any(field["is_defined"] for field in agreement),
        "matrices": [
            {"name": f"matrix-{index}", "data": matrix_data(project, matrix), "hidden": matrix.hidden}
            for index, matrix in enumerate(matrices)
            if matrix.cells
        ],
        "disagreements": disagreements(project),
        "gold": gold_totals(project),
        "gold_rows": gold_health(project)[:5] if access.can(Capability.MAKE_GOLD) else [],
        "can_run": access.can(Capability.TRAIN),
        "runs": runs_of(project),
        "truth": _truth(access),
    }
    page_of_state = render(request, "quality/quality.html", quality_shell(access, "quality", **context))
    if "HX-Request" in request.headers and context["runs"].unfinished is None:
        page_of_state["HX-Refresh"] = "true"  # whoever waited for the run sees its figures
    return page_of_state


def _agreement(access: ProjectAccess) -> list[dict[str, Any]]:
    """Per field its coefficients, alpha first, as rows and as a plot."""
    rows: dict[str, list[Agreement]] = {}
    for row in Agreement.objects.filter(project=access.project):
        rows.setdefault(row.field, []).append(row)
    found: list[dict[str, Any]] = []
    for asked in asked_fields(access.project):
        # Those for two people are undefined for more; the page of agreement says so, here they are left out.
        known = [row for row in rows.get(asked.name, []) if row.value is not None or row.coefficient == ALPHA]
        ordered = sorted(known, key=lambda row: list(COEFFICIENTS).index(row.coefficient))
        if ordered:
            lines: list[dict[str, Any]] = [
                {
                    "row": row,
                    "title": COEFFICIENTS[row.coefficient][0],
                    "method": COEFFICIENTS[row.coefficient][1],
                }
                for row in ordered
            ]
            found.append(
                {
                    "title": asked.field.title,
                    "name": f"agreement-{len(found)}",
                    "lines": lines,
                    "is_defined": any(line["row"].value is not None for line in lines),
                    "plot": _plot(asked.field.title, lines),
                }
            )
    return found


def _plot(title: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [
        {
            "name": line["title"],
            "value": line["row"].value,
            "lo": line["row"].low,
            "hi": line["row"].high,
            "n": line["row"].items,
        }
        for line in lines
    ]
    lowest = min(
        (each for row in rows for each in (row["value"], row["lo"]) if each is not None), default=0.0
    )
    low = 0.0 if lowest >= 0 else -1.0
    return {
        "title": f"Agreement on {title}",
        "label": "Agreement (95 % bootstrap interval over tasks)",
        "min": low,
        "max": 1.0,
        "reference": 0.8,
        "rows": rows,
    }


def _truth(access: ProjectAccess) -> dict[str, Any] | None:
    """Consensus beside majority, and trust beside what people really got right, where the truth is known."""
    project = access.project
    if not truth.has_truth(project):
        return None
    fields = truth.compared(project)
    if not fields:
        return {"fields": [], "people": []}
    titles = {asked.name: asked.field.title for asked in asked_fields(project)}
    show_people = access.can(Capability.SEE_PEOPLE)
    return {
        "fields": [{"title": titles.get(each.field, each.field), "each": each} for each in fields],
        "people": truth.found_people(project, fields[0].field) if show_people else [],
    }


@page
def run(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Compute everything anew."""
    access = access_project(request, project_id)
    start_full_run(project=access.project, by=access.user)
    messages.success(request, "A full run was started. The figures follow when it is done.")
    return HttpResponseRedirect(reverse("quality", kwargs={"project_id": access.project.pk}))


@page
def cell(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The tasks behind a cell of the confusion matrix, or behind a mix-up in a unit."""
    access = access_project(request, project_id)
    return from_replica(lambda: _show_cell(request, access))


def _show_cell(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    keys = ("field", "consensus", "answer", "unit")
    field, consensus, answer, unit = (request.GET.get(key, "")[:300] for key in keys)
    if unit:
        ids, most = tasks_mixed_up(access.project, field, unit, consensus, answer), MOST_EXAMPLES
    else:
        ids, most = tasks_in_cell(access.project, field, consensus, answer), MOST_TASKS
    tasks = Task.objects.filter(project=access.project).in_bulk(ids)
    shown = items(access.project, [tasks[pk] for pk in ids if pk in tasks])
    asked = next((asked for asked in asked_fields(access.project) if asked.name == field), None)
    context = {
        "field": asked.field.title if asked else field,
        "consensus": asked.in_words(unit, consensus) if asked else consensus,
        "answer": asked.in_words(unit, answer) if asked else answer,
        "items": shown,
        "most": most if len(ids) >= most else 0,
    }
    return render(request, "quality/cell.html", below_quality_shell(access, "quality", **context))
