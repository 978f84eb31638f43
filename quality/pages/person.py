"""One person's figures for the manager, and the tasks on which they differ from consensus."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from annotate.pages.previews import class_titles
from projects.access import ProjectAccess, access_project
from projects.api.members import find_member
from projects.models import Membership
from projects.shell import shell
from quality.models import Trust
from quality.reports.person import MOST_DIFFERENCES, FieldFigures, differences, person_report
from quality.reports.reasons import shown
from quality.services.fields import asked_fields

# The weakest; accuracy on all of them is on the page of people and in the API.
MOST_CLASSES = 50


@page
def person_figures(request: SignedInRequest, project_id: str, membership_id: str) -> HttpResponse:
    """Accuracy, agreement, bias, drift, speed, and open reasons to look at their answers."""
    access = access_project(request, project_id)
    member = find_member(access, membership_id)
    return from_replica(lambda: _show(request, access, member))


def _show(request: SignedInRequest, access: ProjectAccess, member: Membership) -> HttpResponse:
    report = person_report(access.project, member.user_id)
    to_tasks = reverse(
        "person-differences", kwargs={"project_id": access.project.pk, "membership_id": member.pk}
    )
    overall = Trust.objects.filter(project=access.project, user=member.user_id, field="", label="")
    context = {
        "member": member,
        "report": report,
        "trust": {row.basis: row for row in overall.defer("confusion")},
        "reasons": shown(
            access.project, [*report.other_reasons, *(r for each in report.questions for r in each.reasons)]
        ),
        "questions": [_question(each, to_tasks) for each in report.questions],
        "multiple": [
            {
                "title": each.title,
                "options": [
                    {
                        **row,
                        "title": each.titles.get(row["label"], row["label"]),
                        "url": f"{to_tasks}?{urlencode({'field': each.field, 'option': row['label']})}",
                    }
                    for row in each.options
                ],
                "field": each.field,
            }
            for each in report.multiple
        ],
        "learned": [
            {
                "title": each.title,
                "field": each.field,
                "unit": each.asked.field.settings.get("unit", ""),
                **{one.name: one for one in each.figures},
            }
            for each in report.learned
        ],
    }
    return render(request, "quality/person.html", shell(access, "people", **context))


def _question(figures: FieldFigures, to_tasks: str) -> dict[str, Any]:
    def link(**query: str) -> str:
        return f"{to_tasks}?{urlencode({'field': figures.field, **query})}"

    return {
        "field": figures.field,
        "title": figures.title,
        "agreement": figures.data["agreement"],
        "recent": figures.data["recent"],
        "url": link(),
        "bias": [
            {
                **each,
                "title": figures.titles.get(each["label"], each["label"]),
                "url": link(answer=each["label"]) if each["value"] > 0 else link(consensus=each["label"]),
            }
            for each in figures.data["bias"]
        ],
        "classes": [
            {"row": row, "title": figures.titles.get(row.label, row.label), "url": link(consensus=row.label)}
            for row in figures.classes[:MOST_CLASSES]
        ],
        "left": max(len(figures.classes) - MOST_CLASSES, 0),
        "plot": history_plot(figures.points(), "Like the others' consensus, over time"),
    }


def history_plot(points: list[dict[str, Any]], title: str) -> dict[str, Any] | None:
    """Shares block after block with their intervals, oldest first; None with a single block."""
    if len(points) < 2:
        return None
    return {
        "title": title,
        "label": "Share (95 % Wilson interval)",
        "min": 0.0,
        "max": 1.0,
        "rows": [
            {
                "name": f"to {point['at']:%d %b, %H:%M}",
                "value": point["accuracy"],
                "lo": point["low"],
                "hi": point["high"],
                "n": point["n"],
            }
            for point in points
        ],
    }


@page
def person_differences(request: SignedInRequest, project_id: str, membership_id: str) -> HttpResponse:
    """The newest tasks on which a person says something else than consensus; of one class if it is given."""
    access = access_project(request, project_id)
    member = find_member(access, membership_id)
    field, consensus, answer, option = (
        request.GET.get(key, "")[:300] for key in ("field", "consensus", "answer", "option")
    )
    asked = next((each for each in asked_fields(access.project) if each.name == field), None)
    titles = class_titles([asked.field]) if asked else {}
    option_title = titles.get(option, option)
    titles = {"yes": "chosen", "no": "not chosen"} if option else titles
    rows = from_replica(
        lambda: differences(
            access.project,
            member.user_id,
            field,
            consensus=consensus,
            answer=answer,
            option=option,
            pictured=True,
        )
    )
    context = {
        "member": member,
        "field": asked.field.title if asked else field,
        "option": option_title,
        "consensus": titles.get(consensus, consensus),
        "answer": titles.get(answer, answer),
        "most": MOST_DIFFERENCES if len(rows) == MOST_DIFFERENCES else 0,
        "rows": [
            {
                "item": row.item,
                "answer": titles.get(row.answer, row.answer),
                "consensus": titles.get(row.consensus, row.consensus),
            }
            for row in rows
        ],
    }
    return render(request, "quality/person_differences.html", shell(access, "people", **context))
